#include "reports/upgrade/upgrade.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "reports/notation/notation.h"

namespace reports::upgrade {

using record::Cell;
using record::CellOutcome;
using record::Check;
using record::CheckOutcome;
using record::Import;
using record::ImportOutcome;
using record::Record;

namespace {

constexpr std::string_view kEngine = "engine";

bool IsEngine(std::string_view host) {
  return host == kEngine || host.starts_with("engine-");
}

std::pair<int, int> MinorOf(const std::string& python) {
  int major = 0;
  int minor = 0;
  return std::sscanf(python.c_str(), "%d.%d", &major, &minor) == 2 ? std::pair(major, minor)
                                                                   : std::pair(0, 0);
}

std::vector<EngineOf> EnginesOf(const Record& record) {
  using Order = std::tuple<std::pair<int, int>, bool>;
  std::vector<std::pair<Order, EngineOf>> ordered;
  for (const record::HostVersion& host : record.header.hosts) {
    if (!IsEngine(host.name) || !host.python) continue;
    const bool has_no_gil = host.can_run_without_gil();
    ordered.emplace_back(
        Order(MinorOf(*host.python), has_no_gil),
        EngineOf{.host = host.name, .python = *host.python + (has_no_gil ? " without a GIL" : "")});
  }
  std::ranges::stable_sort(ordered, {}, &std::pair<Order, EngineOf>::first);
  std::vector<EngineOf> engines;
  for (auto& [order, engine] : ordered)
    engines.push_back(std::move(engine));
  for (EngineOf& engine : engines) {
    std::set<std::string> modes;
    for (const Cell& cell : record.cells) {
      if (cell.host == engine.host && cell.outcome != CellOutcome::NotOffered)
        modes.insert(fmt::format("{}/{}/{}", cell.process, cell.interpreter, cell.loading));
    }
    engine.modes = std::ssize(modes);
  }
  return engines;
}

// What was found of one thing, engine by engine.
struct Row {
  std::string subject;
  std::string where;
  std::vector<std::string> found;
  std::vector<std::string> why;
};

class Table {
 public:
  explicit Table(const std::vector<EngineOf>& engines) : engines_(engines) {}

  // The last one of a thing counts. `key` tells things apart, and orders nothing: rows are in the order in which they came.
  void Put(const std::string& key,
           const std::string& host,
           const std::string& subject,
           const std::string& where,
           std::string found,
           std::string why) {
    const auto engine = std::ranges::find(engines_, host, &EngineOf::host);
    if (engine == engines_.end()) return;
    const auto column = static_cast<std::size_t>(engine - engines_.begin());
    const auto [at, is_new] = index_.try_emplace(key, rows_.size());
    if (is_new) {
      rows_.push_back({subject,
                       where,
                       std::vector<std::string>(engines_.size()),
                       std::vector<std::string>(engines_.size())});
    }
    rows_[at->second].found[column] = std::move(found);
    rows_[at->second].why[column] = std::move(why);
  }

  [[nodiscard]] Compared Compare() const {
    Compared compared;
    for (const Row& row : rows_) {
      std::vector<std::string> asked;
      std::ranges::copy_if(row.found, std::back_inserter(asked), [](const std::string& found) {
        return !found.empty();
      });
      if (asked.size() < 2) continue;
      const bool is_alike = std::ranges::all_of(
          asked, [&](const std::string& found) { return found == asked.front(); });
      if (is_alike) {
        ++compared.alike;
        continue;
      }
      const auto why =
          std::ranges::find_if(row.why, [](const std::string& text) { return !text.empty(); });
      compared.differences.push_back(
          {row.subject, row.where, row.found, why == row.why.end() ? "" : *why});
    }
    return compared;
  }

