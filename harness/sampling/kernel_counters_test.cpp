#include "harness/sampling/kernel_counters.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

namespace harness::sampling {
namespace {

// What can be counted is a matter of the machine; that it is either counted or explained is not.
TEST(KernelCounters, InstructionsAreCountedOrItIsSaidWhyNot) {
  const KernelCounters counters(::getpid());
  volatile unsigned sum = 0;
  for (unsigned step = 0; step < 1'000'000; ++step)
    sum = sum + step;
  const auto counted = counters.Instructions();
  EXPECT_EQ(counted.has_value(), counters.why_no_instructions().empty());
  EXPECT_GT(counted.value_or(1'000'001), 1'000'000);
}

TEST(KernelCounters, SystemCallsOfALaterThreadAreCountedTooOrItIsSaidWhyNot) {
  constexpr int kCalls = 2000;
  const KernelCounters counters(::getpid());
  std::thread([] {
    for (int call = 0; call < kCalls; ++call)
      ::syscall(SYS_getppid);
  }).join();
  const auto counted = counters.SystemCalls();
  EXPECT_EQ(counted.has_value(), counters.why_no_system_calls().empty());
  if (counted) {
    EXPECT_GE(*counted, kCalls);
    EXPECT_LT(*counted, 2 * kCalls);
  }
}

TEST(KernelCounters, ThereIsNothingToCountOfNobody) {
  const KernelCounters counters(0x7ffffffe);
  EXPECT_FALSE(counters.Instructions());
  EXPECT_FALSE(counters.SystemCalls());
}

}  // namespace
}  // namespace harness::sampling
