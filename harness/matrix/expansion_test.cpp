#include "harness/matrix/expansion.h"

#include <gmock/gmock.h>

#include "harness/matrix/mode_names.h"

namespace harness::matrix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<App> Apps() {
  App hello;
  hello.name = "hello";
  App desk;
  desk.name = "desk";
  return {desk, hello};
}

std::vector<MatrixHost> Hosts() {
  const auto no_own_gil = [](const hosts::deployment::Mode& mode) -> std::optional<std::string> {
    if (!IsOnlyWhereOffered(mode)) return std::nullopt;
    return "it needs Python 3.12";
  };
  const auto no_sub = [](const hosts::deployment::Mode& mode) -> std::optional<std::string> {
    if (mode.interpreter == hosts::deployment::InterpreterKind::Main) return std::nullopt;
    return "it has no sub-interpreters";
  };
  return {{"engine", no_own_gil}, {"plain", no_sub}};
}

std::vector<std::string> Ids(const Filter& filter) {
  const auto expansion = Expand(Hosts(), Apps(), filter);
  EXPECT_TRUE(expansion);
  std::vector<std::string> ids;
  for (const Cell& cell : expansion->cells)
    ids.push_back(cell.id());
  return ids;
}

TEST(Expansion, IsHostTimesModeTimesApp) {
  const auto expansion = Expand(Hosts(), Apps(), {});
  ASSERT_TRUE(expansion);
  EXPECT_EQ(expansion->cells.size(), 16U + 8U);
  EXPECT_EQ(expansion->cells.front().id(), "engine/embedded/main/lazy/desk");
  EXPECT_EQ(expansion->not_offered.size(), 8U);
  EXPECT_EQ(expansion->not_offered.front().reason, "it has no sub-interpreters");
}

TEST(Expansion, PatternsNarrowIt) {
  EXPECT_THAT(Ids({{"engine"}, {"daemon/sub/*"}, {"desk"}, ""}),
              ElementsAre("engine/daemon/sub/lazy/desk", "engine/daemon/sub/preload/desk"));
}

TEST(Expansion, ARegexNarrowsTheIds) {
  EXPECT_THAT(Ids({{}, {}, {}, "^plain.*/preload/hello$"}),
              ElementsAre("plain/embedded/main/preload/hello", "plain/daemon/main/preload/hello"));
}

TEST(Expansion, ModesOfNewerPythonsAreInItWhereTheyAreOffered) {
  const auto all = [](const hosts::deployment::Mode&) { return std::optional<std::string>(); };
  const auto expansion = Expand({{"engine", all}}, Apps(), {});
  ASSERT_TRUE(expansion);
  EXPECT_EQ(expansion->cells.size(), 24U);
  EXPECT_EQ(expansion->cells[8].id(), "engine/embedded/sub-own-gil/lazy/desk");
}

TEST(Expansion, ModesThatNobodyHasAreMentionedToWhoAsks) {
  const auto expansion = Expand(Hosts(), Apps(), {{"engine"}, {"*/sub-own-gil/*"}, {"hello"}, ""});
  ASSERT_TRUE(expansion);
  EXPECT_THAT(expansion->cells, IsEmpty());
  ASSERT_EQ(expansion->not_offered.size(), 4U);
  EXPECT_THAT(expansion->not_offered.front().reason, HasSubstr("3.12"));
}

TEST(Expansion, NamesThatNobodyHasAreRefusedWithTheOnesThereAre) {
  for (const Filter& filter : {Filter{{"apache3"}, {}, {}, ""},
                               Filter{{}, {"daemon/sup/*"}, {}, ""},
                               Filter{{}, {}, {"helo"}, ""}}) {
    const auto expansion = Expand(Hosts(), Apps(), filter);
    ASSERT_FALSE(expansion);
    EXPECT_THAT(expansion.error().Text(), HasSubstr("there are"));
  }
  EXPECT_FALSE(Expand(Hosts(), Apps(), {{}, {}, {}, "("}));
}

}  // namespace
}  // namespace harness::matrix
