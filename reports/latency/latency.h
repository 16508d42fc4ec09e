#pragma once
// What a load line says of the latencies that were counted: percentiles, and counts in steps for charts. Shared by who measures
// and who makes records up, so that both say the same of the same counts.
//
// Pure.

#include <optional>
#include <vector>

#include "reports/histogram/histogram.h"
#include "reports/record/record.h"

namespace reports::latency {

// To the thousandth, which is what the clock has.
[[nodiscard]] double Microseconds(double ns);

// Absent where fewer than ten samples lie beyond it.
[[nodiscard]] std::optional<double> PercentileUs(const histogram::Histogram& histogram,
                                                 double percentile);

// Nothing of nothing.
[[nodiscard]] record::Latency LatencyOf(const histogram::Histogram& histogram);

// One for each 2.5 %: enough for any chart, small enough for any file.
[[nodiscard]] std::vector<record::Bucket> BucketsOf(const histogram::Histogram& histogram);

}  // namespace reports::latency
