#include "harness/sampling/hiccups.h"

#include <gtest/gtest.h>

namespace harness::sampling {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(Hiccups, AStallHidesTheSleepsThatWouldHaveComeMeanwhile) {
  std::vector<nanoseconds> late(2000, microseconds(60));
  late.push_back(milliseconds(30));
  const HiccupSummary summary = Summarize(late, milliseconds(1));
  EXPECT_EQ(summary.count, 2001 + 29) << "29, 28 ... 1 ms";
  EXPECT_EQ(summary.max, milliseconds(30));
  ASSERT_TRUE(summary.p99);
  EXPECT_GE(*summary.p99, milliseconds(9)) << "one stall in 2 s is more than a hundredth of it";
}

TEST(Hiccups, ThereIsNoPercentileOfAFew) {
  const HiccupSummary summary =
      Summarize(std::vector<nanoseconds>(999, microseconds(5)), milliseconds(1));
  EXPECT_EQ(summary.count, 999);
  EXPECT_FALSE(summary.p99);
  EXPECT_EQ(summary.max, microseconds(5));
  EXPECT_EQ(Summarize({}, milliseconds(1)).count, 0);
}

TEST(Hiccups, AreWatchedWhileThisGoesOn) {
  const auto began = std::chrono::steady_clock::now();
  Hiccups hiccups;
  while (std::chrono::steady_clock::now() < began + milliseconds(100)) {
  }
  const HiccupSummary summary = hiccups.Stop();
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_GE(summary.count, 10);
  EXPECT_LE(summary.count, took / milliseconds(1) + 1)
      << "one in each millisecond, hidden ones included";
  EXPECT_GT(summary.max.count(), 0);
}

}  // namespace
}  // namespace harness::sampling
