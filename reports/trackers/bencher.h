#pragma once
// RenderBencher: the figures of a record in the Bencher Metric Format, for `bencher run --adapter json --file FILE`: an object of benchmarks
// (cells, arms of experiments, micro-benchmarks), each an object of measures, whose names end with their unit; with the ends of their
// interval where there is one. The same record gives the same bytes.

#include <string>

#include "reports/record/record.h"

namespace reports::trackers {

[[nodiscard]] std::string RenderBencher(const record::Record& record);

}  // namespace reports::trackers
