#include "harness/load/answer_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace harness::load {
namespace {

using State = AnswerReader::State;

State Feed(AnswerReader& reader, std::string_view bytes) {
  const auto space = reader.Space();
  std::copy(bytes.begin(), bytes.end(), space.begin());
  return reader.Received(bytes.size());
}

// The state after the last byte, when every byte comes alone; no earlier byte may complete it.
State FeedByteByByte(AnswerReader& reader, std::string_view bytes) {
  State state = State::Incomplete;
  for (const char& byte : bytes) {
    EXPECT_EQ(state, State::Incomplete);
    state = Feed(reader, {&byte, 1});
  }
  return state;
}

constexpr std::string_view kByLength =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-LENGTH: 5\r\n\r\nhello";
constexpr std::string_view kChunked =
    "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nhel\r\nA;x=y\r\nlo, world!\r\n0\r\n\r\n";

TEST(AnswerReader, ReadsABodyByItsLength) {
  AnswerReader reader;
  EXPECT_TRUE(reader.is_fresh());
  ASSERT_EQ(Feed(reader, kByLength), State::Whole);
  EXPECT_EQ(reader.status(), 200);
  EXPECT_EQ(reader.body(), "hello");
  EXPECT_TRUE(reader.goes_on());
}

TEST(AnswerReader, ReadsChunksPutTogether) {
  AnswerReader reader;
  ASSERT_EQ(Feed(reader, kChunked), State::Whole);
  EXPECT_EQ(reader.status(), 404);
  EXPECT_EQ(reader.body(), "hello, world!");
}

TEST(AnswerReader, DoesNotCareHowBytesArrive) {
  for (const std::string_view answer : {kByLength, kChunked}) {
    AnswerReader reader;
    EXPECT_EQ(FeedByteByByte(reader, answer), State::Whole);
    EXPECT_TRUE(reader.body().starts_with("hello"));
  }
}

TEST(AnswerReader, OneAfterTheOther) {
  AnswerReader reader;
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(Feed(reader, kChunked), State::Whole);
    EXPECT_EQ(reader.body(), "hello, world!");
    reader.Next();
    ASSERT_EQ(Feed(reader, kByLength), State::Whole);
    EXPECT_EQ(reader.body(), "hello");
    reader.Next();
  }
}

TEST(AnswerReader, WithoutALengthTheConnectionsEndIsTheBodys) {
  AnswerReader reader;
  ASSERT_EQ(Feed(reader, "HTTP/1.0 200 OK\r\n\r\nall of it"), State::Incomplete);
  ASSERT_EQ(reader.Closed(), State::Whole);
  EXPECT_EQ(reader.body(), "all of it");
  EXPECT_FALSE(reader.goes_on());
}

TEST(AnswerReader, AnEndTooEarlyIsBroken) {
  AnswerReader reader;
  ASSERT_EQ(Feed(reader, kByLength.substr(0, kByLength.size() - 1)), State::Incomplete);
  EXPECT_EQ(reader.Closed(), State::Broken);
}

TEST(AnswerReader, ConnectionCloseIsHeard) {
  AnswerReader reader;
  ASSERT_EQ(Feed(reader, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            State::Whole);
  EXPECT_FALSE(reader.goes_on());
}

TEST(AnswerReader, SomeAnswersHaveNoBody) {
  AnswerReader reader;
  EXPECT_EQ(Feed(reader, "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"), State::Whole);
  EXPECT_EQ(reader.body(), "");
  reader.Next(AnswerReader::Body::None);
  EXPECT_EQ(Feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), State::Whole);
  EXPECT_EQ(reader.body(), "");
}

TEST(AnswerReader, AnInterimAnswerIsPassedOver) {
  AnswerReader reader;
  ASSERT_EQ(Feed(reader, "HTTP/1.1 100 Continue\r\n\r\n"), State::Incomplete);
  ASSERT_EQ(Feed(reader, kByLength), State::Whole);
  EXPECT_EQ(reader.status(), 200);
}

TEST(AnswerReader, WhatIsNotHttpIsBroken) {
  for (const std::string_view bytes :
       {std::string_view("SSH-2.0-OpenSSH_9.2 Debian\r\n\r\n"),
        std::string_view("HTTP/1.1 abc\r\nX: y\r\n\r\n"),
        std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"),
        std::string_view("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")}) {
    AnswerReader reader;
    EXPECT_EQ(Feed(reader, bytes), State::Broken) << bytes;
    EXPECT_FALSE(reader.problem().empty());
  }
}

TEST(AnswerReader, LargeBodiesGrowTheBuffer) {
  AnswerReader reader;
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n";
  ASSERT_EQ(Feed(reader, head), State::Incomplete);
  State state = State::Incomplete;
  for (std::size_t sent = 0; sent < 300000;) {
    const auto space = reader.Space();
    const std::size_t count = std::min(space.size(), 300000 - sent);
    std::memset(space.data(), 'x', count);
    sent += count;
    state = reader.Received(count);
  }
  EXPECT_EQ(state, State::Whole);
  EXPECT_EQ(reader.body(), std::string(300000, 'x'));
}

}  // namespace
}  // namespace harness::load
