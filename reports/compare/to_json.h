#pragma once
// What experiments say, for programs: README.md of reports has the members.

#include <string>
#include <vector>

#include "reports/compare/compare.h"

namespace reports::compare {

[[nodiscard]] std::string ToJson(const std::vector<ExperimentResult>& results);

}  // namespace reports::compare
