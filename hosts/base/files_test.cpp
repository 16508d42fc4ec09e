#include "hosts/base/files.h"

#include <gtest/gtest.h>

namespace hosts::base {

TEST(Files, AWrittenFileIsReadBackAndLeavesNothingBeside) {
  auto directory = TemporaryDirectory::Make("wsgilab-files");
  ASSERT_TRUE(directory);
  const auto path = directory->path() / "a.txt";
  ASSERT_TRUE(WriteFile(path, "first"));
  ASSERT_TRUE(WriteFile(path, "second"));
  EXPECT_EQ(ReadFile(path).value(), "second");
  const auto entries = std::filesystem::directory_iterator(directory->path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST(Files, AMissingFileIsAnErrorThatNamesIt) {
  const auto text = ReadFile("/nonexistent/site.conf");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "cannot read /nonexistent/site.conf: No such file or directory");
}

TEST(Files, ATemporaryDirectoryIsRemovedUnlessKept) {
  std::filesystem::path gone;
  {
    auto directory = TemporaryDirectory::Make("wsgilab-files");
    ASSERT_TRUE(directory);
    gone = directory->path();
    ASSERT_TRUE(WriteFile(gone / "x", ""));
  }
  EXPECT_FALSE(std::filesystem::exists(gone));
}

}  // namespace hosts::base
