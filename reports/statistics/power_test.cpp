#include "reports/statistics/power.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "reports/statistics/paired.h"

namespace reports::statistics {

// By Python: sum of comb(n, i) p^i (1-p)^(n-i) for i < k, with p = Phi(-distance / spread).
TEST(ChanceToDecide, IsThatOfTheBinomial) {
  EXPECT_NEAR(ChanceToDecide({.distance = 1, .spread = 1}, 20, 0.05), 0.915830674426, 1e-9);
  EXPECT_NEAR(ChanceToDecide({.distance = 0.029, .spread = 0.02}, 12, 0.05), 0.947066155494, 1e-9);
  EXPECT_NEAR(ChanceToDecide({.distance = -0.029, .spread = 0.02}, 12, 0.05), 0.947066155494, 1e-9);
  EXPECT_EQ(ChanceToDecide({.distance = 9, .spread = 1}, 5, 0.05), 0);  // no interval at all
  EXPECT_EQ(ChanceToDecide({.distance = 1, .spread = 0}, 6, 0.05), 1);
  EXPECT_EQ(ChanceToDecide({.distance = 0, .spread = 0}, 6, 0.05), 0);
  EXPECT_EQ(ChanceToDecide({1, std::numeric_limits<double>::infinity()}, 6, 0.05), 0);
}

// What it foretells is what the comparison does.
TEST(ChanceToDecide, ForetellsTheComparison) {
  constexpr double kSpread = 0.03;
  constexpr int kTimes = 2000;
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0, kSpread);
  for (const int pairs : {9, 20, 33}) {
    int regressed = 0;
    for (int i = 0; i < kTimes; ++i) {
      const std::vector<double> base(static_cast<std::size_t>(pairs), 1);
      std::vector<double> candidate;
      for (int pair = 0; pair < pairs; ++pair)
        candidate.push_back(1.05 * std::exp(normal(random)));
      if (ComparePaired(base, candidate, {})->verdict == Verdict::Regressed) ++regressed;
    }
    const Truth truth{.distance = std::log(1.05) - std::log(1.02), .spread = kSpread};
    EXPECT_NEAR(
        static_cast<double>(regressed) / kTimes, ChanceToDecide(truth, pairs, kAlpha), 0.03);
  }
}

TEST(PairsToDecide, AreTheFewestThatNearlyAlwaysDo) {
  const Truth truth{.distance = 0.029, .spread = 0.02};
  const auto pairs = PairsToDecide(truth, 0.05);
  ASSERT_TRUE(pairs);
  EXPECT_GE(ChanceToDecide(truth, *pairs, 0.05), 0.95);
  for (int fewer = 1; fewer < *pairs; ++fewer)
    EXPECT_LT(ChanceToDecide(truth, fewer, 0.05), 0.95) << fewer;
  EXPECT_EQ(PairsToDecide({.distance = 9, .spread = 1}, 0.05), 6);
  EXPECT_FALSE(PairsToDecide({.distance = 0, .spread = 1}, 0.05));  // just at the margin
  EXPECT_FALSE(PairsToDecide({.distance = 0.01, .spread = 1}, 0.05));
}

}  // namespace reports::statistics
