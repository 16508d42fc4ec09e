#pragma once
// The figures: for each application a table of the modes, from which charts.js draws a chart.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// First request against steady median; percentiles under the closed and the open loop.
[[nodiscard]] Markup LatencySection(const record::Record& record);
[[nodiscard]] Markup ThroughputSection(const record::Record& record);
[[nodiscard]] Markup MemorySection(const record::Record& record);
[[nodiscard]] Markup ColdStartSection(const record::Record& record);

}  // namespace reports::html
