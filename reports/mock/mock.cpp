#include "reports/mock/mock.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <random>
#include <string_view>
#include <utility>
#include <variant>

#include "hosts/base/pattern.h"
#include "reports/mock/drawn_load.h"
#include "reports/plan/digest.h"
#include "reports/samples/sample_cells.h"
#include "reports/samples/sample_checks.h"
#include "reports/samples/samples.h"
#include "reports/simulation/weather.h"
#include "reports/tally/tally.h"

namespace reports::mock {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using record::Line;
using samples::SampleApp;
using samples::SampleMode;

namespace {

constexpr double kDay = 86'400;
constexpr std::string_view kVersion = "synthetic";

struct PlannedCell {
  std::string host;
  const SampleMode* mode = nullptr;
  const SampleApp* app = nullptr;
  std::string id;
  double slower = 1;
};

Error Slip(std::string message) {
  return {ErrorKind::InvalidInput, std::move(message)};
}

bool Fits(std::string_view text, std::string_view pattern) {
  return hosts::base::FitsGlob(text, pattern, hosts::base::Slashes::DoNotCount);
}

bool FitsAny(std::string_view text, const std::vector<std::string>& patterns) {
  return patterns.empty() || std::ranges::any_of(patterns, [&](const std::string& pattern) {
           return Fits(text, pattern);
         });
}

bool FitsCell(const PlannedCell& cell, const std::string& pattern) {
  const std::string mode = cell.mode->Name();
  return Fits(cell.host, pattern) || Fits(mode, pattern) || Fits(cell.app->name, pattern) ||
         Fits(cell.id, pattern) || Fits(cell.host + "/" + mode, pattern);
}

std::string IdOf(const std::string& host, const SampleMode& mode, const SampleApp& app) {
  return fmt::format("{}/{}/{}", host, mode.Name(), app.name);
}

// Which of the patterns fits none of the names, in a sentence.
Result<void> CheckEachFits(std::string_view what,
                           const std::vector<std::string>& patterns,
                           const std::vector<std::string>& names) {
  for (const std::string& pattern : patterns) {
    const bool fits =
        std::ranges::any_of(names, [&](const std::string& name) { return Fits(name, pattern); });
    if (!fits) {
      return Slip(fmt::format(
          "no {} of a mock is called '{}': there are {}", what, pattern, fmt::join(names, ", ")));
    }
  }
  return {};
}

Result<std::vector<PlannedCell>> PlanCells(const MockOrder& order) {
  std::vector<std::string> modes;
  for (const SampleMode& mode : samples::SampleModes())
    modes.push_back(mode.Name());
  std::vector<std::string> apps;
  for (const SampleApp& app : samples::SampleApps())
    apps.push_back(app.name);
  if (auto fits = CheckEachFits("mode", order.modes, modes); !fits) return fits.error();
  if (auto fits = CheckEachFits("application", order.apps, apps); !fits) return fits.error();
  std::vector<PlannedCell> cells;
  for (const std::string& host : order.hosts) {
    for (const SampleMode& mode : samples::SampleModes()) {
      for (const SampleApp& app : samples::SampleApps()) {
        if (!FitsAny(mode.Name(), order.modes) || !FitsAny(app.name, order.apps)) continue;
        std::string id = IdOf(host, mode, app);
        if (order.wants_cell && !order.wants_cell(id)) continue;
        cells.push_back({host, &mode, &app, std::move(id)});
      }
    }
  }
  if (cells.empty()) return Slip("no cell of the mock is asked for: see wsgilab mock --help");
  for (const Slower& slower : order.slower) {
    bool fits = false;
    for (PlannedCell& cell : cells) {
      if (!FitsCell(cell, slower.pattern)) continue;
      cell.slower *= slower.factor;
      fits = true;
    }
    if (!fits) {
      return Slip(fmt::format(
          "nothing is called '{}': --slower takes a host, a mode, an application or a cell of "
          "this mock, e.g. 'daemon/*=5%'",
          slower.pattern));
    }
  }
  return cells;
}

// What a cell would have measured in a run in which everything took so many times as long.
class CellLines {
 public:
  CellLines(const PlannedCell& cell, double factor, double noise, std::mt19937_64& random)
      : cell_(cell), factor_(factor), noise_(noise), random_(random) {}

  [[nodiscard]] std::vector<Line> Make(int index, double moved_by) {
    std::vector<Line> lines = samples::SampleCell(*cell_.mode, *cell_.app, index);
    for (Line& line : lines)
      std::visit([&](auto& one) { Change(one, moved_by); }, line);
    return lines;
  }

