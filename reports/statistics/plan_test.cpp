#include "reports/statistics/plan.h"

#include <gtest/gtest.h>

#include <vector>

namespace reports::statistics {

namespace {

constexpr double kHuge = 1e9;

// What is found where every pair is as much worse as can be, in a family of which all else is a tie.
Verdict WorstOf(int pairs, int comparisons, double alpha) {
  const auto count = static_cast<std::size_t>(pairs);
  std::vector<PairedSeries> family(static_cast<std::size_t>(comparisons),
                                   {std::vector<double>(count, 1), std::vector<double>(count, 1)});
  for (std::size_t i = 0; i < count; ++i)
    family[0].candidate[i] = kHuge + static_cast<double>(i);
  return CompareFamily(family, alpha)[0]->verdict;
}

}  // namespace

// ceil(log2(2 m / 0.05)) for m comparisons.
TEST(PairsNeeded, AreThoseOfTheTable) {
  EXPECT_EQ(PairsNeeded(1, 1, 0.05), 6);
  EXPECT_EQ(PairsNeeded(2, 1, 0.05), 7);
  EXPECT_EQ(PairsNeeded(4, 1, 0.05), 8);
  EXPECT_EQ(PairsNeeded(9, 1, 0.05), 9);
  EXPECT_EQ(PairsNeeded(1, 3, 0.05), 7);
  EXPECT_EQ(PairsNeeded(4, 3, 0.05), 9);
  EXPECT_EQ(PairsNeeded(1, 1, 0.01), 8);
}

// The promise of PairsNeeded, held against what the comparison itself does.
TEST(PairsNeeded, IsWhereTheComparisonBeginsToBeAbleToFail) {
  for (const int comparisons : {1, 2, 3, 4, 9, 40}) {
    for (const int looks : {1, 2, 5}) {
      const double alpha_of_look = 0.05 / looks;
      const int needed = PairsNeeded(comparisons, looks, 0.05);
      EXPECT_EQ(WorstOf(needed, comparisons, alpha_of_look), Verdict::Regressed)
          << comparisons << ' ' << looks;
      EXPECT_NE(WorstOf(needed - 1, comparisons, alpha_of_look), Verdict::Regressed)
          << comparisons << ' ' << looks;
    }
  }
}

TEST(WhyUnreachable, SaysHowManyPairsAreNeeded) {
  EXPECT_EQ(
      WhyUnreachable({.pairs = 3}),
      "it could never fail: with 3 pairs nothing can be told at 5 % in 1 comparison and 1 look, "
      "however much worse it is; 6 are needed");
  EXPECT_EQ(
      WhyUnreachable({.pairs = 2, .more = 2, .looks = 3, .comparisons = 4}),
      "it could never fail: with 6 pairs nothing can be told at 5 % in 4 comparisons and 3 looks, "
      "however much worse it is; 9 are needed");
}

TEST(WhyUnreachable, IsSilentWhereTheLastLookCanFail) {
  EXPECT_EQ(WhyUnreachable({.pairs = 6}), std::nullopt);
  EXPECT_EQ(WhyUnreachable({.pairs = 3, .more = 3, .looks = 3, .comparisons = 4}), std::nullopt);
}

TEST(ComparisonPlan, HasLooksWhereItSaysAndNowhereElse) {
  const ComparisonPlan plan{.pairs = 8, .more = 4, .looks = 3};
  EXPECT_EQ(plan.LookAt(8), 0);
  EXPECT_EQ(plan.LookAt(12), 1);
  EXPECT_EQ(plan.LookAt(16), 2);
  EXPECT_EQ(plan.LookAt(9), std::nullopt);
  EXPECT_EQ(plan.LookAt(20), std::nullopt);
  EXPECT_EQ(plan.MostPairs(), 16);
  EXPECT_DOUBLE_EQ(plan.AlphaOfLook() * plan.looks, plan.alpha);
}

}  // namespace reports::statistics
