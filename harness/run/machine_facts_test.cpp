#include "harness/run/machine_facts.h"

#include <gtest/gtest.h>

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
