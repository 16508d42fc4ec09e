// Pieces of an answer that wait for the next one, as clients of a front get them. RESP-5.
#include "hosts/daemon/held_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "hosts/daemon/testing/front_stage.h"

namespace hosts::daemon {

using ::testing::EndsWith;
using ::testing::StartsWith;

namespace {

class HeldAnswersTest : public FrontTest {};

}  // namespace

TEST_F(HeldAnswersTest, HoldsAPieceThatIsNotTheLast) {
  flush_delay_ = std::chrono::hours(1);
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const base::UniqueFd link = TakeALinkWithItsRequest();
  BeginAnswerOn(link, "first, ", 13);
  RawClient other(server_->port());
  other.Send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  AnswerOn(TakeALinkWithItsRequest(), "y");
  (void)other.ReadUntil("\r\n\r\ny");  // so the front has seen what came before
  EXPECT_TRUE(client.is_quiet());
  EndAnswerOn(link, "second");
  client.ReadUntil("\r\n\r\nfirst, second");
}

TEST_F(HeldAnswersTest, HoldsNoMoreThanIsWorthSending) {
  flush_delay_ = std::chrono::hours(1);
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const base::UniqueFd link = TakeALinkWithItsRequest();
  const std::string piece(4096, 'x');
  constexpr int kPieces = 16;
  BeginAnswerOn(link, piece, kPieces * piece.size() + 1);
  for (int i = 1; i < kPieces; ++i)
    GoOnWithAnswerOn(link, piece);
  (void)client.ReadUntil("\r\n\r\n");
  (void)client.ReadBytes(kPieces * piece.size());
  EndAnswerOn(link, "y");
  EXPECT_EQ(client.ReadBytes(1), "y");
}

TEST_F(HeldAnswersTest, SendsAPieceAfterSilence) {
  flush_delay_ = std::chrono::milliseconds(20);
  StartFront();
  RawClient client(server_->port());
  for (const auto* body : {"once", "more"}) {
    client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    base::UniqueFd link = TakeALinkWithItsRequest();
    const auto begin = base::Clock::now();
    BeginAnswerOn(link, body, 5);
    client.ReadUntil(body);
    EXPECT_GE(base::Clock::now() - begin, flush_delay_);
    EndAnswerOn(link, ".");
    EXPECT_EQ(client.ReadBytes(1), ".");
    link.reset();  // so that the next request comes on a new one
  }
}

TEST_F(HeldAnswersTest, BeginsToWaitAnewWithEveryPiece) {
  flush_delay_ = std::chrono::milliseconds(100);
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const base::UniqueFd link = TakeALinkWithItsRequest();
  constexpr int kPieces = 10;
  std::vector<base::Clock::time_point> written;
  std::thread process([&] {
    for (int i = 0; i < kPieces; ++i) {
      const auto now = base::Clock::now();
      written.push_back(now);
      if (i == 0) BeginAnswerOn(link, "0", kPieces + 1);
      if (i > 0) GoOnWithAnswerOn(link, std::to_string(i));
      while (base::Clock::now() < now + flush_delay_ / 5)
        std::this_thread::yield();
    }
  });
  (void)client.ReadUntil("\r\n\r\n");
  const auto seen = base::Clock::now();
  const std::string batch = client.TakeRest();
  process.join();
  EndAnswerOn(link, "e");
  (void)client.ReadUntil("e");
  // However late the machine was: what came together came after the silence behind its last piece.
  ASSERT_THAT(batch, StartsWith("0"));
  EXPECT_GE(seen, written.at(batch.size() - 1) + flush_delay_) << batch;
}

TEST_F(HeldAnswersTest, CutsBehindWhatItHeld) {
  flush_delay_ = std::chrono::hours(1);
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  base::UniqueFd dying = TakeALinkWithItsRequest();
  for (std::uint32_t cell = 0; cell < kThreads; ++cell)
    (void)board_.Begin({.cell = cell, .turn = 1});
  BeginAnswerOn(dying, "part", 100);
  dying.reset();
  EXPECT_THAT(client.ReadToEnd(), EndsWith("\r\n\r\npart"));
}

TEST_F(HeldAnswersTest, ForgetsWhatItHeldForAClientThatLeft) {
  flush_delay_ = std::chrono::milliseconds(20);
  StartFront();
  for (int i = 0; i < 20; ++i) {
    RawClient leaving(server_->port());
    leaving.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    const base::UniqueFd link = TakeALinkWithItsRequest();
    BeginAnswerOn(link, "part", 100);
    leaving.Reset();
    WaitForTheEnd(link);
  }
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const base::UniqueFd link = TakeALinkWithItsRequest();
  BeginAnswerOn(link, "part", 5);
  client.ReadUntil("part");
  EndAnswerOn(link, ".");
  EXPECT_EQ(client.ReadBytes(1), ".");
}

// What a frame leaves over of a large piece is small, and was held; the backlog became small when it was sent,
// and nobody read on.
TEST_F(HeldAnswersTest, GoesOnForAClientThatIsBehind) {
  flush_delay_ = std::chrono::milliseconds(5);
  constexpr std::size_t kPiece = 70'000;
  constexpr int kPieces = 100;
  StartWorker([](const auto&, auto&, exchange::AnswerSink& sink) {
    exchange::AnswerHead head;
    head.content_length = kPieces * kPiece;
    head.headers = {{"Content-Length", std::to_string(kPieces * kPiece)}};
    (void)sink.Begin(std::move(head));
    const std::string piece(kPiece, 'x');
    for (int i = 0; i < kPieces; ++i) {
      if (!sink.Write(piece, exchange::AnswerSink::Then::Flush)) return sink.Abort();
    }
    (void)sink.Finish();
  });
  StartFront();
  RawClient client(server_->port());
  constexpr int kLittle = 65'536;
  ASSERT_EQ(::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &kLittle, sizeof kLittle), 0);
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  (void)client.ReadUntil("\r\n\r\n");
  std::size_t left = kPieces * kPiece;
  while (left > 0) {
    const std::size_t size = std::min<std::size_t>(left, 16'384);
    ASSERT_EQ(client.ReadBytes(size).size(), size) << left << " bytes did not come";
    left -= size;
    const auto pause = base::Clock::now() + std::chrono::microseconds(300);
    while (base::Clock::now() < pause)
      std::this_thread::yield();
  }
}

}  // namespace hosts::daemon
