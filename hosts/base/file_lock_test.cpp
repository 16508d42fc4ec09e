#include "hosts/base/file_lock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "hosts/base/files.h"

namespace hosts::base {
namespace {

UniqueFd Open(const std::filesystem::path& path) {
  return UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
}

TEST(FileLock, TheSecondIsToldWhoTheFirstIs) {
  const auto folder = TemporaryDirectory::Make("wsgilab-lock");
  ASSERT_TRUE(folder);
  const auto path = folder->path() / "file";
  const UniqueFd first = Open(path);
  ASSERT_TRUE(LockFile(first, path));
  const UniqueFd second = Open(path);
  const auto refused = LockFile(second, path);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::InvalidInput);
  EXPECT_THAT(refused.error().message,
              testing::AllOf(testing::StartsWith(path.string() + " is being written by process "),
                             testing::HasSubstr(std::to_string(::getpid())),
                             testing::HasSubstr("hosts_base_test")));
}

TEST(FileLock, ItGoesWithTheDescriptor) {
  const auto folder = TemporaryDirectory::Make("wsgilab-lock");
  ASSERT_TRUE(folder);
  const auto path = folder->path() / "file";
  {
    const UniqueFd first = Open(path);
    ASSERT_TRUE(LockFile(first, path));
  }
  const UniqueFd second = Open(path);
  EXPECT_TRUE(LockFile(second, path));
}

}  // namespace
}  // namespace hosts::base
