#include "hosts/http1/request_parser.h"

#include <gmock/gmock.h>
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
  parser.Follow({text.data(), text.size(), copy.data()});
  EXPECT_EQ(parser.head().target.data(), copy.data() + 4);
  EXPECT_EQ(parser.host_header(), "h");
}

// What a trusted proxy says is put into the head while the body is on its way.
TEST(RequestParser, LeavesWhatNeverLayInTheBytes) {
  const std::string text = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n";
  RequestParser parser({});
  ASSERT_EQ(parser.Parse(text).progress, Progress::HeadComplete);
  constexpr std::string_view kName = "X-Forwarded-Host";
  const std::string value = "outer.example";
  parser.head().headers.push_back({kName, value});
  parser.head().method = "GET";
  const std::string copy = text;
  parser.Follow({text.data(), text.size(), copy.data()});
  EXPECT_EQ(parser.head().headers.back().name.data(), kName.data());
  EXPECT_EQ(parser.head().headers.back().value.data(), value.data());
  EXPECT_EQ(parser.head().method, "GET");
  EXPECT_EQ(parser.head().headers.front().value.data(), copy.data() + text.find("h\r\nContent"));
}

TEST(RequestParser, RefusesWhatRfc9112Refuses) {
  const auto status = [](std::string_view text) {
    RequestParser parser({});
    const auto outcome = parser.Parse(text);
    return outcome.progress == Progress::Refused ? parser.refused_status() : 0;
  };
  EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.0\r\nHost:\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.0\r\n\r\n"), 0);
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

// Cut between its "\r" and its "\n", a line of the longest kind was refused.
TEST(RequestParser, TakesTheLongestLineInAnyPieces) {
  const std::string line = "GET /" + std::string(26, 'a') + " HTTP/1.1";
  const std::string text = line + "\r\nHost: h\r\n\r\n";
  for (size_t size = 1; size < text.size(); ++size) {
    RequestParser parser({.request_line = static_cast<std::uint32_t>(line.size())});
    ASSERT_EQ(parser.Parse(std::string_view(text).substr(0, size)).progress, Progress::NeedMore)
        << size;
    ASSERT_EQ(parser.Parse(text).progress, Progress::Complete) << size;
  }
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

// Each of these Beast 1.74 takes.
TEST(RequestParser, RefusesWhatBeastTakesOfFramingHeaders) {
  const auto status = [](std::string_view headers, std::string_view version = "1.1") {
    const std::string text = "POST / HTTP/" + std::string(version) + "\r\nHost: a\r\n" +
                             std::string(headers) + "\r\n5\r\nhello\r\n0\r\n\r\n";
    RequestParser parser({});
    const auto outcome = parser.Parse(text);
    return outcome.progress == Progress::Refused ? parser.refused_status() : 0;
  };
  EXPECT_EQ(status("Transfer-Encoding: chunked\r\n"), 0);
  EXPECT_EQ(status("Transfer-Encoding: xchunked\r\n"), 501) << "the body was the next request";
  EXPECT_EQ(status("Transfer-Encoding: identity\r\n"), 501);
  EXPECT_EQ(status("Transfer-Encoding: chunked, identity\r\n"), 501);
  EXPECT_EQ(status("Transfer-Encoding: gzip, chunked\r\n"), 501);
  EXPECT_EQ(status("Transfer-Encoding: chunked, chunked\r\n"), 400);
  EXPECT_EQ(status("Transfer-Encoding: chunked x\r\n"), 400);
  EXPECT_EQ(status("Transfer-Encoding:\r\n"), 400);
  EXPECT_EQ(status("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), 501);
  EXPECT_EQ(status("Transfer-Encoding: chunked\r\n", "1.0"), 400);
  EXPECT_EQ(status("Content-Length: 5, 5\r\n"), 400) << "and gave the list to the application";
  EXPECT_EQ(status("Content-Length: 5\r\nContent-Length: 5\r\n"), 400);
}

TEST(RequestParser, GivesTheApplicationTheCodingAlone) {
  RequestParser parser({});
  const std::string text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: , chunked,\r\n\r\n";
  ASSERT_EQ(parser.Parse(text).progress, Progress::HeadComplete);
  EXPECT_TRUE(parser.head().is_chunked);
  EXPECT_EQ(parser.head().headers.back().value, "chunked");
}

TEST(RequestParser, RefusesFoldsThatBeastHides) {
  const auto is_refused = [](std::string_view headers) {
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
    RequestParser parser({});
    return parser.Parse(text).progress == Progress::Refused;
  };
  EXPECT_FALSE(is_refused("X: a \t\r\nY:\r\nZ: \r\n"));
  EXPECT_TRUE(is_refused("X:\r\n a\r\n"));
  EXPECT_TRUE(is_refused("X:\r\n \r\n"));
  EXPECT_TRUE(is_refused("X: a\r\n \r\n"));
}

namespace {

// The status of a chunked body, or 0 when it is taken, or -1 when more is waited for.
int StatusOfChunks(std::string_view body) {
  RequestParser parser({});
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  if (parser.Parse(head).progress != Progress::HeadComplete) return -2;
  switch (parser.Parse(body).progress) {
    case Progress::Complete:
      return 0;
    case Progress::Refused:
      return parser.refused_status();
    default:
      return -1;
  }
}

}  // namespace

TEST(RequestParser, RefusesWhatBeastTakesOfChunks) {
  EXPECT_EQ(StatusOfChunks("5;a=\"b c\"\r\nhello\r\n0;z\r\nT: t\r\n\r\n"), 0);
  EXPECT_EQ(StatusOfChunks("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(StatusOfChunks(std::string_view("5;a=\"\0\"\r\nhello\r\n0\r\n\r\n", 24)), 400);
  EXPECT_EQ(StatusOfChunks("0\r\nT: t\r\n t\r\n\r\n"), 400) << "a trailer is folded";
  EXPECT_EQ(StatusOfChunks("0\r\nContent-Length: 5\r\n\r\n"), 400);
  EXPECT_EQ(StatusOfChunks("0\r\ntransfer-encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(StatusOfChunks("5;a=" + std::string(20'000, 'x') + "\r\nhello\r\n0\r\n\r\n"), 400);
  std::string many;
  for (int i = 0; i < 5000; ++i)
    many += "1;a=b\r\nx\r\n";
  EXPECT_EQ(StatusOfChunks(many + "0\r\n\r\n"), 400) << "all extensions together";
}

TEST(RequestParser, DoesNotWaitForMoreOfAChunkThatNothingCanMend) {
  EXPECT_EQ(StatusOfChunks("5;a=\"b\r\nhello\r\n0\r\n\r\n"), 400) << "the quote does not end";
  EXPECT_EQ(StatusOfChunks("5\r\nhello\r\n0;a=\"b\r\n\r\n"), 400);
  EXPECT_EQ(StatusOfChunks("5\r\nhello\r\n0;a=\"b\""), -1);
  EXPECT_EQ(StatusOfChunks("5\r\nhello\r\n000\r\nT: t\r\n"), -1);
  EXPECT_EQ(StatusOfChunks("5\r\nhello\r\n0\r\n"), -1);
  EXPECT_EQ(StatusOfChunks("5\r\nhello\r\n0\r\nT: " + std::string(70'000, 't')), 431);
  EXPECT_THAT(StatusOfChunks("5;a=" + std::string(70'000, 't')), ::testing::AnyOf(400, 431))
      << "without an end; later Beasts refuse it themselves";
}

TEST(RequestParser, PassesOverOneEmptyLineBeforeARequest) {
  RequestParser parser({});
  const std::string text = "\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  for (size_t size = 1; size < text.size(); ++size) {
    ASSERT_EQ(parser.Parse(std::string_view(text).substr(0, size)).progress, Progress::NeedMore);
  }
  const auto outcome = parser.Parse(text);
  EXPECT_EQ(outcome.progress, Progress::Complete);
  EXPECT_EQ(outcome.used, text.size());
  EXPECT_EQ(parser.head().method, "GET");
  RequestParser other({});
  EXPECT_EQ(other.Parse("\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n").progress, Progress::Refused);
}

TEST(RequestParser, AnswersWhatIsNoVersionWith400AndAnotherVersionWith505) {
  const auto status = [](std::string_view line) {
    RequestParser parser({});
    return parser.Parse(std::string(line) + "\r\nHost: h\r\n\r\n").progress == Progress::Refused
               ? parser.refused_status()
               : 0;
  };
  EXPECT_EQ(status("GET / HTTP/2.0"), 505);
  EXPECT_EQ(status("PRI * HTTP/2.0"), 505);
  for (const std::string_view bad : {"GET /  HTTP/1.1",
                                     "GET / HTTP/1.1 ",
                                     "GET / http/1.1",
                                     "GET / HTTP/1.10",
                                     "GET / b HTTP/1.1",
                                     "GET /"}) {
    EXPECT_EQ(status(bad), 400) << bad;
  }
}

TEST(RequestParser, KnowsWhatAClientWantsOfItsConnection) {
  const auto is_kept = [](std::string_view version, std::string_view headers) {
    const std::string text =
        "GET / HTTP/" + std::string(version) + "\r\nHost: h\r\n" + std::string(headers) + "\r\n";
    RequestParser parser({});
    return parser.Parse(text).progress == Progress::Complete && parser.is_connection_kept();
  };
  EXPECT_TRUE(is_kept("1.1", ""));
  EXPECT_FALSE(is_kept("1.1", "Connection: te, Close\r\n"));
  EXPECT_FALSE(is_kept("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(is_kept("1.0", ""));
  EXPECT_TRUE(is_kept("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(is_kept("1.0", "Connection: keep-alive, close\r\n")) << "RFC 9112, 9.3";
  EXPECT_FALSE(is_kept("1.0", "Proxy-Connection: keep-alive\r\n")) << "RFC 9112, C.2.2";
}

TEST(RequestParser, KnowsOneExpectationAndNoneOfHttp10) {
  const auto outcome = [](std::string_view version, std::string_view expectation) {
    const std::string text = "POST / HTTP/" + std::string(version) +
                             "\r\nHost: h\r\nExpect: " + std::string(expectation) +
                             "\r\nContent-Length: 1\r\n\r\n";
    RequestParser parser({});
    if (parser.Parse(text).progress == Progress::Refused) return parser.refused_status();
    return parser.is_continue_expected() ? 100 : 0;
  };
  EXPECT_EQ(outcome("1.1", "100-Continue"), 100);
  EXPECT_EQ(outcome("1.1", "200-ok"), 417);
  EXPECT_EQ(outcome("1.1", "100-continue, more"), 417);
  EXPECT_EQ(outcome("1.0", "100-continue"), 0);
  EXPECT_EQ(outcome("1.0", "200-ok"), 0);
}

TEST(RequestParser, ReplacesTheHostHeaderByTheTargets) {
  RequestParser parser({});
  const std::string text = "GET http://a/ HTTP/1.1\r\nX: 1\r\nHost: b\r\n\r\n";
  ASSERT_EQ(parser.Parse(text).progress, Progress::Complete);
  parser.ReplaceHost(parser.head().target.substr(7, 1));
  EXPECT_EQ(parser.host_header(), "a");
  EXPECT_EQ(parser.head().headers[0].value, "1");
  EXPECT_EQ(parser.head().headers[1].value, "a");
}

}  // namespace hosts::http1
