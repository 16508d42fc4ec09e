#include "harness/launch/cell_directory.h"

#include <gmock/gmock.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hosts/base/files.h"

namespace harness::launch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CellDirectory, IsGoneWithTheCellUnlessKept) {
  std::filesystem::path path;
  {
    const auto cell = CellDirectory::Make();
    ASSERT_TRUE(cell) << cell.error().Text();
    path = cell->path();
    EXPECT_TRUE(std::filesystem::is_directory(cell->data()));
    EXPECT_TRUE(std::filesystem::is_directory(cell->scripts()));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(CellDirectory, BeginsWithTheDataThatWasPrepared) {
  const auto prepared = hosts::base::TemporaryDirectory::Make("wsgilab-prepared");
  ASSERT_TRUE(prepared);
  std::filesystem::create_directory(prepared->path() / "files");
  ASSERT_TRUE(hosts::base::WriteFile(prepared->path() / "files" / "a", "text"));
  const auto cell = CellDirectory::Make();
  ASSERT_TRUE(cell);
  ASSERT_TRUE(cell->FillData(prepared->path()));
  EXPECT_EQ(*hosts::base::ReadFile(cell->data() / "files" / "a"), "text");
  EXPECT_FALSE(cell->FillData(prepared->path() / "missing"));
}

TEST(LastLines, AreTheEndOfTheLog) {
  const auto cell = CellDirectory::Make();
  ASSERT_TRUE(cell);
  EXPECT_THAT(LastLines(cell->log(), 3), IsEmpty());
  ASSERT_TRUE(hosts::base::WriteFile(cell->log(), "a\nb\nc\nd"));
  EXPECT_THAT(LastLines(cell->log(), 2), ElementsAre("c", "d"));
  EXPECT_THAT(LastLines(cell->log(), 9), ElementsAre("a", "b", "c", "d"));
}

TEST(SocketsAndPidFiles, OtherFilesAreNoneOfItsBusiness) {
  const auto cell = CellDirectory::Make();
  ASSERT_TRUE(cell);
  ASSERT_TRUE(hosts::base::WriteFile(cell->data() / "notes.sqlite3", ""));
  EXPECT_THAT(SocketsAndPidFiles(cell->path()), IsEmpty());
  ASSERT_TRUE(hosts::base::WriteFile(cell->path() / "host.pid", "1"));
  EXPECT_THAT(SocketsAndPidFiles(cell->path()), ElementsAre("pid file host.pid"));
}

TEST(CellDirectory, DataIsGivenToTheUserOfTheApplication) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give files away";
  const auto cell = CellDirectory::Make();
  ASSERT_TRUE(cell);
  ASSERT_TRUE(hosts::base::WriteFile(cell->data() / "notes.sqlite3", "x"));
  ASSERT_TRUE(cell->GiveDataTo("nobody"));
  for (const auto& path : {cell->data(), cell->data() / "notes.sqlite3"}) {
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, ::getpwnam("nobody")->pw_uid) << path;
  }
  const auto stranger = cell->GiveDataTo("no-such-user");
  ASSERT_FALSE(stranger);
  EXPECT_THAT(stranger.error().Text(), testing::HasSubstr("no-such-user"));
}

TEST(LastComplaint, IsTheExceptionOfAnApplicationWithoutWhatStandsBeforeIt) {
  EXPECT_EQ(LastComplaint({"2026-11-30T03:56:42.041Z error H0302 [1 x] [thread 1] Traceback (most "
                           "recent call last):",
                           "2026-11-30T03:56:42.041Z error H0302 [1 x] [thread 1] KeyError: 'SHOP'",
                           "2026-11-30T03:56:42.043Z info H0104 [1 x] Stopping"}),
            "KeyError: 'SHOP'");
  EXPECT_EQ(LastComplaint({"import failed"}), "import failed");
  EXPECT_EQ(LastComplaint({"2026-11-30T03:56:42.043Z info H0104 [1 x] Stopping", ""}), "");
  EXPECT_EQ(LastComplaint({}), "");
}

}  // namespace
}  // namespace harness::launch
