#include "hosts/deployment/sections.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "hosts/deployment/request_values.h"

namespace hosts::deployment {
namespace {

using Kind = Condition::Kind;

Condition MakeCondition(Kind kind, std::string pattern) {
  Condition condition{.kind = kind, .pattern = std::move(pattern)};
  condition.is_glob = base::IsGlob(condition.pattern);
  const bool is_regex =
      kind == Kind::DirectoryMatch || kind == Kind::FilesMatch || kind == Kind::LocationMatch;
  if (is_regex) condition.regex = base::Regex::Compile(condition.pattern).value();
  return condition;
}

// A section that sets the application group to a name by which the test knows it.
Section MakeSection(std::vector<Condition> conditions, const std::string& name) {
  Section section;
  section.conditions = std::move(conditions);
  section.settings.application_group = Written<GroupName>{{GroupName::Kind::Literal, name}, {}};
  return section;
}
Section MakeSection(Kind kind, std::string pattern, const std::string& name) {
  return MakeSection({MakeCondition(kind, std::move(pattern))}, name);
}

struct FakeOverrides : OverrideFiles {
  std::map<std::string, std::shared_ptr<OverrideFile>> files;
  std::vector<std::string> asked;

  std::shared_ptr<const OverrideFile> Read(const std::string& directory,
                                           const Overrides& /*allowed*/) override {
    asked.push_back(directory);
    const auto found = files.find(directory);
    return found == files.end() ? nullptr : found->second;
  }
};

constexpr std::string_view kFile = "/srv/site/app.wsgi";

std::string Winner(std::vector<Section> sections,
                   OverrideFiles* overrides = nullptr,
                   std::string_view filename = kFile) {
  SortSections(sections);
  const auto merged = Merge({}, sections, {"/url/x", filename}, overrides);
  const auto* group = merged.effective.application_group;
  return group == nullptr ? "" : group->value.literal;
}

TEST(Sections, AreMergedInTheOrderOfTheirKinds) {
  // Written in the opposite order: the turn counts, not the line (CFG-51).
  std::vector<Section> sections = {MakeSection(Kind::Location, "/url", "location"),
                                   MakeSection(Kind::Files, "app.wsgi", "files"),
                                   MakeSection(Kind::DirectoryMatch, "site", "pattern"),
                                   MakeSection(Kind::Directory, "/srv/site", "deep"),
                                   MakeSection(Kind::Directory, "/srv", "shallow")};
  for (const char* winner : {"location", "files", "pattern", "deep", "shallow"}) {
    EXPECT_EQ(Winner(sections), winner);
    sections.erase(sections.begin());
  }
}

TEST(Sections, OfTwoEquallyDeepTheLaterWins) {
  EXPECT_EQ(Winner({MakeSection(Kind::Directory, "/srv/site", "first"),
                    MakeSection(Kind::Directory, "/srv/*", "second")}),
            "second");
}

TEST(Sections, ADirectoryIsMatchedByWholeSegmentsAndMayBeTheFileItself) {
  EXPECT_EQ(Winner({MakeSection(Kind::Directory, "/srv/si", "no")}), "");
  EXPECT_EQ(Winner({MakeSection(Kind::Directory, std::string(kFile), "file")}), "file");
  EXPECT_EQ(Winner({MakeSection(Kind::Directory, "/", "root")}), "root");
  EXPECT_EQ(Winner({MakeSection(Kind::Directory, "/srv/*/deeper", "no")}), "");
}

TEST(Sections, FilesAreMatchedByTheirName) {
  EXPECT_EQ(Winner({MakeSection(Kind::Files, "*.wsgi", "glob")}), "glob");
  EXPECT_EQ(Winner({MakeSection(Kind::FilesMatch, "^app\\.", "regex")}), "regex");
  EXPECT_EQ(Winner({MakeSection(Kind::Files, "site", "no")}), "");
}

TEST(Sections, AllOfNestedConditionsMustHold) {
  const auto nested = [](std::string directory) {
    return MakeSection({MakeCondition(Kind::Directory, std::move(directory)),
                        MakeCondition(Kind::Files, "*.wsgi")},
                       "nested");
  };
  EXPECT_EQ(Winner({nested("/srv")}), "nested");
  EXPECT_EQ(Winner({nested("/other")}), "");
  EXPECT_EQ(Winner({nested("/srv"), MakeSection(Kind::FilesMatch, "wsgi", "outside")}), "nested");
}

TEST(Sections, NamedGroupsBecomeVariables) {
  std::vector<Section> sections = {
      MakeSection(Kind::LocationMatch, "^/(?<tenant>[a-z]+)", "location")};
  const auto merged = Merge({}, sections, {"/url", kFile}, nullptr);
  EXPECT_EQ(merged.variables,
            (std::vector<std::pair<std::string, std::string>>{{"MATCH_TENANT", "url"}}));
}

TEST(Sections, ARequestWithoutAFileHasLocationsOnly) {
  EXPECT_EQ(Winner({MakeSection(Kind::Directory, "/", "no"),
                    MakeSection(Kind::LocationMatch, "^/url", "location")},
                   nullptr,
                   ""),
            "location");
}

class Nothing final : public Surroundings {
 public:
  FileKind KindOf(const std::string& /*path*/) override { return FileKind::Missing; }
  std::optional<std::string> Variable(const std::string& /*name*/) override { return {}; }
};

// <If> and what stands behind it, asked for GET /url/x.
class Conditions : public testing::Test {
 protected:
  static Condition If(const std::string& text, std::shared_ptr<const Branch> previous = {}) {
    const auto expression = expressions::Expression::Parse(text).value();
    return {.kind = Kind::If,
            .pattern = text,
            .branch = std::make_shared<const Branch>(Branch{expression, std::move(previous)})};
  }
  static Condition Else(std::shared_ptr<const Branch> previous) {
    return {.kind = Kind::If,
            .branch = std::make_shared<const Branch>(Branch{{}, std::move(previous)})};
  }

