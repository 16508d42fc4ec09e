#pragma once
// CountedOf: what a record's lines add up to, for the metrics that are counts.
//
// Pure.

#include <vector>

#include "reports/gate/measured.h"

namespace reports::gate {

// One value, or nothing when no line fits the selectors: of nothing, nothing failed.
[[nodiscard]] std::vector<Measured> CountedOf(const Expression& expression,
                                              const record::Record& record);

}  // namespace reports::gate
