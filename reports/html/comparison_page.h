#pragma once
// The page of two records side by side, with what makes them hard to compare above everything. Nothing is judged (reports/compare/records.h).
// The same records give the same bytes.

#include <string>

#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] std::string RenderComparison(const record::Record& base,
                                           const record::Record& candidate);

}  // namespace reports::html
