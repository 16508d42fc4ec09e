#pragma once
// Tables of cells that stand below the figures: what a request costs beside its time, what memory did over the requests,
// what a cold start imports and what the first request of each process took.
//
// Each is empty when the record has nothing of the kind.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup RequestCostsTable(const record::Record& record);
[[nodiscard]] Markup MemoryCurveTable(const record::Record& record);
[[nodiscard]] Markup ColdStartTable(const record::Record& record);

}  // namespace reports::html
