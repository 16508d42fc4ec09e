#pragma once
// FiguresOf: the numbers of a record that are followed from run to run: the few that experiments compare, too (latency, requests/s, cold
// start, processor time, memory), micro-benchmarks, and the ratios of experiments. None that cannot be believed: a service that keeps it
// has no place to say so, and would draw a line through it.
//
// Pure.

#include <vector>

#include "reports/metrics/metrics.h"
#include "reports/record/record.h"

namespace reports::trackers {

[[nodiscard]] std::vector<metrics::MetricValue> FiguresOf(const record::Record& record);

}  // namespace reports::trackers
