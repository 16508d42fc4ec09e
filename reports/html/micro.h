#pragma once
// MicroSection: the micro-benchmarks of a record: least, median and most of their repetitions.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Empty when the record has none.
[[nodiscard]] Markup MicroSection(const record::Record& record);

}  // namespace reports::html
