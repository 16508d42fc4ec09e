#include "hosts/http1/field_rules.h"

#include <gtest/gtest.h>

namespace hosts::http1 {

TEST(FieldRules, SeeAFoldWhereverItStands) {
  const auto is_on_one_line = [](std::string_view text, std::string_view value) {
    const std::size_t at = text.find(value, 2);
    return IsOnOneLine(text.substr(0, 1), text.substr(at, value.size()), text);
  };
  EXPECT_TRUE(is_on_one_line("X: a\r\n\r\n", "a"));
  EXPECT_TRUE(is_on_one_line("X:\t a b \t\r\nY: b\r\n\r\n", "a b"));
  EXPECT_FALSE(is_on_one_line("X:\r\n a\r\n\r\n", "a"));
  EXPECT_FALSE(is_on_one_line("X: a\r\n \r\n\r\n", "a"));
  EXPECT_FALSE(is_on_one_line("X: a \r\n\tb\r\n\r\n", "a"));
  const std::string_view empty = "X: \r\n\r\n";
  EXPECT_TRUE(IsOnOneLine(empty.substr(0, 1), {}, empty));
  const std::string_view folded = "X: \r\n \r\n\r\n";
  EXPECT_FALSE(IsOnOneLine(folded.substr(0, 1), {}, folded));
  EXPECT_FALSE(IsOnOneLine(empty.substr(0, 1), "elsewhere", empty)) << "unfolded by the parser";
}

TEST(FieldRules, TakeChunkedAndNoOtherCoding) {
  EXPECT_EQ(ParseCoding("chunked").name, "chunked");
  EXPECT_EQ(ParseCoding(" CHUNKED\t").name, "CHUNKED");
  EXPECT_EQ(ParseCoding(",chunked , ").name, "chunked");
  EXPECT_EQ(ParseCoding(", chunked").refused_status, 0);
  for (const std::string_view unknown :
       {"xchunked", "chunkedx", "identity", "gzip, chunked", "chunked, identity"}) {
    EXPECT_EQ(ParseCoding(unknown).refused_status, 501) << unknown;
  }
  for (const std::string_view bad : {"",
                                     ",",
                                     "chunked, chunked",
                                     "chunked;q=1",
                                     "chunked x",
                                     "\"chunked\"",
                                     "\xa0"
                                     "chunked"}) {
    EXPECT_EQ(ParseCoding(bad).refused_status, 400) << bad;
  }
}

TEST(FieldRules, TakeOneNumberAsContentLength) {
  EXPECT_TRUE(IsContentLength("0"));
  EXPECT_TRUE(IsContentLength("0005"));
  EXPECT_TRUE(IsContentLength("0000000000000009223372036854775807"));
  for (const std::string_view bad : {"",
                                     "5, 5",
                                     "+5",
                                     "-5",
                                     "0x5",
                                     "5 5",
                                     "5;",
                                     "5.0",
                                     "9223372036854775808",
                                     "18446744073709551615"}) {
    EXPECT_FALSE(IsContentLength(bad)) << bad;
  }
}

TEST(FieldRules, KnowOneExpectationAndTheOptionsOfAConnection) {
  EXPECT_TRUE(IsContinueOnly("100-Continue"));
  EXPECT_TRUE(IsContinueOnly("100-continue, 100-continue"));
  EXPECT_FALSE(IsContinueOnly("100-continue, other"));
  EXPECT_FALSE(IsContinueOnly("100-continue;a=b"));
  EXPECT_TRUE(HasOption("TE , Close", "close"));
  EXPECT_FALSE(HasOption("closed, keep-alive", "close"));
  EXPECT_FALSE(HasOption("", "close"));
}

TEST(FieldRules, TellAVersionAndPlainText) {
  EXPECT_TRUE(HasVersion("GET / HTTP/3.1"));
  for (const std::string_view bad : {"GET / HTTPS/1.1",
                                     "GET / http/1.1",
                                     "GET / HTTP/1.10",
                                     "GET /  HTTP/1.1",
                                     "GET HTTP/1.1",
                                     ""}) {
    EXPECT_FALSE(HasVersion(bad)) << bad;
  }
  EXPECT_TRUE(IsPlainText("a=\"b\tc\xe9\""));
  EXPECT_FALSE(IsPlainText("a\nb"));
  EXPECT_FALSE(IsPlainText(std::string_view("a\0b", 3)));
  EXPECT_FALSE(IsPlainText("a\x7f"));
}

}  // namespace hosts::http1
