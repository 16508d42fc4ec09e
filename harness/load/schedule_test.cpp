#include "harness/load/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace harness::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr Schedule::Instant kStart{};

LoadProfile Rate(double rate_per_s, nanoseconds duration) {
  return {.loop = Loop::Open, .rate_per_s = rate_per_s, .duration = duration};
}

// All its instants in seconds.
std::vector<double> SecondsOf(Schedule schedule) {
  std::vector<double> found;
  for (; !schedule.is_over(); schedule.Pass())
    found.push_back(std::chrono::duration<double>(schedule.due() - kStart).count());
  return found;
}

TEST(Schedule, HasRateTimesDurationSlots) {
  EXPECT_EQ(Schedule(Rate(1000, seconds(1)), kStart).slots(), 1000);
  EXPECT_EQ(Schedule(Rate(3, milliseconds(500)), kStart).slots(), 2);  // at 0 and 333 ms
  EXPECT_EQ(Schedule(Rate(0.5, seconds(1)), kStart).slots(), 1);
}

TEST(Schedule, RoundingDoesNotAddUp) {
  Schedule schedule(Rate(3, seconds(1'000'000)), kStart);
  EXPECT_EQ(schedule.due(), kStart);
  schedule.Pass();
  EXPECT_EQ(schedule.due() - kStart, nanoseconds(333'333'333));
  while (schedule.passed() < 2'999'997)
    schedule.Pass();
  EXPECT_EQ(schedule.due() - kStart, seconds(999'999));
}

TEST(Schedule, ARampHasTheMeanOfItsRates) {
  LoadProfile ramp = Rate(0, seconds(10));
  ramp.ramp_to_per_s = 200;
  const auto rising = SecondsOf({ramp, kStart});
  ASSERT_EQ(rising.size(), 1000U);
  EXPECT_DOUBLE_EQ(rising[0], 0);
  EXPECT_NEAR(rising[250], 5, 1e-6) << "a quarter of them in the first half";
  for (std::size_t slot = 1; slot < rising.size(); ++slot)
    EXPECT_GT(rising[slot], rising[slot - 1]);

  LoadProfile down = Rate(200, seconds(10));
  down.ramp_to_per_s = 0;
  const auto falling = SecondsOf({down, kStart});
  ASSERT_EQ(falling.size(), 1000U);
  EXPECT_NEAR(falling[750], 5, 1e-6);
  EXPECT_LT(falling.back(), 10);
}

TEST(Schedule, PoissonGapsAreExponential) {
  LoadProfile poisson = Rate(1000, seconds(100));
  poisson.arrivals = Arrivals::Poisson;
  poisson.seed = 42;
  const Schedule schedule(poisson, kStart);
  const auto instants = SecondsOf(schedule);
  ASSERT_EQ(static_cast<std::int64_t>(instants.size()), schedule.slots());
  EXPECT_NEAR(static_cast<double>(instants.size()), 100'000, 4 * std::sqrt(100'000));
  EXPECT_LT(instants.back(), 100);
  // The share of gaps beyond k means is exp(-k).
  for (const double means : {0.1, 1.0, 3.0}) {
    double beyond = 0;
    for (std::size_t slot = 1; slot < instants.size(); ++slot)
      beyond += instants[slot] - instants[slot - 1] > means / 1000 ? 1 : 0;
    EXPECT_NEAR(beyond / static_cast<double>(instants.size()), std::exp(-means), 0.006) << means;
  }
}

TEST(Schedule, TheSameSeedIsTheSameSchedule) {
  LoadProfile poisson = Rate(50, seconds(10));
  poisson.arrivals = Arrivals::Poisson;
  const auto once = SecondsOf({poisson, kStart});
  EXPECT_EQ(SecondsOf({poisson, kStart}), once);
  poisson.seed = 2;
  EXPECT_NE(SecondsOf({poisson, kStart}), once);
}

TEST(Schedule, PoissonFollowsARamp) {
  LoadProfile ramp = Rate(100, seconds(100));
  ramp.ramp_to_per_s = 300;
  ramp.arrivals = Arrivals::Poisson;
  const auto instants = SecondsOf({ramp, kStart});
  EXPECT_NEAR(static_cast<double>(instants.size()), 20'000, 4 * std::sqrt(20'000));
  double in_first_half = 0;
  for (const double instant : instants)
    in_first_half += instant < 50 ? 1 : 0;
  EXPECT_NEAR(in_first_half / 20'000, 0.375, 0.02);
}

}  // namespace
}  // namespace harness::load
