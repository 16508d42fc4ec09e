#pragma once
// Percentiles, medians and their ratios. Pure; every answer is a value that was measured (nearest
// rank), never one between two.
//
// A percentile is given only when enough samples lie beyond it: N·(1−p) ≥ 10. The median of the few
// values that a report compares (one for each application) needs no such thing.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace reports::statistics {

// A value that was measured `count` times.
struct Counted {
  double value = 0;
  std::int64_t count = 0;
};

// Whether `samples` samples can say anything about the percentile p, which lies in [0, 1).
[[nodiscard]] bool IsSupported(std::int64_t samples, double p);

// The smallest value that at least p of the samples do not exceed; both want ascending values.
[[nodiscard]] std::optional<double> Percentile(std::span<const double> sorted, double p);
[[nodiscard]] std::optional<double> Percentile(std::span<const Counted> sorted, double p);

// The mean of the two middle values when their number is even; nothing of nothing.
[[nodiscard]] std::optional<double> Median(std::vector<double> values);

// Median of `values` against median of `base`; nothing when either is missing or the base is not
// positive.
[[nodiscard]] std::optional<double> RatioOfMedians(std::vector<double> values,
                                                   std::vector<double> base);

}  // namespace reports::statistics
