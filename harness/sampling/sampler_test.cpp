#include "harness/sampling/sampler.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "hosts/base/child_process.h"

namespace harness::sampling {
namespace {

TEST(SampleFamily, ShowsThisProcessAndItsChildren) {
  hosts::base::SpawnOptions options;
  options.argv = {"sleep", "60"};
  options.environment = hosts::base::CurrentEnvironment();
  auto child = hosts::base::ChildProcess::Start(std::move(options));
  ASSERT_TRUE(child) << child.error().Text();
  const FamilySample sample = SampleFamily(::getpid(), Memory::Read);
  ASSERT_EQ(sample.processes.size(), 2U);
  EXPECT_EQ(sample.processes[0].stat.pid, ::getpid());
  EXPECT_EQ(sample.processes[1].stat.pid, child->pid());
  EXPECT_EQ(sample.processes[1].stat.threads, 1);
  const auto memory = sample.Memory();
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->pss_kib, sample.processes[1].memory->pss_kib);
  child->Stop();
}

TEST(SampleFamily, CpuTimeOfWhatWasDoneIsInIt) {
  const auto before = SampleFamily(::getpid(), Memory::Skip).cpu;
  volatile unsigned sum = 0;
  auto after = before;
  for (int round = 0; round < 10'000 && after - before < std::chrono::milliseconds(30); ++round) {
    for (unsigned step = 0; step < 1'000'000; ++step)
      sum = sum + step;
    after = SampleFamily(::getpid(), Memory::Skip).cpu;
  }
  EXPECT_GE(after - before, std::chrono::milliseconds(30));
}

TEST(SampleFamily, NobodyHasNoMemory) {
  const FamilySample sample = SampleFamily(0x7ffffffe, Memory::Read);
  EXPECT_TRUE(sample.processes.empty());
  EXPECT_FALSE(sample.Memory());
}

}  // namespace
}  // namespace harness::sampling
