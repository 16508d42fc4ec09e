#include "harness/load/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace harness::load {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr double kAbove = 1.1;  // of the closed loop's rate: there the search begins
constexpr double kCloseEnough = 0.03;
constexpr double kLeastShare = 0.02;  // of that rate: nothing below is looked at
constexpr double kEnough = 1.2;       // times the requests that the percentile needs
constexpr std::chrono::seconds kLongest{60};
constexpr std::chrono::seconds kLongestLook{2};

// Of the limit: who sends later than that offers another load than was asked for.
constexpr double kLatest = 0.1;
constexpr double kBusiest = 0.8;  // of its core

double Milliseconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

std::string NameOf(double percentile) {
  return fmt::format("p{}", percentile);
}

// As long as it takes to see the percentile at this rate, within reason.
std::chrono::nanoseconds DurationAt(double rate_per_s, const CapacityQuestion& question) {
  const double needed = kEnough * 10 / (1 - question.limit.percentile / 100);
  const std::chrono::duration<double> long_enough(needed / rate_per_s);
  const auto span = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::min<std::chrono::duration<double>>(long_enough, kLongest));
  return std::max(question.profile.duration, span);
}

class Search {
 public:
  Search(const CapacityQuestion& question, const std::vector<LoadRequest>& requests)
      : question_(question), requests_(requests) {}

  Result<Capacity> Run();

 private:
  Result<CapacityStep> Try(double rate_per_s);
  Result<CapacityStep> TryOnce(double rate_per_s);

  const CapacityQuestion& question_;
  const std::vector<LoadRequest>& requests_;
};

Result<CapacityStep> Search::TryOnce(double rate_per_s) {
  LoadProfile profile = question_.profile;
  profile.loop = Loop::Open;
  profile.rate_per_s = rate_per_s;
  profile.duration = DurationAt(rate_per_s, question_);
  auto result = RunLoad(question_.target, requests_, profile, question_.is_interrupted);
  if (!result) return result.error();
  CapacityStep step = JudgeRate(std::move(*result), question_.limit);
  if (question_.on_step) question_.on_step(step);
  return step;
}

Result<CapacityStep> Search::Try(double rate_per_s) {
  auto step = TryOnce(rate_per_s);
  if (!step || !step->is_generators_fault) return step;
  return TryOnce(rate_per_s);
}

Result<Capacity> Search::Run() {
  LoadProfile look = question_.profile;
  look.loop = Loop::Closed;
  look.duration = std::min<std::chrono::nanoseconds>(look.duration, kLongestLook);
  const auto closed = RunLoad(question_.target, requests_, look, question_.is_interrupted);
  if (!closed) return closed.error();
  Capacity found;
  found.closed_loop_per_s = closed->requests_per_s();
  if (closed->done_in_time == 0) {
    return Error{ErrorKind::Timeout, "no request was answered in the closed loop"};
  }
  const double highest = kAbove * found.closed_loop_per_s;
  double low = 0;
  double high = highest;
  while (high - low > kCloseEnough * high && high > kLeastShare * highest) {
    const double rate = (low + high) / 2;
    auto step = Try(rate);
    if (!step) return step.error();
    if (question_.is_interrupted && question_.is_interrupted()) {
      found.was_interrupted = true;
      break;
    }
    if (!step->why_not) {
      low = rate;
      found.best = std::move(step->result);
      continue;
    }
    high = rate;
    found.too_high_per_s = rate;
    found.why_not = step->why_not;
    found.is_lower_bound = step->is_generators_fault;
  }
  // Every rate held, up to where the search began: the closed loop has shown less than there is.
  if (!found.why_not && !found.was_interrupted) found.is_lower_bound = true;
  return found;
}

}  // namespace

CapacityStep JudgeRate(LoadResult result, const LatencyLimit& limit) {
  CapacityStep step;
  step.rate_per_s = result.profile.rate_per_s;
  const std::string name = NameOf(limit.percentile);
  const std::int64_t bad = result.wrong_answers + result.failed + result.crosstalk;
  const std::int64_t value = result.latency.ValueAt(limit.percentile);
  const std::int64_t lateness = result.lateness.ValueAt(limit.percentile);
  if (bad > 0) {
    step.why_not = fmt::format("{} requests broke off or were answered wrongly: {}",
                               bad,
                               result.first_problem.value_or(""));
  } else if (result.ended_early) {
    step.why_not = result.ended_early;
  } else if (!result.latency.Supports(limit.percentile)) {
    step.is_generators_fault = true;
    step.why_not = fmt::format("{} requests are too few to say {}: give it a longer duration",
                               result.latency.count(),
                               name);
  } else if (static_cast<double>(lateness) > kLatest * static_cast<double>(limit.below.count())) {
    step.is_generators_fault = true;
    step.why_not =
        fmt::format("the generator sent late: {} {:.3g} ms", name, Milliseconds(lateness));
  } else if (value >= limit.below.count()) {
    step.is_generators_fault = result.cpu_share > kBusiest;
    step.why_not = fmt::format("{} was {:.3g} ms, and the limit is {:.3g} ms{}",
                               name,
                               Milliseconds(value),
                               Milliseconds(limit.below.count()),
                               step.is_generators_fault ? ", while the generator was busy" : "");
  } else if (result.least_censored_ns && value >= *result.least_censored_ns) {
    step.why_not =
        fmt::format("{} requests were not answered, so {} may be more", result.censored(), name);
  }
  step.result = std::move(result);
  return step;
}

Result<Capacity> FindCapacity(const CapacityQuestion& question,
                              const std::vector<LoadRequest>& requests) {
  return Search(question, requests).Run();
}

}  // namespace harness::load
