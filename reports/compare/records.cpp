#include "reports/compare/records.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/compare/cell_values.h"
#include "reports/notation/notation.h"
#include "reports/record/same_machine.h"

namespace reports::compare {

using record::Record;

SideBySide PutSideBySide(const Record& base, const Record& candidate) {
  SideBySide side_by_side;
  const auto why_not = record::WhyNotSameMachine(base.header.machine, candidate.header.machine);
  const bool is_same_machine = !why_not.has_value();
  if (why_not) {
    side_by_side.remarks.push_back(fmt::format(
        "times are left out, as nobody can say that the machines are the same: {}", *why_not));
  } else {
    side_by_side.remarks.emplace_back(
        "times of different runs: what differs may be the machine's mood; wsgilab compare with two "
        "programs, checkouts or modes measures them in turns");
  }
  for (const Record* record : {&base, &candidate}) {
    if (record->header.synthetic) {
      side_by_side.remarks.push_back(
          fmt::format("{}: {}", record->header.run, *record->header.synthetic));
    }
    if (!record->complete) {
      side_by_side.remarks.push_back(fmt::format("{} is incomplete", record->header.run));
    }
  }
  if (base.header.profile != candidate.header.profile) {
    side_by_side.remarks.push_back(fmt::format(
        "the profiles differ: {} and {}", base.header.profile, candidate.header.profile));
  }
  for (const record::Cell& cell : base.cells) {
    for (const Metric& metric : Metrics()) {
      if (metric.is_time && !is_same_machine) continue;
      const auto of_base = ValueOf(base, cell.cell, metric.name);
      const auto of_candidate = ValueOf(candidate, cell.cell, metric.name);
      if (!of_base || !of_candidate) continue;
      side_by_side.rows.push_back({cell.cell, std::string(metric.name), *of_base, *of_candidate});
    }
  }
  return side_by_side;
}

std::string ToText(const SideBySide& side_by_side) {
  std::string text;
  std::string cell;
  for (const SideBySideRow& row : side_by_side.rows) {
    if (row.cell != cell) text += fmt::format("{}\n", cell = row.cell);
    const Metric& metric = *FindMetric(row.metric);
    text +=
        fmt::format("  {:<16} {:>10} {:>10}  {}\n",
                    metric.title,
                    Written(metric, row.base),
                    Written(metric, row.value),
                    row.base > 0 ? fmt::format("{:+.1f} %", 100 * (row.value / row.base - 1)) : "");
  }
  for (const std::string& remark : side_by_side.remarks)
    text += fmt::format("! {}\n", remark);
  return text;
}

std::string ToJson(const SideBySide& side_by_side) {
  nlohmann::ordered_json json{{"schema", "wsgilab-side-by-side/1"},
                              {"rows", nlohmann::ordered_json::array()},
                              {"remarks", side_by_side.remarks}};
  for (const SideBySideRow& row : side_by_side.rows) {
    json["rows"].push_back(
        {{"cell", row.cell}, {"metric", row.metric}, {"base", row.base}, {"value", row.value}});
  }
  return json.dump(1) + "\n";
}

}  // namespace reports::compare
