#pragma once
// WhyRefused: the rules that could never fail in the run that is planned, each with its position and what to do:
//             found before anything is measured (exit 78).
//
// Pure. What is true or false whatever is measured is refused earlier, by ParseExpression.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "reports/gate/rules.h"
#include "reports/statistics/plan.h"

namespace reports::gate {

struct RunPlan {
  std::vector<std::string> cells;  // ids
  bool has_checks = true;
  // How many answers a load phase of this cell will have at most; nothing where that is not known.
  std::function<std::optional<std::int64_t>(std::string_view cell)> answers;
  // How it is compared with a baseline, `comparisons` aside, which follow from the rules; absent: there is none.
  std::optional<statistics::ComparisonPlan> comparison;
};

[[nodiscard]] std::vector<hosts::base::Error> WhyRefused(std::span<const Rule> rules,
                                                         const RunPlan& plan);

// How many comparisons with the baseline the rules ask for: rules times the cells that fit each.
[[nodiscard]] int ComparisonsOf(std::span<const Rule> rules, std::span<const std::string> cells);

}  // namespace reports::gate
