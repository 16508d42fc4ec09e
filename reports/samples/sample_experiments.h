#pragma once
// The lines of sample experiments: arms that were measured against each other with their controls, repetitions of
// micro-benchmarks, and load phases with the whole histogram of their latencies.

#include <vector>

#include "reports/record/record.h"

namespace reports::samples {

// Two: a candidate that is slower, confirmed in reversed order, and one that is no worse. Blocks in which the machine
// hiccuped, and one that an arm has lost.
[[nodiscard]] std::vector<record::Line> SampleExperiments();
[[nodiscard]] std::vector<record::Line> SampleMicros();
// Two modes of one application, closed and open loop.
[[nodiscard]] std::vector<record::Line> SampleHistograms();

}  // namespace reports::samples
