#include "hosts/wsgi/header_rules.h"

#include <gtest/gtest.h>

namespace hosts::wsgi {
namespace {

TEST(HeaderRules, StatusIsThreeDigitsAndAReason) {
  const auto ok = ParseStatus("299 My Reason");
  ASSERT_TRUE(ok);
  EXPECT_EQ(ok->code, 299);
  EXPECT_EQ(ok->reason, "My Reason");
  EXPECT_EQ(ParseStatus("404")->reason, "Not Found");
  EXPECT_EQ(ParseStatus("404 ")->reason, "");
  EXPECT_EQ(ParseStatus("799")->reason, "");
  EXPECT_EQ(ParseStatus("200 d\xE9j\xE0 vu")->reason, "d\xE9j\xE0 vu");
}

TEST(HeaderRules, OtherStatusesAreRefused) {
  for (const char* text : {"",
                           "20",
                           "2000 OK",
                           "OK",
                           "20x OK",
                           "-20 OK",
                           "200OK",
                           "200\tOK",
                           "200 O\r\nK",
                           "200 \x7F",
                           "100 Continue",
                           "099 Low"}) {
    EXPECT_FALSE(ParseStatus(text)) << text;
  }
}

TEST(HeaderRules, NamesAreTokens) {
  EXPECT_TRUE(CheckHeader("X-Any_thing.1", "v"));
  for (const char* name : {"", "X Y", "X:", "X\n", "X\t", "\xE9", "(X)", "X\x01"}) {
    EXPECT_FALSE(CheckHeader(name, "v")) << name;
  }
}

TEST(HeaderRules, ValuesHaveNoControlCharacters) {
  EXPECT_TRUE(CheckHeader("X", ""));
  EXPECT_TRUE(CheckHeader("X", "tab\tand d\xE9j\xE0"));
  for (const std::string_view value : {std::string_view("a\r\nSet-Cookie: b"),
                                       std::string_view("a\n"),
                                       std::string_view("a\r"),
                                       std::string_view("a\0b", 3),
                                       std::string_view("\x1B"),
                                       std::string_view("\x7F")}) {
    EXPECT_FALSE(CheckHeader("X", value)) << value;
  }
}

TEST(HeaderRules, HopByHopHeadersAreTheServers) {
  for (const char* name : {"Connection", "KEEP-ALIVE", "transfer-encoding", "TE", "Upgrade"}) {
    EXPECT_FALSE(CheckHeader(name, "x")) << name;
  }
  EXPECT_TRUE(CheckHeader("Date", "x"));
}

TEST(HeaderRules, ContentLengthIsANumber) {
  EXPECT_EQ(*ParseContentLength("0"), 0U);
  EXPECT_EQ(*ParseContentLength("9223372036854775807"), 9223372036854775807U);
  for (const char* text : {"",
                           "-1",
                           "+1",
                           " 1",
                           "1 ",
                           "1.5",
                           "0x1",
                           "9223372036854775808",
                           "18446744073709551615",
                           "18446744073709551616",
                           "a"}) {
    EXPECT_FALSE(ParseContentLength(text)) << text;
  }
}

}  // namespace
}  // namespace hosts::wsgi
