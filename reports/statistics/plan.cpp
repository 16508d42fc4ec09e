#include "reports/statistics/plan.h"

#include <fmt/format.h>

#include "hosts/base/check.h"

namespace reports::statistics {

namespace {

// "1 look", "3 looks".
std::string Counted(int count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::optional<int> ComparisonPlan::LookAt(int pairs_measured) const {
  for (int look = 0; look < looks; ++look) {
    if (PairsAt(look) == pairs_measured) return look;
  }
  return std::nullopt;
}

int PairsNeeded(int comparisons, int looks, double alpha) {
  CHECK(comparisons > 0 && looks > 0, "a plan compares something, and looks at it");
  return MinimumSamples(alpha / comparisons / looks);
}

std::optional<std::string> WhyUnreachable(const ComparisonPlan& plan) {
  const int needed = PairsNeeded(plan.comparisons, plan.looks, plan.alpha);
  if (plan.MostPairs() >= needed) return std::nullopt;
  return fmt::format(
      "it could never fail: with {} nothing can be told at {:.4g} % in {} and {}, however much "
      "worse "
      "it is; {} are needed",
      Counted(plan.MostPairs(), "pair"),
      plan.alpha * 100,
      Counted(plan.comparisons, "comparison"),
      Counted(plan.looks, "look"),
      needed);
}

}  // namespace reports::statistics
