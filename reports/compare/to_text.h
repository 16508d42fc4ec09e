#pragma once
// What experiments say, for a terminal: a table for each, and what speaks against believing it.

#include <string>
#include <vector>

#include "reports/compare/compare.h"

namespace reports::compare {

[[nodiscard]] std::string ToText(const std::vector<ExperimentResult>& results);

// "+2.4 %"; "?" of what is no number.
[[nodiscard]] std::string ChangeText(double ratio);

// "the machine kept a sleeper waiting for up to 2.1 ms, 180 us in a typical sample"; "" where nobody watched.
[[nodiscard]] std::string HiccupsText(const Attempt& attempt);

}  // namespace reports::compare
