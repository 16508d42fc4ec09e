#include "hosts/base/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

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

TEST(Files, ADeviceIsWrittenToAndStaysWhatItIs) {
  EXPECT_TRUE(WriteFile("/dev/null", "text"));
  const auto written = WriteFile("/dev/full", "text");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "cannot write /dev/full: No space left on device");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST(Files, AMissingFileIsAnErrorThatNamesIt) {
  const auto text = ReadFile("/nonexistent/site.conf");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "cannot read /nonexistent/site.conf: No such file or directory");
}

TEST(Files, ADateIsExactAndThatOfTheTextItCameWith) {
  const auto directory = TemporaryDirectory::Make("wsgilab-files").value();
  const auto path = directory.path() / "a.txt";
  ASSERT_TRUE(WriteFile(path, "text"));
  const timespec times[2] = {{1'700'000'000, 0}, {1'600'000'000, 123'456'789}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  const auto dated = ReadDatedFile(path).value();
  EXPECT_EQ(dated.text, "text");
  EXPECT_EQ(dated.changed_at_ns, 1'600'000'000'123'456'789);
  EXPECT_EQ(ChangedAtNs(path), 1'600'000'000'123'456'789);
  std::filesystem::remove(path);
  EXPECT_EQ(ChangedAtNs(path), std::nullopt);
  EXPECT_FALSE(ReadDatedFile(path));
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
