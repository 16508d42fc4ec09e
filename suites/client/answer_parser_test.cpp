#include "suites/client/answer_parser.h"

#include <gmock/gmock.h>

namespace suites::client {
namespace {

using hosts::base::ErrorKind;
using testing::ElementsAre;
using testing::Pair;

// What is taken of the bytes, or why nothing is.
std::string ChunksIn(std::string_view bytes) {
  const auto body = TakeChunks(bytes);
  if (body) return bytes.empty() ? *body : *body + "<more>";
  return body.error().kind == ErrorKind::Closed ? "<cut>" : "<bad>";
}

bool IsStatusLine(const std::string& line) {
  const std::string head = line + "\r\n\r\n";
  std::string_view bytes = head;
  return TakeHead(bytes).has_value();
}

TEST(AnswerParser, TakesAHeadAndLeavesWhatIsBehindIt) {
  std::string_view bytes = "HTTP/1.0 404 Not  Found\r\nA: b c \r\nEmpty:\r\nTab:\t x\r\n\r\nbody";
  const auto answer = TakeHead(bytes);
  ASSERT_TRUE(answer) << answer.error().Text();
  EXPECT_EQ(answer->version, "HTTP/1.0");
  EXPECT_EQ(answer->status, 404);
  EXPECT_THAT(answer->headers, ElementsAre(Pair("A", "b c "), Pair("Empty", ""), Pair("Tab", "x")));
  EXPECT_EQ(bytes, "body");
}

TEST(AnswerParser, KnowsAStatusLineFromWhatIsNone) {
  EXPECT_TRUE(IsStatusLine("HTTP/1.1 200 OK"));
  EXPECT_TRUE(IsStatusLine("HTTP/1.1 200 "));
  for (const char* line : {"HTTP/1.1 200",
                           "HTTP/1.1 20 OK",
                           "HTTP/1.1 2000 OK",
                           "HTTP/1.1 2x0 OK",
                           "HTTP/1.1 -20 OK",
                           "HTTP/1.2 200 OK",
                           "HTTP/1.1  200 OK",
                           "x",
                           ""}) {
    EXPECT_FALSE(IsStatusLine(line)) << line;
  }
  EXPECT_FALSE(IsStatusLine("HTTP/1.1 200 OK\r\nno field"));
  std::string_view cut = "HTTP/1.1 200 OK\r\nA: b\r\n";
  EXPECT_EQ(TakeHead(cut).error().kind, ErrorKind::Closed);
}

TEST(AnswerParser, TakesChunks) {
  EXPECT_EQ(ChunksIn("5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n"), "hello0123456789");
  EXPECT_EQ(ChunksIn("05;name=value\r\nhello\r\n000 ;x\r\n\r\n"), "hello");
  EXPECT_EQ(ChunksIn("0\r\n\r\nHTTP"), "<more>");
}

TEST(AnswerParser, KnowsCutChunksFromBadOnes) {
  for (const char* cut : {"", "5", "5\r\n", "5\r\nhell", "5\r\nhello", "5\r\nhello\r\n", "0\r\n"}) {
    EXPECT_EQ(ChunksIn(cut), "<cut>") << cut;
  }
  for (const char* bad : {"\r\n",
                          "x\r\nhello\r\n0\r\n\r\n",
                          "5x\r\nhello\r\n0\r\n\r\n",
                          "5 \r\nhello\r\n0\r\n\r\n",
                          "0x5\r\nhello\r\n0\r\n\r\n",
                          "+5\r\nhello\r\n0\r\n\r\n",
                          "-1\r\nhello\r\n0\r\n\r\n",
                          "4\r\nhello\r\n0\r\n\r\n",
                          "0\r\nTrailer: x\r\n\r\n"}) {
    EXPECT_EQ(ChunksIn(bad), "<bad>") << bad;
  }
}

// size + 2 is 1 and 0 of these: more than the bytes there are, and no place in them.
TEST(AnswerParser, RefusesSizesThatAddingToThemOverflows) {
  EXPECT_EQ(ChunksIn("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), "<bad>");
  EXPECT_EQ(ChunksIn("fffffffffffffffe\r\nhello\r\n0\r\n\r\n"), "<bad>");
  EXPECT_EQ(ChunksIn("10000000000000005\r\nhello\r\n0\r\n\r\n"), "<bad>");
  EXPECT_EQ(ChunksIn("7fffffffffffffff\r\nhello\r\n0\r\n\r\n"), "<cut>");
}

TEST(AnswerParser, LengthsAreDigits) {
  EXPECT_EQ(*ParseLength("0012"), 12U);
  for (const char* value : {"", "-1", "+1", " 1", "1 ", "1, 1", "0x1", "18446744073709551615"}) {
    EXPECT_FALSE(ParseLength(value)) << value;
  }
}

}  // namespace
}  // namespace suites::client
