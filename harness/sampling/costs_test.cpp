#include "harness/sampling/costs.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "hosts/base/child_process.h"
#include "hosts/base/unique_fd.h"

namespace harness::sampling {
namespace {

constexpr int kTimes = 500;

// So often is a byte written into a pipe and waited for on the other end of another.
void PlayPingPong() {
  std::array<int, 2> there{};
  std::array<int, 2> back{};
  ASSERT_EQ(::pipe(there.data()), 0);
  ASSERT_EQ(::pipe(back.data()), 0);
  const hosts::base::UniqueFd fds[] = {hosts::base::UniqueFd(there[0]),
                                       hosts::base::UniqueFd(there[1]),
                                       hosts::base::UniqueFd(back[0]),
                                       hosts::base::UniqueFd(back[1])};
  std::jthread echo([&] {
    char byte = 0;
    for (int time = 0; time < kTimes; ++time) {
      if (::read(there[0], &byte, 1) != 1 || ::write(back[1], &byte, 1) != 1) return;
    }
  });
  char byte = 0;
  for (int time = 0; time < kTimes; ++time) {
    ASSERT_EQ(::write(there[1], &byte, 1), 1);
    ASSERT_EQ(::read(back[0], &byte, 1), 1);
  }
}

TEST(Costs, ReadsWritesAndTheWaitingForThemAreCounted) {
  const Costs before = CostsOf(::getpid());
  ASSERT_NO_FATAL_FAILURE(PlayPingPong());
  const Spent spent = Between(before, CostsOf(::getpid()));
  ASSERT_TRUE(spent.file_calls);
  EXPECT_GE(spent.file_calls->reads, 2 * kTimes);
  EXPECT_GE(spent.file_calls->writes, 2 * kTimes);
  EXPECT_LT(spent.file_calls->writes, 3 * kTimes);
  EXPECT_GT(spent.switches.voluntary, kTimes / 50)
      << "it has waited for bytes that were not there yet";
}

TEST(Costs, EveryPageThatIsTouchedForTheFirstTimeIsAMinorFault) {
#ifdef WSGILAB_SANITIZE
  GTEST_SKIP() << "a sanitizer touches pages of its own";
#endif
  constexpr std::size_t kPages = 300;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* block =
      ::mmap(nullptr, kPages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  ASSERT_EQ(::madvise(block, kPages * page, MADV_NOHUGEPAGE), 0);
  const Costs before = CostsOf(::getpid());
  for (std::size_t number = 0; number < kPages; ++number)
    static_cast<volatile char*>(block)[number * page] = 1;
  const Spent spent = Between(before, CostsOf(::getpid()));
  ::munmap(block, kPages * page);
  EXPECT_GE(spent.minor_faults, static_cast<std::int64_t>(kPages));
  EXPECT_LT(spent.minor_faults, static_cast<std::int64_t>(kPages) * 3);
}

TEST(Costs, AChildThatHasEndedIsStillCounted) {
  const Costs before = CostsOf(::getpid());
  hosts::base::SpawnOptions options;
  options.argv = {"dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=5000", "status=none"};
  options.environment = hosts::base::CurrentEnvironment();
  auto child = hosts::base::ChildProcess::Start(std::move(options));
  ASSERT_TRUE(child) << child.error().Text();
  ASSERT_TRUE(child->Wait(hosts::base::Deadline::After(std::chrono::seconds(20))));
  const Spent spent = Between(before, CostsOf(::getpid()));
  ASSERT_TRUE(spent.file_calls);
  EXPECT_GE(spent.file_calls->reads, 5000);
  EXPECT_GE(spent.file_calls->writes, 5000);
  EXPECT_GT(spent.minor_faults, 0);
}

TEST(Costs, AThreadThatWasThereBeforeCountsFromThere) {
  Costs before;
  before.switches = {{1, {10, 5}}, {2, {7, 7}}};
  before.file_calls = FileCalls{1, 2};
  Costs after;
  after.switches = {{1, {14, 6}}, {3, {2, 1}}};
  const Spent spent = Between(before, after);
  EXPECT_EQ(spent.switches.voluntary, 6);
  EXPECT_EQ(spent.switches.involuntary, 2);
  EXPECT_FALSE(spent.file_calls) << "hidden at the end";
}

}  // namespace
}  // namespace harness::sampling
