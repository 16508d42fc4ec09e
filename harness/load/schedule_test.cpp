#include "harness/load/schedule.h"

#include <gtest/gtest.h>

namespace harness::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Schedule, HasRateTimesDurationSlots) {
  const Schedule::Instant start{};
  EXPECT_EQ(Schedule(start, 1000, seconds(1)).slots(), 1000);
  EXPECT_EQ(Schedule(start, 3, milliseconds(500)).slots(), 2);  // at 0 and 333 ms
  EXPECT_EQ(Schedule(start, 0.5, seconds(1)).slots(), 1);
}

TEST(Schedule, RoundingDoesNotAddUp) {
  const Schedule::Instant start{};
  const Schedule schedule(start, 3, seconds(1'000'000));
  EXPECT_EQ(schedule.At(0), start);
  EXPECT_EQ(schedule.At(1) - start, nanoseconds(333'333'333));
  EXPECT_EQ(schedule.At(3'000'000) - start, seconds(1'000'000));
}

}  // namespace
}  // namespace harness::load
