#include "reports/verdict/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "reports/notation/notation.h"
#include "reports/record/axes.h"
#include "reports/statistics/percentile.h"

namespace reports::verdict {

using record::Cell;
using record::Record;

namespace {

using Measure = std::optional<double> (*)(const Record&, const Cell&);

std::optional<double> FirstRequestMs(const Record& record, const Cell& cell) {
  const auto* startup = FindStartup(record, cell.cell);
  return startup == nullptr ? std::nullopt : startup->first_request_ms;
}

std::optional<double> MedianUs(const Record& record, const Cell& cell) {
  const auto* load = FindLoad(record, cell.cell, record::Loop::Closed);
  return load == nullptr ? std::nullopt : load->latency_us.p50;
}

std::optional<double> PssKib(const Record& record, const Cell& cell) {
  const auto* resources = FindResources(record, cell.cell, record::When::AfterLoad);
  if (resources == nullptr || !resources->pss_kib) return std::nullopt;
  return static_cast<double>(*resources->pss_kib);
}

// One row for each finding: `from` and `to` are values of the member that is the choice.
struct Comparison {
  std::string_view question;
  Measure measure;
  std::string (*write)(double);
  std::string Cell::*choice;
  std::string_view from;
  std::string_view to;
};

constexpr Comparison kComparisons[] = {
    {"First request: lazy against preload",
     FirstRequestMs,
     notation::Milliseconds,
     &Cell::loading,
     "preload",
     "lazy"},
    {"p50 at full load: daemon against embedded",
     MedianUs,
     notation::Microseconds,
     &Cell::process,
     "embedded",
     "daemon"},
    {"p50 at full load: sub-interpreter against main",
     MedianUs,
     notation::Microseconds,
     &Cell::interpreter,
     "main",
     "sub"},
    {"Memory: daemon against embedded",
     PssKib,
     notation::Kibibytes,
     &Cell::process,
     "embedded",
     "daemon"},
};

// The cell that differs in the choice alone, or null.
const Cell* Counterpart(const Record& record, const Cell& cell, const Comparison& comparison) {
  const auto found = std::ranges::find_if(record.cells, [&](const Cell& other) {
    const auto agrees = [&](std::string Cell::*member) {
      return member == comparison.choice ? other.*member == comparison.to
                                         : other.*member == cell.*member;
    };
    return other.outcome == record::CellOutcome::Ok && agrees(&Cell::host) &&
           agrees(&Cell::process) && agrees(&Cell::interpreter) && agrees(&Cell::loading) &&
           agrees(&Cell::app);
  });
  return found == record.cells.end() ? nullptr : &*found;
}

std::optional<FindingForApp> FindForApp(const Record& record,
                                        const std::string& app,
                                        const Comparison& comparison) {
  std::vector<double> from;
  std::vector<double> to;
  for (const Cell& cell : record.cells) {
    if (cell.app != app || cell.outcome != record::CellOutcome::Ok ||
        cell.*comparison.choice != comparison.from) {
      continue;
    }
    const Cell* counterpart = Counterpart(record, cell, comparison);
    if (counterpart == nullptr) continue;
    const auto value_from = comparison.measure(record, cell);
    const auto value_to = comparison.measure(record, *counterpart);
    if (!value_from || !value_to) continue;
    from.push_back(*value_from);
    to.push_back(*value_to);
  }
  const auto ratio = statistics::RatioOfMedians(to, from);
  if (!ratio) return std::nullopt;
  return FindingForApp{app,
                       *ratio,
                       comparison.write(*statistics::Median(from)),
                       comparison.write(*statistics::Median(to))};
}

std::string RangeOf(const std::vector<FindingForApp>& apps) {
  const auto [least, most] = std::ranges::minmax(apps, {}, &FindingForApp::ratio);
  const std::string low = notation::Ratio(least.ratio);
  const std::string high = notation::Ratio(most.ratio);
  return low == high ? low : fmt::format("{} to {}", low, high);
}

}  // namespace

std::vector<Finding> FindingsOf(const Record& record) {
  std::vector<Finding> findings;
  for (const Comparison& comparison : kComparisons) {
    Finding finding{std::string(comparison.question), "", {}};
    for (const std::string& app : AxesOf(record).apps) {
      if (auto found = FindForApp(record, app, comparison)) finding.apps.push_back(*found);
    }
    if (finding.apps.empty()) continue;
    finding.answer = RangeOf(finding.apps);
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace reports::verdict
