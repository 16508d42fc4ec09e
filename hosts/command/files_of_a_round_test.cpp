#include "hosts/command/files_of_a_round.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "hosts/base/files.h"

namespace hosts::command {
namespace {

using deployment::FileKind;

// Whoever removes a script gets 404 from the next request on, and never later.
TEST(FilesOfARound, LooksAgainInTheNextRound) {
  const auto directory = base::TemporaryDirectory::Make("wsgilab-round").value();
  const std::string path = directory.path() / "app.wsgi";
  ASSERT_TRUE(base::WriteFile(path, "application = None\n"));
  const deployment::Deployment deployment;
  serving::Loop loop({.threads = 0});
  FilesOfARound files(deployment, loop);
  EXPECT_EQ(files.KindOf(path), FileKind::File);
  std::filesystem::remove(path);
  EXPECT_EQ(files.KindOf(path), FileKind::File);  // one look for the whole round
  loop.RequestStop();
  (void)loop.Run({});
  EXPECT_EQ(files.KindOf(path), FileKind::Missing);
}

// Routing asks what a script is, then the service when it was changed: that is one look.
TEST(FilesOfARound, TellsWhenAFileWasChangedByTheSameLook) {
  const auto directory = base::TemporaryDirectory::Make("wsgilab-round").value();
  const std::string path = directory.path() / "app.wsgi";
  ASSERT_TRUE(base::WriteFile(path, "application = None\n"));
  const deployment::Deployment deployment;
  serving::Loop loop({.threads = 0});
  FilesOfARound files(deployment, loop);
  const auto before = base::ChangedAtNs(path);
  for (int i = 0; i < 20; ++i)  // more than are kept apart
    EXPECT_EQ(files.KindOf(directory.path() / std::to_string(i)), FileKind::Missing);
  EXPECT_EQ(files.KindOf(path), FileKind::File);
  std::filesystem::last_write_time(path,
                                   std::filesystem::last_write_time(path) - std::chrono::hours(1));
  EXPECT_EQ(files.ChangedAtNs(path), before);
  loop.RequestStop();
  (void)loop.Run({});
  EXPECT_EQ(files.ChangedAtNs(path), base::ChangedAtNs(path));
  EXPECT_NE(files.ChangedAtNs(path), before);
}

// SEC-9 costs no second look at the script.
TEST(FilesOfARound, KnowsTheOwnerFromTheSameLook) {
  const auto directory = base::TemporaryDirectory::Make("wsgilab-round").value();
  const std::string path = directory.path() / "app.wsgi";
  ASSERT_TRUE(base::WriteFile(path, "application = None\n"));
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const deployment::Deployment deployment;
  const serving::Loop loop({.threads = 0});
  FilesOfARound files(deployment, loop);
  EXPECT_EQ(files.KindOf(path), FileKind::File);
  ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
  const auto owner = files.OwnerOf(path);
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->user, ::geteuid());
  EXPECT_EQ(owner->mode & 07777, 0640U) << "as it was when the round looked";
  EXPECT_FALSE(files.OwnerOf(directory.path() / "none"));
}

TEST(FilesOfARound, KeepsFilesApart) {
  const auto directory = base::TemporaryDirectory::Make("wsgilab-round").value();
  const deployment::Deployment deployment;
  const serving::Loop loop({.threads = 0});
  FilesOfARound files(deployment, loop);
  EXPECT_EQ(files.KindOf(directory.path()), FileKind::Directory);
  EXPECT_EQ(files.KindOf(directory.path() / "none"), FileKind::Missing);
  EXPECT_EQ(files.KindOf(directory.path()), FileKind::Directory);
}

}  // namespace
}  // namespace hosts::command
