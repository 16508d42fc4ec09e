#include "reports/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reports/compare/metrics.h"
#include "reports/compare/samples.h"
#include "reports/statistics/percentile.h"

namespace reports::compare {

using record::ArmRole;
using statistics::Comparison;
using statistics::PairedSeries;
using statistics::Verdict;

namespace {

bool IsAskedFor(const record::Experiment& plan, std::string_view metric) {
  return plan.metrics.empty() || std::ranges::find(plan.metrics, metric) != plan.metrics.end();
}

std::vector<double> Measured(const std::vector<double>& values) {
  std::vector<double> measured;
  std::ranges::copy_if(
      values, std::back_inserter(measured), [](double value) { return std::isfinite(value); });
  return measured;
}

// Where one comparison of a family belongs.
struct Place {
  ArmResult* result;
  Compared compared;
};

// Everything with the same role and attempt, over all experiments and metrics: one family, whose errors are shared.
class Family {
 public:
  void Add(ArmResult& result, const Metric& metric, PairedSeries series) {
    const auto base = statistics::Median(Measured(series.base));
    const auto value = statistics::Median(Measured(series.candidate));
    if (!base || !value) return;
    places_.push_back({&result, {std::string(metric.name), *base, *value, {}}});
    series_.push_back(std::move(series));
  }

  // The strictest of those who belong to it decides.
  void Spend(double alpha) { alpha_ = std::min(alpha_, alpha); }

  void Judge() {
    const auto comparisons = statistics::CompareFamily(series_, alpha_);
    for (std::size_t index = 0; index < places_.size(); ++index) {
      if (!comparisons[index]) continue;
      places_[index].compared.comparison = *comparisons[index];
      places_[index].result->compared.push_back(std::move(places_[index].compared));
    }
  }

