#include "reports/statistics/percentile.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace reports::statistics {

namespace {

// 1, 2, … count.
std::vector<double> OneTo(int count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 1);
  return values;
}

}  // namespace

TEST(Percentile, IsTheNearestRank) {
  EXPECT_EQ(Percentile(OneTo(100), 0.5), 50);
  EXPECT_EQ(Percentile(OneTo(100), 0.9), 90);
  EXPECT_EQ(Percentile(OneTo(1000), 0.99), 990);
  EXPECT_EQ(Percentile(OneTo(10000), 0.999), 9990);
  EXPECT_EQ(Percentile(OneTo(25), 0.5), 13);
  EXPECT_EQ(Percentile(OneTo(10), 0), 1);
}

TEST(Percentile, NeedsTenSamplesBeyondIt) {
  EXPECT_EQ(Percentile(OneTo(999), 0.99), std::nullopt);
  EXPECT_EQ(Percentile(OneTo(99), 0.9), std::nullopt);
  EXPECT_EQ(Percentile(OneTo(19), 0.5), std::nullopt);
  EXPECT_EQ(Percentile(OneTo(20), 0.5), 10);
  EXPECT_EQ(Percentile(std::vector<double>{}, 0.5), std::nullopt);
  EXPECT_TRUE(IsSupported(10000, 0.999));
  EXPECT_FALSE(IsSupported(9999, 0.999));
}

TEST(Percentile, OfCountedValuesIsThatOfTheSamplesTheyStandFor) {
  const std::vector<Counted> counted{{10, 50}, {20, 40}, {30, 9}, {99, 1}};
  std::vector<double> samples;
  for (const Counted& value : counted) {
    samples.insert(samples.end(), static_cast<std::size_t>(value.count), value.value);
  }
  for (const double p : {0.0, 0.25, 0.5, 0.51, 0.89, 0.9}) {
    EXPECT_EQ(Percentile(counted, p), Percentile(samples, p)) << p;
  }
  EXPECT_EQ(Percentile(counted, 0.5), 10);
  EXPECT_EQ(Percentile(counted, 0.9), 20);
  EXPECT_EQ(Percentile(counted, 0.99), std::nullopt);
}

TEST(Median, IsTheMiddleOrTheMeanOfTheTwoInTheMiddle) {
  EXPECT_EQ(Median({}), std::nullopt);
  EXPECT_EQ(Median({7}), 7);
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
}

TEST(RatioOfMedians, ScalesAndDoesNotDependOnOrder) {
  EXPECT_EQ(RatioOfMedians({30, 10, 20}, {10, 5, 15}), 2);
  EXPECT_EQ(RatioOfMedians({300, 100, 200}, {10, 5, 15}), 20);
  EXPECT_EQ(RatioOfMedians({1}, {}), std::nullopt);
  EXPECT_EQ(RatioOfMedians({}, {1}), std::nullopt);
  EXPECT_EQ(RatioOfMedians({1}, {0}), std::nullopt);
}

}  // namespace reports::statistics
