#include "reports/statistics/median_interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace reports::statistics {

namespace {

std::vector<double> OneTo(int count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 1);
  return values;
}

struct Known {
  int samples;
  double alpha;
  double low;  // which value
  double high;
  double confidence;
};

}  // namespace

// By Python, exactly: the largest k with sum(comb(n, i) for i in range(k)) / 2**n <= alpha / 2.
TEST(MedianInterval, IsThatOfTheExactBinomial) {
  const Known known[] = {
      {6, 0.05, 1, 6, 0.96875},
      {7, 0.05, 1, 7, 0.984375},
      {8, 0.05, 1, 8, 0.992188},
      {9, 0.05, 2, 8, 0.960938},
      {10, 0.05, 2, 9, 0.978516},
      {12, 0.05, 3, 10, 0.961426},
      {16, 0.05, 4, 13, 0.978729},
      {20, 0.05, 6, 15, 0.958611},
      {24, 0.05, 7, 18, 0.977344},
      {30, 0.05, 10, 21, 0.957226},
      {52, 0.05, 19, 34, 0.963517},
      {100, 0.05, 40, 61, 0.9648},
      {8, 0.01, 1, 8, 0.992188},
      {20, 0.01, 4, 17, 0.997423},
      {9, 0.05 / 9, 1, 9, 0.996094},
      {52, 0.05 / 9, 16, 37, 0.996815},
      {16, 0.1, 5, 12, 0.923187},
      {30, 0.1, 11, 20, 0.901263},
      // Beyond 1024 as below it: no fixed 1.96 takes over, and the correction for many stays.
      {1000, 0.05, 469, 532, 0.953709},
      {1025, 0.05, 481, 545, 0.954447},
      {1025, 0.01, 471, 555, 0.991335},
      {5000, 0.05 / 9, 2402, 2599, 0.994669},
  };
  for (const Known& row : known) {
    const auto interval = MedianInterval(OneTo(row.samples), row.alpha);
    ASSERT_TRUE(interval) << row.samples;
    EXPECT_EQ(interval->low, row.low) << row.samples << ' ' << row.alpha;
    EXPECT_EQ(interval->high, row.high) << row.samples << ' ' << row.alpha;
    EXPECT_NEAR(interval->confidence, row.confidence, 1e-6) << row.samples << ' ' << row.alpha;
  }
}

// By Python, exactly: sums of `count` draws from 0 … `references`, of (references + 1)^count in all; the largest rank whose tail is
// at most alpha / 2, less one.
TEST(RankOfBound, IsExactWithSeveralReferencesToo) {
  struct KnownRank {
    Blocks blocks;
    double alpha;
    std::size_t rank;
    double tail;
    double tail_of_next;
  };
  const KnownRank known[] = {
      {{4, 3}, 0.05, 1, 0.00390625, 0.01953125},
      {{6, 3}, 0.05, 3, 0.0068359375, 0.0205078125},
      {{12, 3}, 0.05, 9, 0.0062105655670166016, 0.013144731521606445},
      {{20, 3}, 0.05, 19, 0.010173332752856368, 0.017324389186796907},
      {{26, 3}, 0.05, 27, 0.013742667841251333, 0.021446885820244788},
      {{26, 2}, 0.05, 17, 0.010715747402728182, 0.020053417438444916},
      {{26, 3}, 0.2, 31, 0.06806930697847946, 0.09449730159736447},
      {{20, 3}, 0.01, 16, 0.0015654255730623845, 0.003065403202526795},
      {{200, 3}, 0.05, 268, 0.019865206122533337, 0.02312430835039965},
  };
  for (const KnownRank& row : known) {
    const std::size_t rank = RankOfBound(row.blocks, row.alpha / 2);
    EXPECT_EQ(rank, row.rank) << row.blocks.count << ' ' << row.blocks.references;
    EXPECT_NEAR(TailOfRank(row.blocks, rank), row.tail, 1e-12);
    EXPECT_NEAR(TailOfRank(row.blocks, rank + 1), row.tail_of_next, 1e-12);
  }
  EXPECT_EQ(RankOfBound({3, 3}, 0.025), 0U) << "three blocks are too few";
}

TEST(MedianInterval, IsNothingOfTooFew) {
  EXPECT_FALSE(MedianInterval(OneTo(5), 0.05));
  EXPECT_FALSE(MedianInterval(OneTo(7), 0.01));
  EXPECT_FALSE(MedianInterval(OneTo(8), 0.05 / 9));
  EXPECT_FALSE(MedianInterval({}, 0.05));
}

TEST(MedianInterval, DoesNotDependOnOrder) {
  const std::vector<double> mixed{9, 2, 7, 4, 5, 10, 3, 8, 1, 6};
  const auto interval = MedianInterval(mixed, 0.05);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 2);
  EXPECT_EQ(interval->high, 9);
}

TEST(MedianInterval, OfTiesIsWhereTheyAre) {
  const auto interval = MedianInterval(std::vector<double>(12, 3.5), 0.05);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 3.5);
  EXPECT_EQ(interval->high, 3.5);
}

TEST(MedianInterval, TakesInfinitiesButNoNan) {
  std::vector<double> values = OneTo(10);
  values[0] = -std::numeric_limits<double>::infinity();
  values[9] = std::numeric_limits<double>::infinity();
  ASSERT_TRUE(MedianInterval(values, 0.05));
  EXPECT_EQ(MedianInterval(values, 0.05)->high, 9);
  values[4] = std::nan("");
  EXPECT_FALSE(MedianInterval(values, 0.05));
}

TEST(MinimumSamples, IsWhereTheWholeRangeIsEnough) {
  EXPECT_EQ(MinimumSamples(0.05), 6);
  EXPECT_EQ(MinimumSamples(0.05 / 2), 7);
  EXPECT_EQ(MinimumSamples(0.05 / 4), 8);
  EXPECT_EQ(MinimumSamples(0.05 / 9), 9);
  EXPECT_EQ(MinimumSamples(0.03125), 6);  // 2·2^-6, exactly
  for (const double alpha : {0.2, 0.1, 0.05, 0.01, 0.001, 1e-6}) {
    const int enough = MinimumSamples(alpha);
    EXPECT_TRUE(MedianInterval(OneTo(enough), alpha)) << alpha;
    EXPECT_FALSE(MedianInterval(OneTo(enough - 1), alpha)) << alpha;
  }
}

}  // namespace reports::statistics