 private:
  const std::vector<EngineOf>& engines_;
  std::map<std::string, std::size_t> index_;
  std::vector<Row> rows_;
};

std::string Words(std::string_view name) {
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  return words;
}

Compared CellsOf(const Record& record, const std::vector<EngineOf>& engines) {
  Table table(engines);
  for (const Cell& cell : record.cells) {
    const std::string mode = fmt::format("{}/{}/{}", cell.process, cell.interpreter, cell.loading);
    table.Put(mode + "/" + cell.app,
              cell.host,
              cell.app,
              mode,
              cell.outcome == CellOutcome::NotOffered ? "" : Words(Name(cell.outcome)),
              cell.outcome == CellOutcome::Ok ? "" : cell.reason.value_or(""));
  }
  return table.Compare();
}

// What was seen says more than that it was right; of what was not right both are told.
std::string FoundBy(const Check& check) {
  switch (check.outcome) {
    case CheckOutcome::Skipped:
    case CheckOutcome::NotApplicable:
      return "";
    case CheckOutcome::Passed:
      // Other suites say what they saw in free words, with times and counts.
      return check.pairing ? check.observed.value_or("passed") : "passed";
    default:
      return check.pairing && check.observed
                 ? fmt::format("{} ({})", *check.observed, Words(Name(check.outcome)))
                 : Words(Name(check.outcome));
  }
}

Compared ChecksOf(const Record& record, const std::vector<EngineOf>& engines) {
  Table table(engines);
  for (const Check& check : record.checks) {
    table.Put(check.check,
              check.host.value_or(std::string(kEngine)),
              check.title,
              check.pairing.value_or(check.mode),
              FoundBy(check),
              check.outcome == CheckOutcome::Passed ? "" : check.detail.value_or(""));
  }
  return table.Compare();
}

Compared ImportsOf(const Record& record, const std::vector<EngineOf>& engines) {
  Table table(engines);
  for (const Import& line : record.imports) {
    if (line.outcome == ImportOutcome::NotTried) continue;
    table.Put(fmt::format("{}|{}|{}", line.app.value_or(""), line.distribution, line.interpreter),
              line.host.value_or(std::string(kEngine)),
              line.distribution,
              line.interpreter,
              Words(Name(line.outcome)),
              line.error.value_or(""));
  }
  return table.Compare();
}

std::optional<double> MedianUs(const Record& record, const std::string& cell) {
  const record::Load* load = FindLoad(record, cell, record::Loop::Open);
  return load == nullptr ? std::nullopt : load->latency_us.p50;
}

std::vector<Share> SharesOf(const Record& record, const std::vector<EngineOf>& engines) {
  std::vector<Share> shares;
  std::set<std::string> done;
  for (const Cell& cell : record.cells) {
    if (!IsEngine(cell.host) || cell.interpreter == "main" || cell.loading != "preload") continue;
    const std::string mode = fmt::format("{}/{}/{}", cell.process, cell.interpreter, cell.loading);
    if (!done.insert(mode + "/" + cell.app).second) continue;
    Share share{.app = cell.app, .mode = mode, .of_main = {}};
    for (const EngineOf& engine : engines) {
      const auto own = MedianUs(record, fmt::format("{}/{}/{}", engine.host, mode, cell.app));
      const auto main = MedianUs(
          record,
          fmt::format("{}/{}/main/{}/{}", engine.host, cell.process, cell.loading, cell.app));
      share.of_main.push_back(own && main && *main > 0 ? std::optional(*own / *main)
                                                       : std::nullopt);
    }
    const bool is_known =
        std::ranges::any_of(share.of_main, [](const auto& ratio) { return ratio.has_value(); });
    if (is_known) shares.push_back(std::move(share));
  }
  return shares;
}

std::string Sentence(const Compared& compared, std::string_view noun, std::string_view verb) {
  const auto all = compared.alike + std::ssize(compared.differences);
  if (all == 0) return "";
  return compared.differences.empty()
             ? fmt::format("{} {} the same with each Python.", notation::Plural(all, noun), verb)
             : fmt::format("{} of {} {} otherwise with another Python.",
                           notation::Count(std::ssize(compared.differences)),
                           notation::Plural(all, noun),
                           verb);
}

}  // namespace

Upgrade UpgradeOf(const Record& record) {
  Upgrade upgrade;
  upgrade.engines = EnginesOf(record);
  if (upgrade.engines.size() < 2) return {};
  std::vector<std::string> hosts;
  for (const EngineOf& engine : upgrade.engines)
    hosts.push_back(engine.host);
  upgrade.tours = ToursOf(record, hosts);
  upgrade.cells = CellsOf(record, upgrade.engines);
  upgrade.checks = ChecksOf(record, upgrade.engines);
  upgrade.imports = ImportsOf(record, upgrade.engines);
  upgrade.shares = SharesOf(record, upgrade.engines);
  return upgrade;
}

std::vector<std::string> InSentences(const Upgrade& upgrade) {
  if (upgrade.engines.empty()) return {};
  std::vector<std::string> sentences;
  const EngineOf& first = upgrade.engines.front();
  const EngineOf& last = upgrade.engines.back();
  std::string modes = fmt::format("From Python {} to {}", first.python, last.python);
  modes +=
      last.modes == first.modes
          ? fmt::format(": {} each.", notation::Plural(first.modes, "mode"))
          : fmt::format(": {} instead of {}.", notation::Plural(last.modes, "mode"), first.modes);
  // Where all cells of one are not offered, it is for want of an environment: that is said of the cells.
  if (first.modes > 0 && last.modes > 0) sentences.push_back(modes);
  std::vector<std::string> pythons;
  for (const EngineOf& engine : upgrade.engines)
    pythons.push_back(engine.python);
  for (const auto& sentence : {InWords(upgrade.tours, pythons),
                               Sentence(upgrade.cells, "cell", "ended"),
                               Sentence(upgrade.checks, "check", "ended"),
                               Sentence(upgrade.imports, "import", "ended")}) {
    if (!sentence.empty()) sentences.push_back(sentence);
  }
  return sentences;
}

}  // namespace reports::upgrade
