#include "reports/statistics/theil_sen.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace reports::statistics {

namespace {

std::vector<Point> Line(double slope, double noise, unsigned seed, int count = 60) {
  std::mt19937 random(seed);
  std::normal_distribution<double> scatter(0, 1);
  std::vector<Point> points;
  for (int i = 0; i < count; ++i) {
    points.push_back({static_cast<double>(i), 100 + slope * i + noise * scatter(random)});
  }
  return points;
}

}  // namespace

TEST(TheilSen, FindsTheSlopeOfALineExactly) {
  const auto slope = TheilSen(Line(0.25, 0, 1));
  ASSERT_TRUE(slope);
  EXPECT_NEAR(slope->estimate, 0.25, 1e-9);
  EXPECT_NEAR(slope->low, 0.25, 1e-9);
  EXPECT_NEAR(slope->high, 0.25, 1e-9);
}

// 20 of the 45 pairs are level, 15 rise, 10 fall.
TEST(TheilSen, FindsNoSlopeInASawtooth) {
  std::vector<Point> points;
  for (int i = 0; i < 10; ++i)
    points.push_back({static_cast<double>(i), static_cast<double>(i % 2)});
  const auto slope = TheilSen(points);
  ASSERT_TRUE(slope);
  EXPECT_DOUBLE_EQ(slope->estimate, 0);
  EXPECT_LE(slope->low, 0);
  EXPECT_GT(slope->high, 0);
}

TEST(TheilSen, IsNotMovedByAFewWildPoints) {
  auto points = Line(0.5, 0.1, 2);
  points[7].y = 1e6;
  points[40].y = -1e6;
  const auto slope = TheilSen(points);
  ASSERT_TRUE(slope);
  EXPECT_NEAR(slope->estimate, 0.5, 0.01);
}

// 400 lines: their own slope must lie in the interval of about 95 % of them.
TEST(TheilSen, CoversTheTrueSlopeAsOftenAsItSays) {
  int covered = 0;
  constexpr int kLines = 400;
  for (unsigned seed = 0; seed < kLines; ++seed) {
    const auto slope = TheilSen(Line(0.1, 5, seed));
    ASSERT_TRUE(slope);
    if (slope->low <= 0.1 && 0.1 <= slope->high) ++covered;
  }
  EXPECT_GE(covered, kLines * 92 / 100);
  EXPECT_LE(covered, kLines * 98 / 100);
}

TEST(TheilSen, CallsALevelSeriesLevel) {
  const auto slope = TheilSen(Line(0, 0, 1));
  ASSERT_TRUE(slope);
  EXPECT_EQ(slope->low, 0);
  EXPECT_EQ(slope->high, 0);
}

TEST(TheilSen, SaysNothingOfTooFewPoints) {
  EXPECT_FALSE(TheilSen(Line(1, 0, 1, 9)));
  EXPECT_FALSE(TheilSen(std::vector<Point>(20, Point{1, 2})));
}

}  // namespace reports::statistics
