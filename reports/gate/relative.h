#pragma once
// CompareRelative: the comparisons that the rules about a baseline ask for, all of them as one family; and
//                  those that regressed once more, as a family of their own, where they were measured again.
//
// Pure.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/gate/rules.h"
#include "reports/statistics/paired.h"

namespace reports::gate {

struct Inputs;

struct RelativeFinding {
  std::string where;
  std::optional<statistics::Comparison> comparison;  // absent: no pair of values
  std::optional<statistics::Comparison>
      confirmation;  // of what regressed, where it was measured again
};

// One list for each rule; empty for those with a number for a limit, and where nothing fits.
[[nodiscard]] std::vector<std::vector<RelativeFinding>> CompareRelative(std::span<const Rule> rules,
                                                                        const Inputs& inputs);

}  // namespace reports::gate
