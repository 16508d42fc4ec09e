#pragma once
// WaterfallFigures: a cold start on the clock of its process: until the host was ready, when the script was imported, when the first
// request came and how long it took; a row for each mode, lazy below preload, and for each further process.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Empty where no placement knows its instants.
[[nodiscard]] Markup WaterfallFigures(const record::Record& record);

}  // namespace reports::html