  std::string WinnerOf(std::vector<Section> sections, OverrideFiles* overrides = nullptr) {
    sections_ = std::move(sections);
    SortSections(sections_);
    values_.SetMapping("/url/x", kFile, "");
    merged_ = Merge({}, sections_, {"/url/x", kFile, false, &values_}, overrides);
    const auto* group = merged_.effective.application_group;
    return group == nullptr ? "" : group->value.literal;
  }

  Nothing surroundings_;
  VirtualHost host_;
  RequestAddress address_{.path = "/url/x"};
  RequestValues values_{host_, address_, surroundings_};
  std::vector<Section> sections_;
  MergedSettings merged_;
};

TEST_F(Conditions, ComeLastInTheOrderOfWhatTheyStandIn) {
  const auto condition = [](std::vector<Condition> outer, const std::string& name) {
    outer.push_back(If("true"));
    return MakeSection(std::move(outer), name);
  };
  std::vector<Section> sections = {
      condition({MakeCondition(Kind::Location, "/url")}, "location"),
      condition({MakeCondition(Kind::Files, "app.wsgi")}, "files"),
      condition({MakeCondition(Kind::DirectoryMatch, "site")}, "pattern"),
      condition({MakeCondition(Kind::Directory, "/srv/site")}, "deep"),
      condition({MakeCondition(Kind::Directory, "/srv")}, "shallow"),
      condition({}, "server"),
      MakeSection(Kind::Location, "/url", "no condition")};
  for (const char* winner :
       {"location", "files", "pattern", "deep", "shallow", "server", "no condition"}) {
    EXPECT_EQ(WinnerOf(sections), winner);
    sections.erase(sections.begin());
  }
}

TEST_F(Conditions, OneOfTheCasesCounts) {
  for (const auto& [first, second, winner] : {std::tuple("true", "true", "if"),
                                              std::tuple("false", "true", "else-if"),
                                              std::tuple("false", "false", "else")}) {
    const Condition one = If(first);
    const Condition two = If(second, one.branch);
    EXPECT_EQ(WinnerOf({MakeSection({one}, "if"),
                        MakeSection({two}, "else-if"),
                        MakeSection({Else(two.branch)}, "else")}),
              winner);
  }
}

TEST_F(Conditions, WithinEachOtherMustAllHold) {
  const Condition outer = If("false");
  const Condition inner = If("false");
  EXPECT_EQ(WinnerOf({MakeSection({outer}, "outer"),
                      MakeSection({outer, inner}, "inner"),
                      MakeSection({outer, Else(inner.branch)}, "inner else")}),
            "");
  const Condition holds = If("true");
  EXPECT_EQ(WinnerOf({MakeSection({holds}, "outer"),
                      MakeSection({holds, inner}, "inner"),
                      MakeSection({holds, Else(inner.branch)}, "inner else")}),
            "inner else");
}

TEST_F(Conditions, WhatOnlyOtherModulesKnowIsToldAndNotObeyed) {
  const Condition foreign = If("%{REMOTE_USER} == 'a'");
  const Condition never = If("false", foreign.branch);
  EXPECT_EQ(WinnerOf({MakeSection({foreign}, "if"),
                      MakeSection({never}, "else-if"),
                      MakeSection({Else(never.branch)}, "else")}),
            "");
  ASSERT_EQ(merged_.not_judged.size(), 2U);
  EXPECT_EQ(AsWritten(*merged_.not_judged[0]), "<If %{REMOTE_USER} == 'a'>");
  EXPECT_EQ(AsWritten(*merged_.not_judged[1]), "<Else>");
  ASSERT_EQ(merged_.judged.size(), 1U);
  EXPECT_FALSE(merged_.judged[0].holds);
}

TEST_F(Conditions, SayOnWhatTheyDepend) {
  EXPECT_EQ(WinnerOf({MakeSection({If("-n req('X-Test') || %{REQUEST_METHOD} == 'GET'")}, "if")}),
            "if");
  ASSERT_EQ(merged_.judged.size(), 1U);
  EXPECT_EQ(merged_.judged[0].depends_on,
            (std::set<std::string>{"the header X-Test", "the method"}));
}

TEST_F(Conditions, ComeTooLateForFilesWithinThem) {
  EXPECT_EQ(WinnerOf({MakeSection({If("true"), MakeCondition(Kind::Files, "app.wsgi")}, "files")}),
            "");
}

TEST_F(Conditions, SeeTheNamesThatPatternsGave) {
  EXPECT_EQ(WinnerOf({MakeSection(Kind::LocationMatch, "^/(?<first>[a-z]+)", "location"),
                      MakeSection({If("reqenv('MATCH_FIRST') == 'url'")}, "if")}),
            "if");
}

class OverrideMerging : public testing::Test {
 protected:
  OverrideMerging() {
    sections_ = {MakeSection(Kind::Directory, "/srv", "srv"),
                 MakeSection(Kind::Directory, "/srv/site", "site"),
                 MakeSection(Kind::Files, "other", "no")};
    sections_[0].settings.allow_override = Written<Overrides>{{.file_info = true}, {}};
    Put("/srv", "override-srv");
  }