 private:
  std::vector<Place> places_;
  std::vector<PairedSeries> series_;
  double alpha_ = 1;
};

std::vector<ExperimentResult> ResultsOf(const record::Record& record) {
  std::vector<ExperimentResult> results;
  for (const record::Experiment& plan : record.experiments) {
    if (plan.arms.empty()) continue;
    auto found = std::ranges::find(results, plan.experiment, &ExperimentResult::experiment);
    if (found == results.end()) {
      results.push_back({plan.experiment, {}, {}, {}});
      found = std::prev(results.end());
    }
    Attempt attempt;
    attempt.plan = &plan;
    for (const record::Arm& arm : plan.arms) {
      if (arm.role != ArmRole::Baseline) attempt.arms.push_back({arm, {}});
    }
    found->attempts.push_back(std::move(attempt));
  }
  for (const record::Sample& sample : record.samples) {
    const auto found = std::ranges::find(results, sample.experiment, &ExperimentResult::experiment);
    if (!sample.problem || found == results.end()) continue;
    std::string sentence = fmt::format("{}: {}", sample.arm, *sample.problem);
    if (std::ranges::find(found->problems, sentence) == found->problems.end()) {
      found->problems.push_back(std::move(sentence));
    }
  }
  return results;
}

// What its comparisons may be wrong at most. A candidate that is asked again was found to be worse already.
double AlphaOf(const record::Experiment& plan, ArmRole role) {
  const double alpha = plan.alpha / plan.looks;
  const bool confirms = plan.attempt > 1 && role == ArmRole::Candidate;
  return confirms ? std::max(alpha, statistics::kConfirmingAlpha) : alpha;
}

void CompareAll(const record::Record& record, std::vector<ExperimentResult>& results) {
  std::map<std::pair<int, ArmRole>, Family> families;
  for (ExperimentResult& result : results) {
    for (Attempt& attempt : result.attempts) {
      const SamplesOfAttempt samples(record, *attempt.plan);
      attempt.blocks = samples.complete();
      attempt.lost = samples.lost();
      if (const std::vector<double> hiccups = samples.hiccups(); !hiccups.empty()) {
        attempt.hiccup_median_us = statistics::Median(hiccups);
        attempt.hiccup_max_us = std::ranges::max(hiccups);
      }
      for (ArmResult& arm : attempt.arms) {
        Family& family = families[{attempt.plan->attempt, arm.arm.role}];
        family.Spend(AlphaOf(*attempt.plan, arm.arm.role));
        for (const Metric& metric : Metrics()) {
          if (!IsAskedFor(*attempt.plan, metric.name)) continue;
          family.Add(arm, metric, samples.SeriesOf(arm.arm, metric));
        }
      }
    }
  }
  for (auto& [key, family] : families)
    family.Judge();
}

const ArmResult* FindRole(const Attempt& attempt, ArmRole role) {
  const auto found = std::ranges::find_if(
      attempt.arms, [&](const ArmResult& arm) { return arm.arm.role == role; });
  return found == attempt.arms.end() ? nullptr : &*found;
}

// Whether the whole interval is beyond the margin, on either side.
bool Differs(const Comparison& comparison, double margin) {
  return comparison.interval.low > 1 + margin || comparison.interval.high < 1 / (1 + margin);
}

std::string Percent(double ratio) {
  return fmt::format("{:+.1f} %", 100 * (ratio - 1));
}

std::string IntervalText(const Comparison& comparison) {
  return fmt::format("{} [{}, {}]",
                     Percent(comparison.ratio),
                     Percent(comparison.interval.low),
                     Percent(comparison.interval.high));
}

// A control that shows that this metric of this attempt cannot be believed; "" when none does.
std::string WhyContaminated(const Attempt& attempt, const Metric& metric) {
  if (!metric.is_time) return {};
  for (const ArmRole role : {ArmRole::Again, ArmRole::Twin}) {
    const ArmResult* control = FindRole(attempt, role);
    const Compared* compared = control == nullptr ? nullptr : control->Find(metric.name);
    if (compared == nullptr || !Differs(compared->comparison, attempt.plan->margin)) continue;
    return fmt::format("the same {} differs from itself by {}",
                       role == ArmRole::Again ? "host" : "host under another path and hash seed",
                       IntervalText(compared->comparison));
  }
  return {};
}

// The ratio that the delay makes of it; 1 where it does not matter.
double RatioOfDelay(const ArmResult& control, const Compared& compared) {
  const double delay = control.arm.delay_us.value_or(0);
  if (compared.base <= 0) return 1;
  if (compared.metric == "requests_per_s") return 1 + delay * compared.base / 1e6;
  if (compared.metric.ends_with("_us")) return 1 + delay / compared.base;
  if (compared.metric.ends_with("_ms")) return 1 + delay / 1e3 / compared.base;
  return 1;
}

std::string WhyBlind(const Attempt& attempt, const Metric& metric) {
  const ArmResult* control = FindRole(attempt, ArmRole::Delayed);
  const Compared* compared = control == nullptr ? nullptr : control->Find(metric.name);
  if (compared == nullptr) return {};
  const double expected = RatioOfDelay(*control, *compared);
  if (expected <= 1 + attempt.plan->margin || compared->comparison.verdict == Verdict::Regressed)
    return {};
  return fmt::format("a delay of {}, put in on purpose, was not found: {}",
                     Percent(expected),
                     IntervalText(compared->comparison));
}

Finding FindingOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::Regressed:
      return Finding::Regressed;
    case Verdict::NoWorse:
      return Finding::NoWorse;
    case Verdict::Improved:
      return Finding::Improved;
    case Verdict::Inconclusive:
      break;
  }
  return Finding::Inconclusive;
}

std::string Detectable(const Comparison& comparison) {
  if (!std::isfinite(comparison.detectable)) return "too few blocks to find anything";
  return fmt::format("{} would have been found", Percent(1 + comparison.detectable));
}

