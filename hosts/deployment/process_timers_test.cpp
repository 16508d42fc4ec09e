#include "hosts/deployment/process_timers.h"

#include <gtest/gtest.h>

#include <limits>

namespace hosts::deployment {
namespace {

using Seconds = ProcessTimers::Seconds;

TEST(ProcessTimers, MoreThreadsLetARequestBecomeOlder) {
  const ProcessTimers timers{.request_timeout = Seconds(30)};
  EXPECT_DOUBLE_EQ(OverdueAfter(timers, 1).count(), 30);
  EXPECT_NEAR(OverdueAfter(timers, 5).count(), 78.28, 0.01);
  EXPECT_DOUBLE_EQ(OverdueAfter(timers, 0).count(), 30) << "nobody divides by what is not there";
}

// The longest timeout that can be written, with the most threads, came to more than a clock holds: such a
// request was overdue when it began.
TEST(ProcessTimers, NoTimeoutIsTooLongForAClock) {
  const ProcessTimers timers{.request_timeout = Seconds(std::numeric_limits<int>::max())};
  const auto overdue =
      std::chrono::duration_cast<std::chrono::nanoseconds>(OverdueAfter(timers, 65533));
  EXPECT_GT(overdue, std::chrono::years(60));
  EXPECT_LE(overdue, std::chrono::years(100));
}

TEST(ProcessTimers, ARequestIsAwaitedUntilItHadItsTimeToBeInterrupted) {
  EXPECT_EQ(StaleAfter({.request_timeout = Seconds(30), .interrupt_timeout = Seconds(2)}),
            Seconds(32));
}

TEST(ProcessTimers, EachDrainHasItsTimeout) {
  const ProcessTimers both{.graceful_timeout = Seconds(3), .eviction_timeout = Seconds(7)};
  EXPECT_EQ(DrainAtRestart(both), Seconds(3));
  EXPECT_EQ(DrainAtSignal(both), Seconds(7));
  const ProcessTimers eviction{.graceful_timeout = Seconds(0), .eviction_timeout = Seconds(7)};
  EXPECT_EQ(DrainAtRestart(eviction), Seconds(7));
  EXPECT_EQ(DrainAtSignal({.graceful_timeout = Seconds(3)}), Seconds(3));
}

TEST(ProcessTimers, TheKernelKillsASecondAfterTheEndByForce) {
  EXPECT_EQ(KilledAfterCpuTime({.cpu_time_limit = Seconds(10), .shutdown_timeout = Seconds(5)}),
            Seconds(16));
}

}  // namespace
}  // namespace hosts::deployment
