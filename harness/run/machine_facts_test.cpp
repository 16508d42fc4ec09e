#include "harness/run/machine_facts.h"

#include <gmock/gmock.h>

#include "hosts/base/files.h"

namespace harness::run {
namespace {

TEST(MachineFacts, NameTheMachine) {
  const auto machine = MachineFacts();
  EXPECT_FALSE(machine.cpu.empty());
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.memory_kib, 1024);
  EXPECT_TRUE(machine.kernel.starts_with("Linux "));
  EXPECT_FALSE(machine.distribution.empty());
}

TEST(StandingFacts, AreTheSameWhenLookedAtAgain) {
  const auto facts = StandingFacts();
  EXPECT_EQ(facts, StandingFacts());
  EXPECT_GE(facts.size(), 8U);
  for (const char* name : {"cpu: ", "cores: ", "affinity: ", "memory_mib: ", "kernel: ", "libc: "})
    EXPECT_THAT(facts, testing::Contains(testing::StartsWith(name)));
  EXPECT_EQ(*MachineFacts().fingerprint, Fingerprint(facts));
}

TEST(StandingFacts, AnyOtherFactIsAnotherFingerprint) {
  EXPECT_EQ(Fingerprint({}), "cbf29ce484222325") << "FNV-1a of nothing, as its authors give it";
  const std::string here = Fingerprint({"cpu: a", "cores: 2"});
  EXPECT_EQ(here.size(), 16U);
  EXPECT_EQ(here, Fingerprint({"cpu: a", "cores: 2"}));
  EXPECT_NE(here, Fingerprint({"cpu: a", "cores: 4"}));
  EXPECT_NE(here, Fingerprint({"cpu: acores: 2"}));
}

TEST(GroupLimit, IsTheNearestAboveThatLimits) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-cgroup");
  ASSERT_TRUE(folder);
  std::filesystem::create_directories(folder->path() / "a/b");
  ASSERT_TRUE(hosts::base::WriteFile(folder->path() / "a/b/cpu.max", "max 100000\n"));
  EXPECT_EQ(GroupLimit(folder->path(), "a/b", "cpu.max"), "none");
  ASSERT_TRUE(hosts::base::WriteFile(folder->path() / "a/cpu.max", "150000 100000\n"));
  EXPECT_EQ(GroupLimit(folder->path(), "a/b", "cpu.max"), "150000 100000");
  EXPECT_EQ(GroupLimit(folder->path(), "a/b", "memory.max"), "none");
  EXPECT_EQ(GroupLimit(folder->path(), "", "cpu.max"), "none");
  // Version 1 writes its "no limit" as a number.
  ASSERT_TRUE(hosts::base::WriteFile(folder->path() / "a/b/memory.limit_in_bytes",
                                     "9223372036854771712\n"));
  EXPECT_EQ(GroupLimit(folder->path(), "a/b", "memory.limit_in_bytes"), "none");
  ASSERT_TRUE(hosts::base::WriteFile(folder->path() / "memory.limit_in_bytes", "268435456\n"));
  EXPECT_EQ(GroupLimit(folder->path(), "a/b", "memory.limit_in_bytes"), "268435456");
}

TEST(Revision, IsReadFromTheHeadWhateverItsForm) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-git");
  ASSERT_TRUE(folder);
  const std::string commit(40, 'a');
  EXPECT_FALSE(Revision(folder->path()));
  std::filesystem::create_directories(folder->path() / ".git/refs/heads");
  ASSERT_TRUE(hosts::base::WriteFile(folder->path() / ".git/HEAD", commit + "\n"));
  EXPECT_EQ(Revision(folder->path()), commit);
  ASSERT_TRUE(hosts::base::WriteFile(folder->path() / ".git/HEAD", "ref: refs/heads/main\n"));
  EXPECT_FALSE(Revision(folder->path()));
  ASSERT_TRUE(hosts::base::WriteFile(folder->path() / ".git/packed-refs",
                                     "# pack-refs\n" + commit + " refs/heads/main\n"));
  EXPECT_EQ(Revision(folder->path()), commit);
  const std::string newer(40, 'b');
  ASSERT_TRUE(hosts::base::WriteFile(folder->path() / ".git/refs/heads/main", newer + "\n"));
  EXPECT_EQ(Revision(folder->path()), newer);
}

}  // namespace
}  // namespace harness::run