 private:
  // Every value has a little noise of its own, as not all that is measured of a host is one thing.
  double Own() { return factor_ * std::exp(noise_ / 2 * normal_(random_)); }
  void Scale(std::optional<double>& value) {
    if (value) *value = std::round(*value * Own() * 1000) / 1000;
  }
  void Size(std::optional<std::int64_t>& kib) {
    if (kib) *kib = std::llround(static_cast<double>(*kib) * memory_);
  }
  static void Move(std::optional<double>& instant, double by) {
    if (instant) *instant += by;
  }

  template <typename T>
  void Change(T& line, double moved_by) {
    if constexpr (requires { line.cell; }) line.cell = cell_.id;
    if constexpr (std::is_same_v<T, record::Cell>) {
      line.host = cell_.host;
      line.reproduce.reset();  // there was nothing
    } else if constexpr (std::is_same_v<T, record::Placement>) {
      for (auto* instant : {&line.found.process_started_at,
                            &line.found.import_started_at,
                            &line.found.import_finished_at,
                            &line.found.ready_at,
                            &line.found.first_request_at})
        Move(*instant, moved_by);
    } else if constexpr (std::is_same_v<T, record::Startup>) {
      for (auto* value :
           {&line.ready_ms, &line.first_request_ms, &line.second_request_ms, &line.import_ms})
        Scale(*value);
      for (record::Worker& worker : line.workers)
        worker.first_request_ms = line.first_request_ms;
    } else if constexpr (std::is_same_v<T, record::Load>) {
      Redraw(line, Own(), random_);
    } else if constexpr (std::is_same_v<T, record::Resources>) {
      Scale(line.cpu_us_per_request);
      for (auto* size :
           {&line.pss_kib, &line.private_dirty_kib, &line.private_clean_kib, &line.shared_kib})
        Size(*size);
      for (record::HostProcess& process : line.processes)
        Size(process.pss_kib);
    }
  }

