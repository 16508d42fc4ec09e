#include "suites/http1/answers.h"

#include <gmock/gmock.h>

namespace suites::http1 {
namespace {

using hosts::base::ErrorKind;
using testing::ElementsAre;

// Statuses and bodies, as "200 hello", or "none" where they are not in order.
std::vector<std::string> In(std::string_view bytes, bool is_head = false) {
  const auto answers = AnswersIn(bytes, is_head);
  if (!answers) {
    EXPECT_EQ(answers.error().kind, ErrorKind::InvalidInput);
    return {"none"};
  }
  std::vector<std::string> words;
  for (const auto& answer : *answers)
    words.push_back(std::to_string(answer.status) + " " + answer.body);
  return words;
}

TEST(Http1Answers, FollowEachOther) {
  EXPECT_THAT(In("HTTP/1.1 100 Continue\r\n\r\n"
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nof\r\n0\r\n\r\n"
                 "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"
                 "HTTP/1.0 404 Not Found\r\n\r\nto the end"),
              ElementsAre("100 ", "200 hello", "200 of", "304 ", "404 to the end"));
  EXPECT_THAT(In("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                 "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
                 true),
              ElementsAre("100 ", "200 ", "200 x"));
}

TEST(Http1Answers, AreToldFromWhatIsNone) {
  EXPECT_THAT(In("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"), ElementsAre("none"));
  EXPECT_THAT(In("HTTP/1.1 204 No Content\r\n\r\nx"), ElementsAre("none"));
  EXPECT_THAT(In("HTTP/1.1 204 No Content\r\n\r\nx\r\n\r\n"), ElementsAre("none"));
  EXPECT_THAT(In("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx"), ElementsAre("none"));
  EXPECT_THAT(In("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "fffffffffffffffe\r\nhello\r\n0\r\n\r\n"),
              ElementsAre("none"));
}

}  // namespace
}  // namespace suites::http1
