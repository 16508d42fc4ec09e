#include "harness/sampling/hiccups.h"

#include <gtest/gtest.h>

namespace harness::sampling {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(Hiccups, AStallHidesTheSleepsThatWouldHaveComeMeanwhile) {
  Histogram late;
  for (int sleep = 0; sleep < 2000; ++sleep)
    RecordLate(microseconds(60), milliseconds(1), late);
  RecordLate(milliseconds(30), milliseconds(1), late);
  EXPECT_EQ(late.count(), 2001 + 29) << "29, 28 ... 1 ms";
  EXPECT_EQ(late.max_ns(), nanoseconds(milliseconds(30)).count());
  EXPECT_GE(late.ValueAt(99), nanoseconds(milliseconds(9)).count())
      << "one stall in 2 s is more than a hundredth of it";
}

TEST(Hiccups, AreWatchedWhileThisGoesOn) {
  const auto began = std::chrono::steady_clock::now();
  Hiccups hiccups;
  while (std::chrono::steady_clock::now() < began + milliseconds(100)) {
  }
  const Histogram late = hiccups.Stop();
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_GE(late.count(), 10);
  EXPECT_LE(late.count(), took / milliseconds(1) + 1)
      << "one in each millisecond, hidden ones included";
  EXPECT_GT(late.max_ns(), 0);
}

}  // namespace
}  // namespace harness::sampling
