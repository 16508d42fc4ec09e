#include "hosts/language/version.h"

#include <gtest/gtest.h>

#include "hosts/language/testing/reading.h"

namespace hosts::language {
namespace {

// "yes", "no", or the error.
std::string Is(std::string_view condition) {
  ReadOptions options;
  options.apache_version = "2.4.67";
  const std::string shape =
      testing::Shape("<IfVersion " + std::string(condition) + ">\nYes\n</IfVersion>", options);
  if (shape.empty()) return "no";
  return shape == "[Yes]\n" ? "yes" : shape;
}

}  // namespace

TEST(IfVersion, ComparesNumbers) {
  for (const char* condition : {"2.4.67",
                                "= 2.4.67",
                                "== 2.4.67",
                                "!= 2.4",
                                ">= 2.4",
                                ">= 2.4.",
                                "> 2.4.66",
                                "> 2",
                                "< 2.4.68",
                                "<= 2.4.67",
                                "< 2.10",
                                "\">=\" \"2\"",
                                "= 2.4.067"}) {
    EXPECT_EQ(Is(condition), "yes") << condition;
  }
  for (const char* condition : {"2.4", "= 2", "!= 2.4.67", "> 2.4.67", "< 2.4.67", ">= 3"}) {
    EXPECT_EQ(Is(condition), "no") << condition;
  }
}

TEST(IfVersion, SearchesForRegularExpressions) {
  for (const char* condition :
       {"/^2.4/", "= /^2.4/", "!= /^2.3/", "~ 4", "~ ^2\\.[0-4]", "!~ ^3"}) {
    EXPECT_EQ(Is(condition), "yes") << condition;
  }
  for (const char* condition : {"/^4/", "!= /2/", "~ /2.4/", "!~ 2"}) {
    EXPECT_EQ(Is(condition), "no") << condition;
  }
}

TEST(IfVersion, RefusesWhatIsNoCondition) {
  EXPECT_EQ(Is(""), "f:1:2: <IfVersion> needs more: write <IfVersion >= 2.4>");
  EXPECT_EQ(Is(">=2.4"),
            "f:1:12: >=2.4 is not a version: write MAJOR[.MINOR[.PATCH]], with a blank behind the "
            "operator");
  EXPECT_EQ(Is("= 2.4.67.1").substr(0, 22), "f:1:14: 2.4.67.1 is no");
  EXPECT_EQ(Is("! 2.4"),
            "f:1:12: ! is not an operator of <IfVersion>: write one of = == != < <= > >= ~ !~");
  EXPECT_EQ(Is("= 2.4 x"), "f:1:18: x is more than <IfVersion> takes: remove it");
  EXPECT_EQ(Is("/2.4"), "f:1:12: the regular expression /2.4 does not end with /: add it");
  EXPECT_EQ(Is("~ ("), "f:1:14: ( is not a regular expression: correct it");
  // std::regex overflowed with it: an undefined behaviour that fuzz_language found.
  EXPECT_EQ(Is("~ \\2222222222222222222222"), "no");
  EXPECT_EQ(Is("~ a{2}"),
            "f:1:14: the regular expression is longer than 200 characters or has {}: compare with "
            ">= and < instead");
}

TEST(IfVersion, NoRegularExpressionTakesLong) {
  std::string nested = "x";
  for (int i = 0; i < 60; ++i) {
    nested.insert(0, "(").append(")*");
  }
  EXPECT_EQ(Is("~ ^" + nested + "$"), "no");
}

}  // namespace hosts::language
