#include "reports/html/rounds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "reports/compare/metrics.h"
#include "reports/html/blocks.h"
#include "reports/html/figure.h"
#include "reports/notation/notation.h"

namespace reports::html {

using compare::Metric;
using record::Sample;

namespace {

std::string_view UnitOf(const Metric& metric) {
  switch (metric.unit) {
    case compare::Unit::Microseconds:
      return "us";
    case compare::Unit::Milliseconds:
      return "ms";
    case compare::Unit::Kibibytes:
      return "mib";
    case compare::Unit::PerSecond:
      break;
  }
  return "per_s";
}

std::vector<const Metric*> MetricsOf(const std::vector<const Sample*>& samples) {
  std::vector<const Metric*> metrics;
  for (const Metric& metric : compare::Metrics()) {
    const bool is_there = std::ranges::any_of(samples, [&](const Sample* sample) {
      return sample->values.contains(std::string(metric.name));
    });
    if (is_there) metrics.push_back(&metric);
  }
  return metrics;
}

Markup SampleRow(const Sample& sample, const std::vector<const Metric*>& metrics) {
  Markup row = Element("th", {{"scope", "row"}}, std::to_string(sample.block));
  for (const Metric* metric : metrics) {
    const auto value = sample.values.find(std::string(metric->name));
    row += value == sample.values.end()
               ? DrawnCell({}, "")
               : DrawnCell(value->second / (metric->unit == compare::Unit::Kibibytes ? 1024 : 1),
                           compare::Written(*metric, value->second));
  }
  row += DrawnCell(sample.hiccup_max_us,
                   sample.hiccup_max_us ? notation::Microseconds(*sample.hiccup_max_us) : "");
  row += Element("td", fmt::format("{}", fmt::join(sample.positions, " ")));
  row += Element("td", Text(sample.problem.value_or(""), 300));
  return Element("tr",
                 {{"data-x", std::to_string(sample.block)},
                  {"data-at", fmt::format("block {}", sample.block)}},
                 row);
}

}  // namespace

Markup RoundsFigure(const record::Record& record, const compare::Attempt& attempt) {
  std::vector<const Sample*> samples;
  for (const Sample& sample : record.samples) {
    if (sample.experiment == attempt.plan->experiment && sample.attempt == attempt.plan->attempt)
      samples.push_back(&sample);
  }
  const std::vector<const Metric*> metrics = MetricsOf(samples);
  if (metrics.empty()) return {};
  Markup bodies;
  for (const record::Arm& arm : attempt.plan->arms) {
    const std::string columns = std::to_string(metrics.size() + 4);
    Markup rows = Element(
        "tr", Element("th", {{"scope", "rowgroup"}, {"colspan", columns}}, Text(arm.name, 200)));
    for (const Sample* sample : samples)
      if (sample->arm == arm.name) rows += SampleRow(*sample, metrics);
    bodies += Element("tbody", {{"data-name", arm.name}}, rows);
  }
  Markup head = Element("th", {{"scope", "col"}}, "block");
  for (const Metric* metric : metrics)
    head += DrawnHead(metric->title, UnitOf(*metric));
  head += Element("th",
                  {{"scope", "col"}, {"data-unit", "us"}, {"data-role", "behind"}},
                  "hiccup, at most") +
          Element("th", {{"scope", "col"}}, "windows") +
          Element("th", {{"scope", "col"}}, "problem");
  return Figure({.kind = "lines", .scale = "near", .across_title = "block"},
                attempt.plan->attempt > 1 ? "Block by block, repeated in reversed order"
                                          : "Block by block (the axis need not begin at 0)",
                attempt.plan->experiment,
                Element("table", Element("thead", Element("tr", head)) + bodies));
}

}  // namespace reports::html