Conclusion Conclude(const ExperimentResult& result, const Compared& first) {
  const Metric& metric = *FindMetric(first.metric);
  Conclusion conclusion{first.metric, FindingOf(first.comparison.verdict), {}, first, std::nullopt};
  const Attempt& attempt = result.attempts.front();
  conclusion.why =
      fmt::format("{}; {}", IntervalText(first.comparison), Detectable(first.comparison));
  if (const std::string why = WhyContaminated(attempt, metric); !why.empty()) {
    conclusion.finding = Finding::Contaminated;
    conclusion.why = why;
    return conclusion;
  }
  if (conclusion.finding != Finding::Regressed) {
    if (const std::string why = WhyBlind(attempt, metric); !why.empty()) {
      conclusion.finding = Finding::Blind;
      conclusion.why = why;
    }
    return conclusion;
  }
  if (result.attempts.size() < 2) return conclusion;
  const ArmResult* again = FindRole(result.attempts[1], ArmRole::Candidate);
  const Compared* confirmation = again == nullptr ? nullptr : again->Find(first.metric);
  if (confirmation == nullptr) return conclusion;
  conclusion.confirmation = *confirmation;
  const std::string contaminated = WhyContaminated(result.attempts[1], metric);
  const bool is_confirmed =
      confirmation->comparison.verdict == Verdict::Regressed && contaminated.empty();
  if (!is_confirmed) conclusion.finding = Finding::NotConfirmed;
  conclusion.why = fmt::format("{}, and {} ({:.0f} %) when it was repeated in reversed order{}",
                               IntervalText(first.comparison),
                               IntervalText(confirmation->comparison),
                               100 * confirmation->comparison.interval.confidence,
                               contaminated.empty() ? "" : ", where " + contaminated);
  return conclusion;
}

}  // namespace

const Compared* ArmResult::Find(std::string_view metric) const {
  const auto found = std::ranges::find(compared, metric, &Compared::metric);
  return found == compared.end() ? nullptr : &*found;
}

std::string_view Words(Finding finding) {
  switch (finding) {
    case Finding::Regressed:
      return "regressed";
    case Finding::NoWorse:
      return "no worse";
    case Finding::Improved:
      return "improved";
    case Finding::NotConfirmed:
      return "not confirmed";
    case Finding::Contaminated:
      return "environment contaminated";
    case Finding::Blind:
      return "gate blind";
    case Finding::Inconclusive:
      break;
  }
  return "inconclusive";
}

std::vector<ExperimentResult> JudgeExperiments(const record::Record& record) {
  std::vector<ExperimentResult> results = ResultsOf(record);
  CompareAll(record, results);
  for (ExperimentResult& result : results) {
    const ArmResult* candidate = FindRole(result.attempts.front(), ArmRole::Candidate);
    if (candidate == nullptr) continue;
    for (const Compared& compared : candidate->compared)
      result.conclusions.push_back(Conclude(result, compared));
  }
  return results;
}

int FailuresOfTheCandidateAlone(const record::Record& record) {
  std::map<ArmRole, int> failures;
  for (const record::Sample& sample : record.samples) {
    if (!sample.problem) continue;
    for (const record::Experiment& plan : record.experiments) {
      if (plan.experiment != sample.experiment || plan.attempt != sample.attempt) continue;
      const auto arm = std::ranges::find(plan.arms, sample.arm, &record::Arm::name);
      if (arm != plan.arms.end()) ++failures[arm->role];
    }
  }
  const int candidate = failures[ArmRole::Candidate];
  failures.erase(ArmRole::Candidate);
  return std::ranges::all_of(failures, [](const auto& entry) { return entry.second == 0; })
             ? candidate
             : 0;
}

bool NeedsConfirmation(const ExperimentResult& result) {
  return result.attempts.size() == 1 &&
         std::ranges::any_of(result.conclusions, [](const Conclusion& conclusion) {
           const Metric* metric = FindMetric(conclusion.metric);
           return conclusion.finding == Finding::Regressed && metric != nullptr && metric->is_time;
         });
}

}  // namespace reports::compare
