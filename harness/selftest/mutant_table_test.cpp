#include "harness/selftest/mutant_table.h"

#include <gmock/gmock.h>

#include "hosts/base/files.h"

namespace harness::selftest {
namespace {

class MutantTableTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path FileWith(std::string_view text) {
    const auto path = folder_->path() / "mutants.json";
    EXPECT_TRUE(hosts::base::WriteFile(path, text));
    return path;
  }
  hosts::base::Result<hosts::base::TemporaryDirectory> folder_ =
      hosts::base::TemporaryDirectory::Make("wsgilab-mutants");
};

TEST_F(MutantTableTest, IsTheListBesideTheHost) {
  const auto table = ReadMutantTable(FileWith(
      R"({"mutants": [{"name": "close-twice", "what": "twice", "kills": ["A.*", "B.c"],
                        "may_kill": ["D.*"]}],
          "unproven": [{"checks": "C.*", "reason": "not yet"}]})"));
  ASSERT_TRUE(table);
  ASSERT_EQ(table->mutants.size(), 1U);
  EXPECT_EQ(table->mutants.front().name, "close-twice");
  EXPECT_EQ(table->mutants.front().what, "twice");
  EXPECT_THAT(table->mutants.front().kills, testing::ElementsAre("A.*", "B.c"));
  EXPECT_THAT(table->mutants.front().may_kill, testing::ElementsAre("D.*"));
  ASSERT_EQ(table->unproven.size(), 1U);
  EXPECT_EQ(table->unproven.front().checks, "C.*");
}

TEST_F(MutantTableTest, SaysWhatToBuildWhenThereIsNone) {
  const auto mutants = ReadMutantTable(folder_->path() / "mutants.json");
  ASSERT_FALSE(mutants);
  EXPECT_THAT(mutants.error().message, testing::HasSubstr("cmake --build --preset mutants"));
}

TEST_F(MutantTableTest, IsRefusedWhenItIsSomethingElse) {
  for (const char* text : {"", "{}", R"({"mutants": [{"name": "a"}]})"}) {
    const auto mutants = ReadMutantTable(FileWith(text));
    ASSERT_FALSE(mutants) << text;
    EXPECT_EQ(mutants.error().kind, hosts::base::ErrorKind::InvalidInput);
  }
}

TEST(FitsAnyTest, ReadsPatternsAsGoogleTestDoes) {
  EXPECT_TRUE(FitsAny("Suite/Closing.Row/AtTheEnd_daemon_main", {"Suite/Closing.Row/AtTheEnd*"}));
  EXPECT_TRUE(FitsAny("Suite/Closing.Row/AtTheEnd_daemon_main", {"x", "*_daemon_????"}));
  EXPECT_FALSE(FitsAny("Suite/Closing.Row/AtTheEnd_daemon_main", {"Suite/Closing.Row"}));
}

}  // namespace
}  // namespace harness::selftest
