#include "harness/sampling/noise_probe.h"

#include <gtest/gtest.h>

#include <vector>

namespace harness::sampling {
namespace {

TEST(NoiseProbe, VariationIsTheDeviationByTheMeanWithoutTheFirstTenth) {
  EXPECT_NEAR(CoefficientOfVariation(std::vector<double>{9, 11}), 0.1414, 1e-4);
  std::vector<double> times(10, 5.0);
  times.front() = 500;
  EXPECT_EQ(CoefficientOfVariation(times), 0);
  EXPECT_EQ(CoefficientOfVariation({}), 0);
  EXPECT_EQ(CoefficientOfVariation(std::vector<double>{1}), 0);
}

TEST(NoiseProbe, TheScoreIs33ForEachPowerOfTen) {
  EXPECT_EQ(NoiseScore(0, 0, 0), 0);
  EXPECT_NEAR(NoiseScore(0.1, 0.1, 0.1), 33, 1e-9);
  EXPECT_NEAR(NoiseScore(1, 1, 1), 66, 1e-9);
  EXPECT_GT(NoiseScore(0.02, 0.2, 0), NoiseScore(0.2, 0.02, 0)) << "memory weighs more";
  EXPECT_GT(NoiseScore(0.02, 0.02, 0.5), NoiseScore(0.02, 0.02, 0));
}

TEST(NoiseProbe, WordsFollowTheScore) {
  EXPECT_EQ(NoiseInAWord(0), "quiet");
  EXPECT_EQ(NoiseInAWord(40.1), "moderate");
  EXPECT_EQ(NoiseInAWord(60), "noisy");
  EXPECT_EQ(NoiseInAWord(71), "very noisy");
}

TEST(NoiseProbe, StealIsAShareOfWhatHasPassed) {
  const auto share = StealShare("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2\n",
                                "cpu  120 0 110 850 0 0 0 20 0 0\ncpu0 1 2\n");
  ASSERT_TRUE(share);
  EXPECT_DOUBLE_EQ(*share, 0.2);
  EXPECT_FALSE(StealShare("", ""));
  EXPECT_FALSE(StealShare("cpu  1 2 3 4 5 6 7 8\n", "cpu  1 2 3 4 5 6 7 8\n"));
}

TEST(NoiseProbe, LooksAtThisMachineForAsLongAsItIsTold) {
  const auto began = std::chrono::steady_clock::now();
  const Noise noise = ProbeNoise(std::chrono::milliseconds(120));
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(120));
  EXPECT_GT(noise.compute_cov, 0);
  EXPECT_GT(noise.memory_cov, 0);
  EXPECT_GE(noise.score, 0);
}

}  // namespace
}  // namespace harness::sampling
