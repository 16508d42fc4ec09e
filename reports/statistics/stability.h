#pragma once
// StabilityWarnings: what speaks against trusting repeated values of one thing, after pyperf's four rules: each a
//                    sentence that says what was seen, and what to do next. They warn; they judge nothing.
//
// Pure.

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace reports::statistics {

// `shortest_ms`: how long the shortest measurement took, where that is known.
[[nodiscard]] std::vector<std::string> StabilityWarnings(std::span<const double> values,
                                                         std::optional<double> shortest_ms = {});

// How many values make it 95 % sure that the mean is within 1 %, by the scatter of these; nothing of
// fewer than two, or of a mean that is not positive.
[[nodiscard]] std::optional<int> ValuesNeeded(std::span<const double> values);

}  // namespace reports::statistics
