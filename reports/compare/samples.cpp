#include "reports/compare/samples.h"

#include <algorithm>
#include <limits>

namespace reports::compare {

using record::ArmRole;

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// What the arm is compared with, the baseline first.
std::vector<std::string> BasesOf(const record::Experiment& plan,
                                 const record::Arm& arm,
                                 const Metric& metric) {
  std::vector<std::string> bases;
  for (const record::Arm& one : plan.arms) {
    const bool is_control = one.role == ArmRole::Again || one.role == ArmRole::Twin;
    const bool is_base = one.role == ArmRole::Baseline || (is_control && metric.is_time);
    if (is_base && one.name != arm.name) bases.push_back(one.name);
  }
  return bases;
}

}  // namespace

SamplesOfAttempt::SamplesOfAttempt(const record::Record& record, const record::Experiment& plan)
    : plan_(plan) {
  for (const record::Sample& sample : record.samples) {
    if (sample.experiment != plan.experiment || sample.attempt != plan.attempt) continue;
    rows_[sample.block][sample.arm] = &sample;
  }
}

statistics::PairedSeries SamplesOfAttempt::SeriesOf(const record::Arm& arm,
                                                    const Metric& metric) const {
  const std::vector<std::string> bases = BasesOf(plan_, arm, metric);
  std::vector<std::vector<double>> columns(bases.size());
  statistics::PairedSeries series;
  series.margin = plan_.margin;
  series.worse = metric.worse;
  for (const auto& [block, row] : rows_) {
    const bool is_lost = HasFailed(row, arm.name) || HasFailed(row, plan_.arms.front().name);
    std::vector<std::optional<double>> of_bases;
    for (const std::string& base : bases)
      of_bases.push_back(Value(row, base, metric));
    const auto of_arm = Value(row, arm.name, metric);
    const bool is_empty = !of_arm && std::ranges::none_of(of_bases, [](const auto& value) {
      return value.has_value();
    });
    if (is_empty && !is_lost) continue;
    for (std::size_t base = 0; base < bases.size(); ++base)
      columns[base].push_back(of_bases[base].value_or(kNothing));
    series.candidate.push_back(of_arm.value_or(kNothing));
  }
  if (columns.empty()) return series;
  series.base = std::move(columns.front());
  columns.erase(columns.begin());
  series.again = std::move(columns);
  return series;
}

std::vector<double> SamplesOfAttempt::hiccups() const {
  std::vector<double> worst;
  for (const auto& [block, row] : rows_) {
    for (const auto& [arm, sample] : row)
      if (sample->hiccup_max_us) worst.push_back(*sample->hiccup_max_us);
  }
  return worst;
}

int SamplesOfAttempt::lost() const {
  return static_cast<int>(
      std::ranges::count_if(rows_, [](const auto& entry) { return HasProblem(entry.second); }));
}

bool SamplesOfAttempt::HasProblem(const Row& row) {
  return std::ranges::any_of(row,
                             [](const auto& entry) { return entry.second->problem.has_value(); });
}

bool SamplesOfAttempt::HasFailed(const Row& row, std::string_view arm) {
  const auto sample = row.find(std::string(arm));
  return sample != row.end() && sample->second->problem.has_value();
}

// Of a block in which anybody failed no value counts.
std::optional<double> SamplesOfAttempt::Value(const Row& row,
                                              std::string_view arm,
                                              const Metric& metric) {
  if (HasProblem(row)) return std::nullopt;
  const auto sample = row.find(std::string(arm));
  if (sample == row.end()) return std::nullopt;
  const auto value = sample->second->values.find(std::string(metric.name));
  if (value == sample->second->values.end()) return std::nullopt;
  return value->second;
}

}  // namespace reports::compare
