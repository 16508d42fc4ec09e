#include "reports/compare/records.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/notation/notation.h"
#include "reports/record/same_machine.h"

namespace reports::compare {

using record::Loop;
using record::Record;
using record::When;

namespace {

// What a run says of a cell, in the words of experiments.
std::optional<double> ValueOf(const Record& record,
                              const std::string& cell,
                              std::string_view metric) {
  const record::Load* load = FindLoad(record, cell, Loop::Closed);
  if (load != nullptr) {
    if (metric == "latency_p50_us") return load->latency_us.p50;
    if (metric == "latency_p90_us") return load->latency_us.p90;
    if (metric == "latency_p99_us") return load->latency_us.p99;
    if (metric == "latency_p999_us") return load->latency_us.p999;
    if (metric == "latency_mean_us") return load->latency_us.mean;
    if (metric == "requests_per_s") return load->requests_per_s;
  }
  const record::Startup* startup = FindStartup(record, cell);
  if (startup != nullptr) {
    if (metric == "ready_ms") return startup->ready_ms;
    if (metric == "first_request_ms") return startup->first_request_ms;
  }
  const record::Resources* resources = FindResources(record, cell, When::AfterLoad);
  if (resources != nullptr) {
    if (metric == "cpu_us") return resources->cpu_us_per_request;
    if (metric == "pss_kib" && resources->pss_kib) return static_cast<double>(*resources->pss_kib);
  }
  return std::nullopt;
}

}  // namespace

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
