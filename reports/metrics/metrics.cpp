#include "reports/metrics/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "reports/compare/compare.h"
#include "reports/compare/metrics.h"
#include "reports/gate/experiments.h"
#include "reports/gate/expression.h"
#include "reports/gate/vocabulary.h"
#include "reports/statistics/median_interval.h"
#include "reports/statistics/percentile.h"

namespace reports::metrics {

using gate::Dimension;
using gate::Measured;
using gate::Trust;
using record::Record;

namespace {

constexpr double kAlpha = 0.05;

std::string_view UnitOf(Dimension dimension) {
  switch (dimension) {
    case Dimension::Time:
      return "us";
    case Dimension::Size:
      return "KiB";
    case Dimension::Rate:
      return "requests/s";
    case Dimension::Share:
      return "share";
    case Dimension::Count:
      break;
  }
  return "";
}

// What a name ends with, so that it says its unit; nothing where it does already.
std::string_view SuffixOf(Dimension dimension) {
  switch (dimension) {
    case Dimension::Time:
      return "_us";
    case Dimension::Size:
      return "_kib";
    case Dimension::Rate:   // requests_per_s
    case Dimension::Share:  // failed_share
    case Dimension::Count:
      break;
  }
  return "";
}

std::string_view UnitOf(compare::Unit unit) {
  switch (unit) {
    case compare::Unit::Microseconds:
      return "us";
    case compare::Unit::Milliseconds:
      return "ms";
    case compare::Unit::Kibibytes:
      return "KiB";
    case compare::Unit::PerSecond:
      break;
  }
  return "requests/s";
}

// "latency_p99_us", "pss_total_ready_kib", "checks_failed".
std::string NameOf(const gate::Quantity& quantity, std::string_view at) {
  std::string what(quantity.aggregate->name);
  if (quantity.percentile) {
    what = fmt::format("p{:g}", *quantity.percentile * 100);
    std::erase(what, '.');  // p999, as the record writes it
  }
  std::string name = fmt::format("{}_{}", quantity.metric->name, what);
  if (!at.empty()) name += fmt::format("_{}", at);
  return name + std::string(SuffixOf(quantity.aggregate->dimension));
}

// The interval of the median of what was measured several times, and how often that was.
void SetSpread(const std::vector<double>& values, MetricValue& metric) {
  metric.n = static_cast<std::int64_t>(values.size());
  if (const auto interval = statistics::MedianInterval(values, kAlpha)) {
    metric.low = interval->low;
    metric.high = interval->high;
  }
}

class Collector {
 public:
  explicit Collector(const Record& record) : record_(record) {}

  std::vector<MetricValue> Collect() {
    for (const gate::Metric& metric : gate::Metrics())
      AddMetric(metric);
    for (const record::Experiment& plan : record_.experiments)
      AddArms(plan);
    AddRatios();
    return std::move(all_);
  }

 private:
  void AddMetric(const gate::Metric& metric) {
    if (metric.percentiles != gate::Percentiles::None) {
      constexpr double kPercentiles[] = {0.5, 0.9, 0.99, 0.999};
      for (const double percentile : kPercentiles)
        AddQuantity({&metric, &gate::PercentileAggregate(), percentile});
    }
    for (const gate::Aggregate& aggregate : metric.aggregates)
      AddQuantity({&metric, &aggregate, {}});
  }

  void AddQuantity(const gate::Quantity& quantity) {
    gate::Expression expression;
    expression.quantity = quantity;
    const std::vector<Measured> usual = gate::MeasuredOf(expression, record_);
    for (const Measured& measured : usual)
      AddMeasured(quantity, measured, "", gate::MetricOf(quantity) != nullptr);
    if (quantity.metric->extent == gate::Extent::Count) return;
    for (const std::string_view label : {"loop", "when"}) {
      if (std::ranges::find(quantity.metric->labels, label) == quantity.metric->labels.end())
        continue;
      expression.selectors = {{std::string(label), "*"}};
      for (const Measured& measured : gate::MeasuredOf(expression, record_)) {
        if (std::ranges::find(usual, measured.where, &Measured::where) == usual.end())
          AddMeasured(quantity, measured, measured.at, false);
      }
    }
  }

