#include "reports/gate/experiments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "reports/compare/compare.h"
#include "reports/compare/samples.h"
#include "reports/gate/measured.h"

namespace reports::gate {

namespace {

// Samples keep milliseconds where rules have microseconds.
double FactorOf(const compare::Metric& metric) {
  return metric.unit == compare::Unit::Milliseconds ? 1e3 : 1;
}

// A comparison is about the candidate's cell.
const record::Arm* CandidateOf(const record::Experiment& plan) {
  const auto found = std::ranges::find(plan.arms, record::ArmRole::Candidate, &record::Arm::role);
  return found == plan.arms.end() ? nullptr : &*found;
}

std::string CellOf(const record::Arm& arm) {
  return fmt::format("{}/{}/{}", arm.host, arm.mode, arm.app);
}

PairedAt PairsOfExperiment(const record::Record& record,
                           const record::Experiment& plan,
                           const record::Arm& candidate,
                           const compare::Metric& metric) {
  auto series = compare::SamplesOfAttempt(record, plan).SeriesOf(candidate, metric);
  const auto scale = [&](std::vector<double>& values) {
    for (double& value : values)
      value *= FactorOf(metric);
  };
  scale(series.base);
  scale(series.candidate);
  std::ranges::for_each(series.again, scale);
  const std::string cell = CellOf(candidate);
  return {cell,
          LabelsOfCell(cell),
          std::move(series.base),
          std::move(series.candidate),
          std::move(series.again)};
}

bool IsOfTime(Dimension dimension) {
  return dimension == Dimension::Time || dimension == Dimension::Rate;
}

}  // namespace

const compare::Metric* MetricOf(const Quantity& quantity) {
  const std::string_view metric = quantity.metric->name;
  const std::string_view aggregate = quantity.aggregate->name;
  if (metric == "latency" && quantity.percentile) {
    constexpr std::pair<double, const char*> kPercentiles[] = {{0.5, "latency_p50_us"},
                                                               {0.9, "latency_p90_us"},
                                                               {0.99, "latency_p99_us"},
                                                               {0.999, "latency_p999_us"}};
    for (const auto& [percentile, name] : kPercentiles) {
      if (std::abs(*quantity.percentile - percentile) < 1e-9) return compare::FindMetric(name);
    }
    return nullptr;
  }
  if (metric == "latency" && aggregate == "mean") return compare::FindMetric("latency_mean_us");
  if (metric == "rate") return compare::FindMetric("requests_per_s");
  if (metric == "cpu") return compare::FindMetric("cpu_us");
  if (metric == "pss" && aggregate == "total") return compare::FindMetric("pss_kib");
  if (metric == "startup" && aggregate == "ready") return compare::FindMetric("ready_ms");
  if (metric == "startup" && aggregate == "first_request")
    return compare::FindMetric("first_request_ms");
  return nullptr;
}

PairedValues PairsOf(const record::Record& record, int attempt) {
  return [&record, attempt](const Quantity& quantity) {
    std::vector<PairedAt> all;
    const compare::Metric* metric = MetricOf(quantity);
    if (metric == nullptr) return all;
    for (const record::Experiment& plan : record.experiments) {
      const record::Arm* candidate = CandidateOf(plan);
      if (plan.attempt != attempt || candidate == nullptr) continue;
      all.push_back(PairsOfExperiment(record, plan, *candidate, *metric));
    }
    return all;
  };
}

Doubt DoubtOf(const record::Record& record) {
  const auto results = std::make_shared<const std::vector<compare::ExperimentResult>>(
      compare::JudgeExperiments(record));
  return
      [results](const Quantity& quantity, const std::string& where, statistics::Verdict verdict) {
        const compare::Metric* metric = MetricOf(quantity);
        for (const compare::ExperimentResult& result : *results) {
          const record::Arm* candidate = CandidateOf(*result.attempts.front().plan);
          if (metric == nullptr || candidate == nullptr || CellOf(*candidate) != where) continue;
          for (const compare::Conclusion& conclusion : result.conclusions) {
            if (conclusion.metric != metric->name) continue;
            const bool is_contaminated = conclusion.finding == compare::Finding::Contaminated;
            // What was found to be worse is found; that nothing is worse, one who sees nothing cannot say.
            const bool is_blind = conclusion.finding == compare::Finding::Blind &&
                                  verdict != statistics::Verdict::Regressed;
            if (is_contaminated) return "environment-contaminated: " + conclusion.why;
            if (is_blind) return "gate-blind: " + conclusion.why;
            if (conclusion.finding == compare::Finding::NotConfirmed)
              return "not confirmed: " + conclusion.why;
          }
        }
        return std::string();
      };
}

RuleOutcome AgainstRecord(const Rule& rule,
                          const record::Record& base,
                          const record::Record& candidate) {
  const Expression& expression = rule.expression;
  const Dimension dimension = expression.quantity.aggregate->dimension;
  const auto of_base = MeasuredOf(expression, base);
  RuleOutcome outcome;
  outcome.name = rule.name;
  outcome.expression = expression.text;
  bool is_broken = false;
  bool is_held = false;
  for (const Measured& measured : MeasuredOf(expression, candidate)) {
    const auto same = std::ranges::find(of_base, measured.where, &Measured::where);
    if (!measured.value || same == of_base.end() || !same->value) {
      outcome.evidence.push_back(fmt::format("{}: not measured in both runs", measured.where));
      continue;
    }
    const double limit = expression.limit * *same->value;
    std::string sentence = fmt::format("{}: {} is {}, in the baseline {}",
                                       measured.where,
                                       expression.quantity.Name(),
                                       Shown(*measured.value, dimension),
                                       Shown(*same->value, dimension));
    if (IsOfTime(dimension)) {
      outcome.standing = Standing::Inconclusive;
      outcome.evidence.push_back(
          sentence +
          "; times of two runs are not judged: name a program, a checkout or a venv as the "
          "baseline, and both are measured in turns");
      continue;
    }
    const bool holds = Holds(*measured.value, expression.op, limit);
    (holds ? is_held : is_broken) = true;
    outcome.evidence.push_back(fmt::format(
        "{}; {} {} is expected", sentence, Name(expression.op), Shown(limit, dimension)));
  }
  if (is_broken) {
    outcome.standing = Standing::Broken;
  } else if (is_held && outcome.standing == Standing::NothingMeasured) {
    outcome.standing = Standing::Held;
  }
  if (outcome.evidence.empty()) outcome.evidence.emplace_back("nothing in the record fits it");
  return outcome;
}

}  // namespace reports::gate
