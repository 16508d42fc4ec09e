#pragma once
// The page of a trend: a drawing and a table for each series that has changed, and what the others could have shown. No script: the drawings
// are in it. The same trend gives the same bytes.

#include <string>

#include "reports/trend/trend.h"

namespace reports::html {

[[nodiscard]] std::string RenderTrend(const trend::Trend& trend, double margin);

}  // namespace reports::html
