#pragma once
// CapacityFigures: latency against the rate of answers, a line for each mode: what a run knows of the capacity curve, a point
// at a moderate rate (open loop) and one at full load (closed loop).

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Of all applications; empty where no cell has both.
[[nodiscard]] Markup CapacityFigures(const record::Record& record);

}  // namespace reports::html