  void Put(const std::string& directory, const std::string& name) {
    auto file = std::make_shared<OverrideFile>();
    file->settings.application_group = Written<GroupName>{{GroupName::Kind::Literal, name}, {}};
    overrides_.files[directory] = file;
  }

  std::vector<Section> sections_;
  FakeOverrides overrides_;
};

TEST_F(OverrideMerging, AFileComesBehindTheSectionOfItsDirectory) {
  EXPECT_EQ(Winner(sections_, &overrides_), "site");
  sections_.erase(sections_.begin() + 1);
  EXPECT_EQ(Winner(sections_, &overrides_), "override-srv");
}

TEST_F(OverrideMerging, FilesAreReadOnlyWhereTheyAreAllowed) {
  sections_[1].settings.allow_override = Written<Overrides>{{}, {}};
  Put("/srv/site", "not read");
  EXPECT_EQ(Winner(sections_, &overrides_), "site");
  EXPECT_EQ(overrides_.asked, std::vector<std::string>{"/srv"});
}

TEST_F(OverrideMerging, TheSectionsWithinThemHaveTheTurnOfFiles) {
  overrides_.files["/srv"]->sections = {MakeSection(Kind::Files, "app.wsgi", "file-in-override")};
  EXPECT_EQ(Winner(sections_, &overrides_), "file-in-override");
  sections_.push_back(MakeSection(Kind::Location, "/", "location"));
  EXPECT_EQ(Winner(sections_, &overrides_), "location");
}

TEST_F(OverrideMerging, AnErrorInOneIsTold) {
  overrides_.files["/srv"]->error = "WSGIProcessGroup is not allowed here";
  SortSections(sections_);
  EXPECT_EQ(Merge({}, sections_, {"/", kFile}, &overrides_).error,
            "WSGIProcessGroup is not allowed here");
}

}  // namespace
}  // namespace hosts::deployment
