#include "hosts/http1/answer_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hosts::http1 {

using testing::HasSubstr;
using testing::Not;

namespace {
std::string Whole(AnswerWriter& writer, const exchange::AnswerHead& head, std::string_view body) {
  std::string out;
  writer.Begin(head, out);
  writer.Body(body, out);
  writer.End(out);
  return out;
}
exchange::AnswerHead WithLength(std::uint64_t length) {
  exchange::AnswerHead head;
  head.headers = {{"Content-Length", std::to_string(length)}};
  head.content_length = length;
  return head;
}
}  // namespace

TEST(AnswerWriter, ChunksABodyOfUnknownLengthForHttp11) {
  AnswerWriter writer({});
  const std::string out = Whole(writer, {}, "hello");
  EXPECT_THAT(out, HasSubstr("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(out, HasSubstr("\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
  EXPECT_TRUE(writer.is_connection_kept());
}

TEST(AnswerWriter, EndsTheBodyWithTheConnectionForHttp10) {
  AnswerWriter writer({.is_head = false, .version_minor = 0, .keep_alive = true});
  const std::string out = Whole(writer, {}, "hello");
  EXPECT_THAT(out, HasSubstr("Connection: close\r\n\r\nhello"));
  EXPECT_FALSE(writer.is_connection_kept());
}

TEST(AnswerWriter, KeepsAnHttp10ConnectionWhenTheLengthIsKnown) {
  AnswerWriter writer({.is_head = false, .version_minor = 0, .keep_alive = true});
  EXPECT_THAT(Whole(writer, WithLength(5), "hello"), HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_TRUE(writer.is_connection_kept());
}

TEST(AnswerWriter, DropsWhatGoesBeyondTheDeclaredLengthAndClosesAfterTooLittle) {
  AnswerWriter long_writer({});
  EXPECT_THAT(Whole(long_writer, WithLength(3), "hello"), testing::EndsWith("\r\n\r\nhel"));
  EXPECT_TRUE(long_writer.is_connection_kept());
  AnswerWriter short_writer({});
  EXPECT_THAT(Whole(short_writer, WithLength(9), "hello"), testing::EndsWith("\r\n\r\nhello"));
  EXPECT_FALSE(short_writer.is_connection_kept());
}

TEST(AnswerWriter, SendsNoBodyForHead204And304) {
  AnswerWriter head_writer({.is_head = true, .version_minor = 1, .keep_alive = true});
  EXPECT_THAT(Whole(head_writer, WithLength(5), "hello"), testing::EndsWith("\r\n\r\n"));
  for (const int status : {204, 304}) {
    exchange::AnswerHead head;
    head.status = status;
    AnswerWriter writer({});
    const std::string out = Whole(writer, head, "hello");
    EXPECT_THAT(out, testing::EndsWith("\r\n\r\n"));
    EXPECT_THAT(out, Not(HasSubstr("Transfer-Encoding")));
  }
}

}  // namespace hosts::http1