  void AddMeasured(const gate::Quantity& quantity,
                   const Measured& measured,
                   std::string_view at,
                   bool is_figure) {
    if (!measured.value || !std::isfinite(*measured.value)) return;
    MetricValue metric;
    const bool is_counted = quantity.metric->extent == gate::Extent::Count;
    metric.cell = measured.cell;
    metric.subject = is_counted ? "run" : measured.cell.empty() ? measured.where : measured.cell;
    metric.name = NameOf(quantity, at);
    metric.unit = UnitOf(quantity.aggregate->dimension);
    metric.worse = quantity.aggregate->worse;
    metric.value = *measured.value;
    metric.trust = measured.trust;
    metric.reason = measured.reason;
    metric.is_figure = is_figure;
    if (const auto loop = record::FromWord<record::Loop>(measured.at)) {
      metric.n = FindLoad(record_, measured.cell, *loop)->done;
    } else if (quantity.metric->name == "micro") {
      SetRepetitions(quantity, metric);
    }
    all_.push_back(std::move(metric));
  }

  void SetRepetitions(const gate::Quantity& quantity, MetricValue& metric) {
    constexpr double kNanoseconds = 1000;  // in a microsecond
    std::vector<double> values;
    for (const record::Micro& micro : record_.micros) {
      const auto& time = quantity.aggregate->name == "cpu" ? micro.cpu_ns : micro.real_ns;
      if (micro.name == metric.subject && time) values.push_back(*time / kNanoseconds);
    }
    SetSpread(values, metric);
    metric.is_figure = quantity.aggregate->name == "real";
  }

  static std::string SubjectOf(const record::Experiment& plan, const record::Arm& arm) {
    return fmt::format("{}: {}{}", plan.experiment, arm.name, plan.attempt > 1 ? ", reversed" : "");
  }
  static std::string CellOf(const record::Arm& arm) {
    return fmt::format("{}/{}/{}", arm.host, arm.mode, arm.app);
  }

  // The median over the blocks in which nothing went wrong for this arm.
  void AddArms(const record::Experiment& plan) {
    for (const record::Arm& arm : plan.arms) {
      for (const compare::Metric& of_samples : compare::Metrics()) {
        std::vector<double> values;
        for (const record::Sample& sample : record_.samples) {
          if (sample.experiment != plan.experiment || sample.attempt != plan.attempt ||
              sample.arm != arm.name || sample.problem)
            continue;
          const auto value = sample.values.find(std::string(of_samples.name));
          if (value != sample.values.end() && std::isfinite(value->second))
            values.push_back(value->second);
        }
        const auto median = statistics::Median(values);
        if (!median) continue;
        MetricValue metric;
        metric.subject = SubjectOf(plan, arm);
        metric.cell = CellOf(arm);
        metric.name = of_samples.name;
        metric.unit = UnitOf(of_samples.unit);
        metric.worse = of_samples.worse;
        metric.value = *median;
        metric.is_figure = plan.attempt == 1 && (arm.role == record::ArmRole::Baseline ||
                                                 arm.role == record::ArmRole::Candidate);
        SetSpread(values, metric);
        all_.push_back(std::move(metric));
      }
    }
  }

  // The candidate by the baseline: what can be held against a run on another day, as both were measured in turns.
  void AddRatios() {
    for (const compare::ExperimentResult& result : compare::JudgeExperiments(record_)) {
      const record::Experiment& plan = *result.attempts.front().plan;
      const auto arm = std::ranges::find(plan.arms, record::ArmRole::Candidate, &record::Arm::role);
      for (const compare::Conclusion& conclusion : result.conclusions) {
        const statistics::Comparison& comparison = conclusion.first.comparison;
        if (!std::isfinite(comparison.ratio) || arm == plan.arms.end()) continue;
        MetricValue metric;
        metric.subject = SubjectOf(plan, *arm);
        metric.cell = CellOf(*arm);
        metric.name = conclusion.metric + "_ratio";
        metric.unit = "ratio";
        metric.worse = compare::FindMetric(conclusion.metric)->worse;
        metric.value = comparison.ratio;
        if (std::isfinite(comparison.interval.high) && comparison.interval.low > 0) {
          metric.low = comparison.interval.low;
          metric.high = comparison.interval.high;
        }
        metric.n = comparison.pairs - comparison.missing;
        metric.is_figure = true;
        if (conclusion.finding == compare::Finding::Contaminated ||
            conclusion.finding == compare::Finding::Blind) {
          metric.trust = Trust::None;
          metric.reason = fmt::format("{}: {}", Words(conclusion.finding), conclusion.why);
        }
        all_.push_back(std::move(metric));
      }
    }
  }

  const Record& record_;
  std::vector<MetricValue> all_;
};

}  // namespace

std::vector<MetricValue> MetricsOf(const Record& record) {
  return Collector(record).Collect();
}

}  // namespace reports::metrics
