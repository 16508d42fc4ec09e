#include "hosts/http1/request_parser.h"

#include <gtest/gtest.h>

namespace hosts::http1 {

using Progress = RequestParser::Progress;

TEST(RequestParser, ReadsAHeadThatArrivesByteByByte) {
  const std::string text = "GET /a?b HTTP/1.1\r\nHost: h\r\nX-One: 1\r\n\r\n";
  RequestParser parser({});
  for (size_t size = 1; size < text.size(); ++size) {
    ASSERT_EQ(parser.Parse(std::string_view(text).substr(0, size)).progress, Progress::NeedMore);
  }
  const auto outcome = parser.Parse(text);
  EXPECT_EQ(outcome.progress, Progress::Complete);
  EXPECT_EQ(outcome.used, text.size());
  EXPECT_EQ(parser.head().target, "/a?b");
  ASSERT_EQ(parser.head().headers.size(), 2U);
  EXPECT_EQ(parser.head().headers[1].value, "1");
  EXPECT_TRUE(parser.is_connection_kept());
}

TEST(RequestParser, StopsBehindTheHeadAndThenDecodesChunks) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\nGET /next";
  RequestParser parser({});
  const std::string text = head + body;
  auto outcome = parser.Parse(text);
  ASSERT_EQ(outcome.progress, Progress::HeadComplete);
  ASSERT_EQ(outcome.used, head.size());
  outcome = parser.Parse(std::string_view(text).substr(head.size()));
  EXPECT_EQ(outcome.progress, Progress::Complete);
  EXPECT_EQ(parser.body(), "abcde");
  EXPECT_EQ(text.substr(head.size() + outcome.used), "GET /next");
  EXPECT_EQ(parser.head().headers.size(), 2U);
}

TEST(RequestParser, FollowsItsBytesWhenTheyMove) {
  const std::string text = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  RequestParser parser({});
  ASSERT_EQ(parser.Parse(text).progress, Progress::Complete);
  const std::string copy = text;
  parser.Rebase(text.data(), copy.data());
  EXPECT_EQ(parser.head().target.data(), copy.data() + 4);
  EXPECT_EQ(parser.host_header(), "h");
}

TEST(RequestParser, RefusesWhatRfc9112Refuses) {
  const auto status = [](std::string_view text) {
    RequestParser parser({});
    const auto outcome = parser.Parse(text);
    return outcome.progress == Progress::Refused ? parser.refused_status() : 0;
  };
  EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/3.1\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
            400);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(70000, 'x')), 431);
}

TEST(RequestParser, RefusesWhatIsLargerThanItsLimits) {
  const ParseLimits limits{.head_bytes = 1000, .request_line = 40, .field_size = 30, .fields = 2};
  const auto status = [&limits](std::string_view text) {
    RequestParser parser(limits);
    const auto outcome = parser.Parse(text);
    return outcome.progress == Progress::Refused ? parser.refused_status() : 0;
  };
  const std::string line = "GET /" + std::string(26, 'a') + " HTTP/1.1";
  ASSERT_EQ(line.size(), 40U);
  EXPECT_EQ(status(line + "\r\nHost: h\r\n\r\n"), 0);
  EXPECT_EQ(status("GET /a" + line.substr(5) + "\r\nHost: h\r\n\r\n"), 414);
  EXPECT_EQ(status("GET /" + std::string(36, 'a')), 414) << "without waiting for its end";
  const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(status(begin + "X: " + std::string(27, 'x') + "\r\n\r\n"), 0);
  EXPECT_EQ(status(begin + "X: " + std::string(28, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(status(begin + "X: 1\r\nY: 2\r\n\r\n"), 431);
  EXPECT_EQ(status(begin + "X: " + std::string(1000, 'x')), 431) << "without waiting for its end";
}

TEST(RequestParser, LimitsABodyWhoseLengthIsNotSaid) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  RequestParser parser({});
  ASSERT_EQ(parser.Parse(head).progress, Progress::HeadComplete);
  parser.LimitBody(5);
  EXPECT_EQ(parser.Parse("3\r\nabc\r\n3\r\ndef\r\n").progress, Progress::Refused);
  EXPECT_EQ(parser.refused_status(), 413);
}

// A head that came in two pieces, the first with the whole request line in it, was refused: the parser
// had taken the line and was given it a second time as a header. Byte by byte it was not, because a
// parser that has once waited before the end of the line looks for the end of the head.
TEST(RequestParser, ReadsAHeadThatIsSplitAnywhere) {
  const std::string text = "GET /a HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nX-Two: 2\r\n\r\n";
  for (size_t first = 1; first < text.size(); ++first) {
    for (size_t second = first + 1; second < text.size(); ++second) {
      RequestParser parser({});
      for (const size_t size : {first, second}) {
        ASSERT_EQ(parser.Parse(std::string_view(text).substr(0, size)).progress, Progress::NeedMore)
            << size;
      }
      const auto outcome = parser.Parse(text);
      ASSERT_EQ(outcome.progress, Progress::Complete) << first << " " << second;
      ASSERT_EQ(outcome.used, text.size());
      ASSERT_EQ(parser.head().headers.size(), 3U);
      ASSERT_EQ(parser.head().target, "/a");
    }
  }
}

TEST(RequestParser, LimitsAHeadOfAnyNumberOfFieldsInAnyNumberOfPieces) {
  const ParseLimits limits{.head_bytes = 1000, .fields = 0};
  RequestParser parser(limits);
  std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
  text.reserve(2000);
  auto progress = Progress::NeedMore;
  while (progress == Progress::NeedMore && text.size() < 1500) {
    text += "X: y\r\n";
    progress = parser.Parse(text).progress;
  }
  EXPECT_EQ(progress, Progress::Refused);
  EXPECT_EQ(parser.refused_status(), 431);
  EXPECT_LT(text.size(), 1010U);
}

}  // namespace hosts::http1