  const PlannedCell& cell_;
  double factor_;
  double noise_;
  std::mt19937_64& random_;
  std::normal_distribution<double> normal_;
  double memory_ = std::exp(noise_ / 4 * normal_(random_));  // of all its sizes: nothing is lost
};

// So many of them, chosen by the seed, do not pass.
Result<std::vector<record::Check>> ChecksOf(const MockOrder& order) {
  std::vector<record::Check> checks = samples::SampleChecks();
  const auto failing = static_cast<std::size_t>(order.failing_checks);
  if (failing > checks.size()) {
    return Slip(
        fmt::format("a mock has {} checks: {} of them cannot fail", checks.size(), failing));
  }
  std::vector<std::size_t> places(checks.size());
  for (std::size_t at = 0; at < places.size(); ++at)
    places[at] = at;
  std::mt19937_64 random(order.seed);
  for (std::size_t at = 0; at < failing; ++at) {
    const auto other = at + static_cast<std::size_t>(random() % (places.size() - at));
    std::swap(places[at], places[other]);
    record::Check& check = checks[places[at]];
    check.outcome = record::CheckOutcome::Failed;
    if (check.observed) check.observed = check.expected == "shared" ? "isolated" : "shared";
    check.detail = "made to fail by wsgilab mock --fail";
  }
  for (record::Check& check : checks)
    check.reproduce.reset();
  return checks;
}

record::Plan PlanOf(const std::vector<PlannedCell>& cells,
                    const std::vector<record::Check>& checks) {
  record::Plan plan;
  const auto add_once = [](std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const PlannedCell& cell : cells) {
    add_once(plan.modes, cell.mode->Name());
    add_once(plan.apps, cell.app->name);
    plan.cells.push_back(cell.id);
  }
  std::vector<std::string> names;
  for (const record::Check& check : checks)
    names.push_back(check.check);
  if (!names.empty())
    plan.checks.push_back(
        {"engine", static_cast<int>(names.size()), plan::DigestOf(std::move(names))});
  return plan;
}

record::Header HeaderOf(const MockOrder& order, int run, record::Plan whole, record::Plan own) {
  record::Header header;
  header.run = fmt::format("synthetic-{}-{:03}", order.seed, run);
  header.started_at = samples::kRunStart + kDay * (run - 1);
  header.command = order.command;
  header.profile = "smoke";
  const std::uint64_t mixed =
      order.seed * 0x9E3779B1U + static_cast<std::uint64_t>(run) * 0x85EBCA6BU;
  header.revision = fmt::format("{:07x}", (mixed >> 4U) & 0xFFFFFFFU);
  header.machine.cpu = "none: synthetic";
  header.machine.cores = 2;
  header.machine.memory_kib = 8'131'584;
  header.machine.kernel = kVersion;
  header.machine.distribution = kVersion;
  header.machine.build_type = "release";
  header.machine.fingerprint = kVersion;
  header.machine.facts = {"cpu: none, as wsgilab mock made it up"};
  for (const std::string& host : order.hosts)
    header.hosts.push_back({host, std::string(kVersion), "3.11.2", std::nullopt, {}});
  header.plan = std::move(own);
  header.plan.digest = plan::DigestOf(header.plan, header);
  if (order.shard) {
    whole.digest = plan::DigestOf(whole, header);
    header.shard = record::Shard{order.shard->index, order.shard->count, std::move(whole)};
  }
  header.synthetic = fmt::format(
      "Synthetic: wsgilab mock made it up with the seed {}. Nothing of it was measured.",
      order.seed);
  return header;
}

// What is this shard's; all without one.
std::vector<PlannedCell> ShareOf(const MockOrder& order, const std::vector<PlannedCell>& cells) {
  if (!order.shard) return cells;
  std::vector<std::string> ids;
  for (const PlannedCell& cell : cells)
    ids.push_back(cell.id);
  const auto share = plan::CellsOf(*order.shard, ids);
  std::vector<PlannedCell> own;
  std::ranges::copy_if(cells, std::back_inserter(own), [&](const PlannedCell& cell) {
    return std::ranges::find(share, cell.id) != share.end();
  });
  return own;
}

std::vector<record::Check> ShareOf(const MockOrder& order,
                                   const std::vector<record::Check>& checks) {
  if (!order.shard) return checks;
  std::vector<record::Check> own;
  for (std::size_t at = 0; at < checks.size(); ++at) {
    if (static_cast<int>(at) % order.shard->count + 1 == order.shard->index)
      own.push_back(checks[at]);
  }
  return own;
}

// The weather of each cell in each run, as factors.
std::vector<double> WeatherOf(const MockOrder& order, std::size_t cells, std::mt19937_64& random) {
  statistics::Order windows(cells);
  for (std::size_t at = 0; at < cells; ++at)
    windows[at] = static_cast<int>(at);
  const std::vector<statistics::Order> runs(static_cast<std::size_t>(order.runs), windows);
  return simulation::Simulate(
      {.name = "a mock's", .spread = order.noise}, runs, std::vector<double>(cells, 0.0), random);
}

// What users of an application notice of its neighbour.
Lines Neighbours() {
  Lines lines = samples::CompleteRun();
  std::erase_if(
      lines, [](const Line& line) { return !std::holds_alternative<record::Interference>(line); });
  return lines;
}

}  // namespace

Result<std::vector<Lines>> MakeUp(const MockOrder& order) {
  if (order.step < 1 || order.step > order.runs) {
    return Slip(
        fmt::format("there is no run {}: --step takes one of 1 to {}, and --runs says how "
                    "many there are",
                    order.step,
                    order.runs));
  }
  const auto cells = PlanCells(order);
  if (!cells) return cells.error();
  const auto checks = ChecksOf(order);
  if (!checks) return checks.error();
  const std::vector<PlannedCell> own_cells = ShareOf(order, *cells);
  const std::vector<record::Check> own_checks = ShareOf(order, *checks);
  // What a shard measures is its own.
  std::mt19937_64 random(
      order.seed + (order.shard ? 1'000'003U * static_cast<unsigned>(order.shard->index) : 0));
  const std::vector<double> weather = WeatherOf(order, own_cells.size(), random);
  // They are of the engine, and of no cell: one shard would have all of them.
  const bool has_neighbours =
      !order.shard && std::ranges::find(order.hosts, "engine") != order.hosts.end();
  std::vector<Lines> runs;
  std::size_t window = 0;
  for (int run = 1; run <= order.runs; ++run) {
    Lines& lines = runs.emplace_back();
    lines.emplace_back(
        HeaderOf(order, run, PlanOf(*cells, *checks), PlanOf(own_cells, own_checks)));
    int index = 0;
    for (const PlannedCell& cell : own_cells) {
      const double factor = weather[window++] * (run >= order.step ? cell.slower : 1);
      std::ranges::move(
          CellLines(cell, factor, order.noise, random).Make(index++, kDay * (run - 1)),
          std::back_inserter(lines));
    }
    std::ranges::copy(own_checks, std::back_inserter(lines));
    if (has_neighbours) std::ranges::copy(Neighbours(), std::back_inserter(lines));
    record::Record sorted;
    for (const Line& line : lines)
      record::Add(sorted, line);
    record::Footer footer = tally::FooterOf(sorted);
    footer.seconds = 4 * static_cast<double>(own_cells.size());
    footer.finished_at = std::get<record::Header>(lines.front()).started_at + footer.seconds;
    lines.emplace_back(std::move(footer));
  }
  return runs;
}

}  // namespace reports::mock
