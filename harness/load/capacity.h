#pragma once
// FindCapacity: the highest rate of an open loop at which a percentile of the latency stays below a limit,
// every request is answered and answered rightly, and the generator was not late by a tenth of the limit.
//
// The closed loop says where to look; the interval below it is halved until its ends are close. A rate at
// which the generator was the one that failed is tried once more; if it fails again, what was found is
// a lower bound.
//
// Threads: blocks its caller, for about twelve times the duration of the profile.
// Fails:   when no connection can be made, or no request is answered.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/driver.h"

namespace harness::load {

struct LatencyLimit {
  double percentile = 99;
  std::chrono::nanoseconds below{};
};

struct CapacityStep {
  double rate_per_s = 0;
  std::optional<std::string> why_not;  // absent: it held
  bool is_generators_fault = false;
  LoadResult result;
};

struct Capacity {
  std::optional<LoadResult> best;  // of the highest rate that held; absent: none did
  double closed_loop_per_s = 0;
  double too_high_per_s = 0;           // the lowest rate that did not hold
  std::optional<std::string> why_not;  // at that one
  bool is_lower_bound = false;         // the generator could not say more
  bool was_interrupted = false;

  [[nodiscard]] double rate_per_s() const { return best ? best->profile.rate_per_s : 0; }
};

// Whether a rate held; pure.
[[nodiscard]] CapacityStep JudgeRate(LoadResult result, const LatencyLimit& limit);

struct CapacityQuestion {
  Target target;
  LoadProfile profile;  // of each rate: its connections, its least duration
  LatencyLimit limit;
  std::function<bool()> is_interrupted;
  std::function<void(const CapacityStep&)> on_step;
};

[[nodiscard]] hosts::base::Result<Capacity> FindCapacity(const CapacityQuestion& question,
                                                         const std::vector<LoadRequest>& requests);

}  // namespace harness::load
