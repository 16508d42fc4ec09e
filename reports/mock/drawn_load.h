#pragma once
// DrawLatencies: latencies as a server has them: most of them near the median, a few much later; drawn, and counted.
// Redraw:        a load line whose latencies are drawn anew, all that follows from them with them.
//
// Pure, but for the state of the random numbers.

#include <cstdint>
#include <random>

#include "reports/histogram/histogram.h"
#include "reports/record/record.h"

namespace reports::mock {

[[nodiscard]] histogram::Histogram DrawLatencies(double median_us,
                                                 std::int64_t count,
                                                 std::mt19937_64& random);

// `factor`: how many times as long everything takes. A closed loop gets less done, an open one waits longer.
void Redraw(record::Load& load, double factor, std::mt19937_64& random);

}  // namespace reports::mock
