#pragma once
// What experiments say, for a terminal: a table for each, and what speaks against believing it.

#include <string>
#include <vector>

#include "reports/compare/compare.h"

namespace reports::compare {

[[nodiscard]] std::string ToText(const std::vector<ExperimentResult>& results);

}  // namespace reports::compare
