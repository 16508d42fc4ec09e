#include "hosts/deployment/sections.h"

#include <gtest/gtest.h>

#include <map>

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

TEST(Sections, AConditionThatIsNotUnderstoodIsTold) {
  std::vector<Section> sections = {
      MakeSection({MakeCondition(Kind::If, "%{HTTPS} == 'on'")}, "if")};
  const auto merged = Merge({}, sections, {"/url", kFile}, nullptr);
  EXPECT_EQ(merged.effective.application_group, nullptr);
  ASSERT_EQ(merged.not_judged.size(), 1U);
  EXPECT_EQ(AsWritten(*merged.not_judged.front()), "<If %{HTTPS} == 'on'>");
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
