#include "hosts/base/pattern.h"

#include <gtest/gtest.h>

namespace hosts::base {
namespace {

TEST(Regex, MatchesAnywhereAndTellsItsGroups) {
  const auto regex = Regex::Compile("^/a/([^/]+)(/x)?").value();
  const auto captures = regex.Match("/a/b/c");
  ASSERT_TRUE(captures);
  EXPECT_EQ(captures->at(0), "/a/b");
  EXPECT_EQ(captures->at(1), "b");
  EXPECT_FALSE(regex.Fits("/b/a/b"));
}

TEST(Regex, MayIgnoreLetterCase) {
  EXPECT_TRUE(Regex::Compile("firefox", Regex::Case::Ignored).value().Fits("Mozilla Firefox"));
  EXPECT_FALSE(Regex::Compile("firefox").value().Fits("Mozilla Firefox"));
}

TEST(Regex, SaysWhatIsWrongAndWhere) {
  const auto regex = Regex::Compile("^/a(");
  ASSERT_FALSE(regex);
  EXPECT_NE(regex.error().message.find("at its character 5"), std::string::npos)
      << regex.error().message;
}

TEST(Regex, GivesUpInsteadOfSearchingForEver) {
  std::string text(60, 'a');
  text += '!';
  EXPECT_FALSE(Regex::Compile("^(a+)+$").value().Fits(text));
}

TEST(Regex, TellsItsNamedGroups) {
  const auto regex = Regex::Compile("^/(?<tenant>[a-z]+)/(x)").value();
  const auto named = regex.NamedGroups(regex.Match("/red/x").value());
  ASSERT_EQ(named.size(), 1U);
  EXPECT_EQ(named[0].first, "tenant");
  EXPECT_EQ(named[0].second, "red");
}

TEST(Substitute, PutsInWhatWasCaptured) {
  const Regex::Captures captures = {"/a/b", "b"};
  EXPECT_EQ(Substitute("/srv/$1.wsgi$2", captures), "/srv/b.wsgi");
  EXPECT_EQ(Substitute("&|\\&|\\$1|$0", captures), "/a/b|&|$1|/a/b");
}

TEST(FitsGlob, StarsStopAtSlashesWhereTheyCount) {
  EXPECT_TRUE(FitsGlob("/srv/a/www", "/srv/*/www", Slashes::Count));
  EXPECT_FALSE(FitsGlob("/srv/a/b/www", "/srv/*/www", Slashes::Count));
  EXPECT_TRUE(FitsGlob("a.example.org", "*.example.org", Slashes::DoNotCount));
  EXPECT_TRUE(FitsGlob("a.wsgi", "[ab].*", Slashes::DoNotCount));
}

}  // namespace
}  // namespace hosts::base
