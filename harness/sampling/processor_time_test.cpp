#include "harness/sampling/processor_time.h"

#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

namespace harness::sampling {
namespace {

using std::chrono::nanoseconds;

nanoseconds Own() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + nanoseconds(spent.tv_nsec);
}

TEST(ProcessorTimeOf, IsTheProcessesOwnClock) {
  const nanoseconds before = Own();
  const auto seen = ProcessorTimeOf(::getpid());
  const nanoseconds after = Own();
  ASSERT_TRUE(seen);
  EXPECT_GE(*seen, before);
  EXPECT_LE(*seen, after);
}

TEST(ProcessorTimeOf, IsFinerThanATick) {
  const auto before = ProcessorTimeOf(::getpid());
  auto now = before;
  while (now == before)
    now = ProcessorTimeOf(::getpid());
  EXPECT_LT(*now - *before, std::chrono::milliseconds(10));
}

TEST(ProcessorTimeOf, IsNothingForAProcessThatIsNot) {
  EXPECT_FALSE(ProcessorTimeOf(5'000'000));  // beyond the kernel's greatest pid
  const pid_t both[] = {::getpid(), 5'000'000};
  EXPECT_FALSE(ProcessorTimeOf(both));
}

}  // namespace
}  // namespace harness::sampling
