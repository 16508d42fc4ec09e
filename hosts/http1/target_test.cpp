#include "hosts/http1/target.h"

#include <gtest/gtest.h>

namespace hosts::http1 {

TEST(Target, SplitsPathAndQueryAndDecodesThePathOnly) {
  const Target target = ParseTarget("/a%20b/c?x=%41");
  EXPECT_EQ(target.refused_status, 0);
  EXPECT_EQ(target.path, "/a b/c");
  EXPECT_EQ(target.query, "x=%41");
}

TEST(Target, RemovesDotSegmentsAlsoEncodedOnes) {
  EXPECT_EQ(ParseTarget("/a/./b/../c").path, "/a/c");
  EXPECT_EQ(ParseTarget("/a/%2e%2e/%2e%2e/etc").path, "/etc");
  EXPECT_EQ(ParseTarget("/a/..").path, "/");
  EXPECT_EQ(ParseTarget("/..a/.b").path, "/..a/.b");
}

TEST(Target, TakesTheHostOfTheAbsoluteForm) {
  const Target target = ParseTarget("http://example.org:8080/x?y");
  EXPECT_EQ(target.authority, "example.org:8080");
  EXPECT_EQ(target.path, "/x");
  EXPECT_EQ(ParseTarget("http://example.org").path, "/");
}

TEST(Target, RefusesBrokenEscapesNulAndEncodedSlashes) {
  EXPECT_EQ(ParseTarget("/%zz").refused_status, 400);
  EXPECT_EQ(ParseTarget("/%4").refused_status, 400);
  EXPECT_EQ(ParseTarget("/%00").refused_status, 400);
  EXPECT_EQ(ParseTarget("/a%2Fb").refused_status, 404);
  EXPECT_EQ(ParseTarget("nonsense").refused_status, 400);
}

TEST(Target, RefusesFormsThatAreNoneOrNotForTheMethod) {
  for (const std::string_view bad : {"/a#b",
                                     "/a?b#c",
                                     "http://example.org#c",
                                     "http:///a",
                                     "http://",
                                     "://a/b",
                                     "a?b=://c",
                                     "1http://a/",
                                     "example.org:80",
                                     "*"}) {
    EXPECT_EQ(ParseTarget(bad).refused_status, 400) << bad;
  }
  EXPECT_EQ(ParseTarget("*", "OPTIONS").refused_status, 0);
  EXPECT_EQ(ParseTarget("*", "OPTIONS").path, "*");
  EXPECT_EQ(ParseTarget("example.org:443", "CONNECT").refused_status, 501);
  EXPECT_EQ(ParseTarget("/a", "CONNECT").refused_status, 400);
  EXPECT_EQ(ParseTarget("http://a/", "CONNECT").refused_status, 400);
}

TEST(HostName, IsLowerCasedAndItsPortTakenOff) {
  EXPECT_EQ(ParseHost("Example.ORG:8080").name, "example.org");
  EXPECT_EQ(ParseHost("Example.ORG:8080").port, 8080);
  EXPECT_EQ(ParseHost("[::1]:80").name, "[::1]");
  EXPECT_EQ(ParseHost("[::1]:80").port, 80);
  EXPECT_FALSE(ParseHost("a b").is_valid);
  EXPECT_FALSE(ParseHost("a:99999").is_valid);
  EXPECT_FALSE(ParseHost("[::1").is_valid);
  for (const std::string_view bad : {"user@a", "a/b", "a^b", "\xc3\xa9", "[]", "[::1]x", "a[b]"}) {
    EXPECT_FALSE(ParseHost(bad).is_valid) << bad;
  }
  for (const std::string_view good : {"", "a_b", "a,b", "a%20b", "127.0.0.1:1", "[::1]"}) {
    EXPECT_TRUE(ParseHost(good).is_valid) << good;
  }
}

}  // namespace hosts::http1
