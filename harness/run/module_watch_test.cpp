#include "harness/run/module_watch.h"

#include <gmock/gmock.h>

namespace harness::run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Modules, AreReadAsTheCellScriptSaysThem) {
  const auto there = ParseModules(
      R"({"pid": 12, "before_script": 38, "by_script": 7, "since": ["json", "json.decoder"]})");
  ASSERT_TRUE(there) << there.error().Text();
  EXPECT_EQ(there->pid, 12);
  EXPECT_EQ(there->before_script, 38);
  EXPECT_EQ(there->by_script, 7);
  EXPECT_THAT(there->since, ElementsAre("json", "json.decoder"));
}

TEST(Modules, AnAnswerOfSomebodyElseIsNoList) {
  EXPECT_THAT(ParseModules("Hello from wsgilab.\n").error().Text(), HasSubstr("not understood"));
  EXPECT_FALSE(ParseModules(R"({"pid": 12})"));
}

TEST(Modules, NewOnesKeepTheOrderOfTheirImport) {
  EXPECT_THAT(NewNames({"b", "gone"}, {"b", "z", "a"}), ElementsAre("z", "a"));
}

}  // namespace
}  // namespace harness::run
