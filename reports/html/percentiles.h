#pragma once
// PercentileFigures: latency by percentile, up to the last that ten answers lie beyond, all modes of an application in one chart. Its
// axis is 1/(1-p): the tail, of which percentiles near 100 say everything, takes as much room as the rest.
//
// The values are those of the record's histograms; where a load phase has only the coarse one, of that. Under the open loop the time
// from the sending stands beside the latency from the moment a request was due: the difference is what a waiting client
// would have been told too late.

#include <string>
#include <string_view>
#include <vector>

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Of all applications; empty where no load phase has a histogram.
[[nodiscard]] Markup PercentileFigures(const record::Record& record, record::Loop loop);

// Latencies of a histogram, by a name.
struct Curve {
  std::string name;
  std::string hdr;  // HdrHistogram's V2 text
};
// All of them in one chart; one that cannot be read is left out. Empty where none is left.
[[nodiscard]] Markup CurvesFigure(std::string_view title, const std::vector<Curve>& curves);

}  // namespace reports::html
