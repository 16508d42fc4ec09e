#pragma once
// MemoryFigures: what the memory of each mode did over the requests that it answered, all modes of an application in one chart.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Empty where no cell has a curve.
[[nodiscard]] Markup MemoryFigures(const record::Record& record);

}  // namespace reports::html
