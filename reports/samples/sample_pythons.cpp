// A record of the engine with two Pythons that never took place: what the second one changes.

#include "reports/samples/sample_pythons.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "reports/histogram/histogram.h"
#include "reports/histogram/v2.h"
#include "reports/samples/sample_cells.h"

namespace reports::samples {

using record::CheckOutcome;
using record::ImportOutcome;
using record::Line;

namespace {

constexpr std::string_view kFirst = "engine";
constexpr std::string_view kSecond = "engine-3.14";

constexpr std::string_view kOwnGil = "sub-own-gil";

struct SampleKind {
  std::string_view interpreter;
  double latency = 1;  // of main's
};

// What the cell's lines say of a mode that is its own only in the host and in the kind of interpreter.
void Rename(Line& line, std::string_view host, const SampleKind& kind, const std::string& id) {
  std::visit(
      [&](auto& of_cell) {
        if constexpr (requires { of_cell.cell = std::string(); }) of_cell.cell = id;
      },
      line);
  if (auto* cell = std::get_if<record::Cell>(&line)) {
    cell->host = host;
    cell->interpreter = kind.interpreter;
  } else if (auto* placement = std::get_if<record::Placement>(&line)) {
    placement->asked.interpreter = kind.interpreter;
    placement->found.python = host == kFirst ? "3.11.2" : "3.14.8";
    if (kind.interpreter == kOwnGil) placement->found.gil = "own";
  } else if (auto* load = std::get_if<record::Load>(&line)) {
    for (auto* figure : {&load->latency_us.p50, &load->latency_us.p90, &load->latency_us.p99}) {
      if (*figure) **figure *= kind.latency;
    }
  }
}

std::vector<Line> CellOf(std::string_view host,
                         const SampleKind& kind,
                         const SampleApp& app,
                         int index) {
  const SampleMode mode{
      .is_daemon = true, .is_sub = kind.interpreter != "main", .is_preload = true};
  const std::string id =
      std::string(host) + "/daemon/" + std::string(kind.interpreter) + "/preload/" + app.name;
  std::vector<Line> lines = SampleCell(mode, app, index);
  for (Line& line : lines)
    Rename(line, host, kind, id);
  return lines;
}

// An application of one's own that numpy is imported by.
const SampleApp& NumpyApp() {
  static const SampleApp app{
      "prices", "An application that imports numpy", 140, 0.9, 21000, 22, {"GET /"}};
  return app;
}

// What is left of the lines of a cell whose script could not be imported.
void Refuse(std::vector<Line>& lines) {
  std::erase_if(lines,
                [](const Line& line) { return !std::holds_alternative<record::Cell>(line); });
  for (Line& line : lines) {
    auto& cell = std::get<record::Cell>(line);
    cell.outcome = record::CellOutcome::Failed;
    cell.reason =
        "first request: 'GET /': status 500, not 200; the last line of its log: ImportError: "
        "module numpy._core._multiarray_umath does not support loading in subinterpreters";
    cell.log_tail = {
        "error H0304 ImportError: module numpy._core._multiarray_umath does not "
        "support loading in subinterpreters"};
  }
}

record::Check CheckOf(std::string_view host,
                      std::string_view probe,
                      std::string_view pairing,
                      std::string_view observed) {
  record::Check check;
  check.suite = "isolation";
  check.check = "Isolation.Probe/" + std::string(probe) + "." + std::string(pairing);
  if (host != kFirst) check.host = host;
  check.mode = "daemon/sub";
  check.title = probe;
  check.probe = probe;
  check.pairing = pairing;
  check.expected = check.observed = observed;
  check.outcome = CheckOutcome::Passed;
  check.ms = 120;
  return check;
}

void AddChecks(std::vector<Line>& lines, std::string_view host, bool is_second) {
  lines.emplace_back(CheckOf(host, "os.environ", "one daemon group, two subs", "shared"));
  lines.emplace_back(CheckOf(
      host, "decimal context", "one daemon group, two subs", is_second ? "isolated" : "shared"));
  if (is_second) {
    lines.emplace_back(
        CheckOf(host, "os.environ", "one daemon group, two subs with own GILs", "shared"));
  }
}

void AddImports(std::vector<Line>& lines, std::string_view host, bool is_second) {
  for (const std::string_view distribution : {"numpy", "_curses"}) {
    for (const std::string_view interpreter :
         {std::string_view("main"), std::string_view("sub"), kOwnGil}) {
      if (interpreter == kOwnGil && !is_second) continue;
      record::Import line;
      if (is_second) line.host = host;
      line.distribution = distribution;
      line.interpreter = interpreter;
      line.ms = 40;
      const bool refuses =
          interpreter == kOwnGil || (is_second && interpreter == "sub" && distribution == "numpy");
      if (refuses) {
        line.outcome = ImportOutcome::Fails;
        line.module = distribution;
        line.error = "ImportError: module does not support loading in subinterpreters";
      }
      lines.emplace_back(std::move(line));
    }
  }
}

// Half of them are near the median, the others rise to the most.
std::string LatenciesTo(std::int64_t median_us, std::int64_t most_us) {
  constexpr int kRequests = 2000;
  histogram::Histogram latencies;
  for (int i = 1; i <= kRequests; ++i) {
    const auto late = std::max(0, i - kRequests / 2);
    const std::int64_t us =
        median_us / 2 + i * median_us / kRequests + late * (most_us - median_us) * 2 / kRequests;
    latencies.Record(us * 1000);
  }
  return histogram::EncodeV2(latencies);
}

// Beside a neighbour that burns CPU: with one GIL, a GIL each, a process each.
void AddInterferences(std::vector<Line>& lines) {
  struct Noticed {
    std::string_view arrangement;
    bool same_process;
    std::int64_t p50_us;
    std::int64_t most_us;
  };
  for (const Noticed& noticed : {Noticed{"daemon/sub", true, 9600, 57'600},
                                 Noticed{"daemon/sub-own-gil", true, 260, 1900},
                                 Noticed{"daemon/two-groups", false, 240, 1700}}) {
    record::Interference line;
    line.host = kSecond;
    line.arrangement = noticed.arrangement;
    line.kind = "cpu";
    line.same_process = noticed.same_process;
    line.rate_per_s = 500;
    line.alone.planned = line.alone.done = line.beside.planned = line.beside.done = 2000;
    line.alone.latency_us.p50 = 200;
    line.alone.latency_us.p99 = 800;
    line.beside.latency_us.p50 = static_cast<double>(noticed.p50_us);
    line.beside.latency_us.p99 = static_cast<double>(noticed.most_us);
    line.alone.state = line.beside.state = record::GeneratorState::Verified;
    line.beside.hdr = LatenciesTo(noticed.p50_us, noticed.most_us);
    line.neighbour_requests = 90;
    lines.emplace_back(std::move(line));
  }
}

}  // namespace

std::vector<Line> LinesOfTwoPythons() {
  const std::vector<SampleKind> kinds{{"main"}, {"sub", 1.03}, {kOwnGil, 1.05}};
  std::vector<Line> lines;
  int index = 0;
  for (const std::string_view host : {kFirst, kSecond}) {
    const bool is_second = host == kSecond;
    for (const SampleKind& kind : kinds) {
      if (kind.interpreter == kOwnGil && !is_second) continue;
      for (const SampleApp& app : {SampleApps()[0], SampleApps()[1], NumpyApp()}) {
        std::vector<Line> of_cell = CellOf(host, kind, app, index++);
        if (is_second && kind.interpreter != "main" && app.name == NumpyApp().name) Refuse(of_cell);
        std::ranges::move(of_cell, std::back_inserter(lines));
      }
    }
    AddChecks(lines, host, is_second);
    AddImports(lines, host, is_second);
  }
  AddInterferences(lines);
  return lines;
}

}  // namespace reports::samples
