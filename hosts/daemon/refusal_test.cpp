// A front and processes whose scripts have changed: what is refused, and what is held back until it is accepted
// (RELOAD-3, RELOAD-4, ERR-27; wire.md).

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <thread>

#include "hosts/daemon/testing/front_stage.h"

namespace hosts::daemon {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Refuses with the first link that comes, and ends: what the supervisor has stays.
TEST_F(FrontTest, SendsARefusedRequestToTheProcessThatComesNext) {
  StartFront();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  base::UniqueFd link = TakeALinkWithItsRequest();
  RefuseOn(link);
  link.reset();
  StartWorker(AnswerWithEcho);
  EXPECT_THAT(client.ReadUntil("/x:body"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(FrontTest, AnswersWith503WhatEveryProcessRefuses) {
  const std::string other_path = directory_.path() / "other.sock";
  const base::UniqueFd other = ListenAt(other_path);
  others_ = {other_path};
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  int refusals = 0;
  for (; refusals < 5; ++refusals) {
    const int from = WaitForALinkTo({listening_.get(), other.get()});
    const base::UniqueFd link = TakeALinkWithItsRequest(from);
    RefuseOn(link, kUnseen);  // that one does not count
    const int again = WaitForALinkTo({listening_.get(), other.get()});
    RefuseOn(TakeALinkWithItsRequest(again));
  }
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 503 "));
  server_->Stop();
}

// A request whose process died was sent along each of the links that process had left idle, lost each time,
// and answered with 502 after the eighth.
TEST_F(FrontTest, UsesNoLinkToAProcessThatWent) {
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  std::vector<base::UniqueFd> links;
  for (int i = 0; i < kThreads; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    links.push_back(TakeALinkWithItsRequest());
  }
  for (int i = 0; i < kThreads; ++i) {
    AnswerOn(links.at(static_cast<std::size_t>(i)), "ok");
    clients.at(static_cast<std::size_t>(i))->ReadUntil("ok");
  }
  clients.front()->Send("GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
  std::vector<pollfd> entries;
  for (const auto& link : links)
    entries.push_back({link.get(), POLLIN, 0});
  ASSERT_EQ(::poll(entries.data(), entries.size(), 10'000), 1);
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (entries[i].revents != 0) links[i].reset();
  }
  const base::UniqueFd fresh = TakeALinkWithItsRequest();
  AnswerOn(fresh, "fresh");
  EXPECT_THAT(clients.front()->ReadUntil("fresh"), HasSubstr("200 OK"));
  for (const auto& link : links) {
    if (link.is_open()) WaitForTheEnd(link);
  }
}

TEST_F(FrontTest, TakesARefusedRequestToAnotherProcess) {
  const std::string other_path = directory_.path() / "other.sock";
  const base::UniqueFd other = ListenAt(other_path);
  others_ = {other_path};
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const int first = WaitForALinkTo({listening_.get(), other.get()});
  RefuseOn(TakeALinkWithItsRequest(first));
  EXPECT_NE(WaitForALinkTo({listening_.get(), other.get()}), first);
  client.Reset();
  server_->Stop();
}

// Nothing of a body is given away before the process has asked for it: so the next one gets all of it.
TEST_F(FrontTest, HoldsBackABodyUntilItIsAskedFor) {
  service_.set_reloading(true);
  StartFront();
  const std::string big(1'000'000, 'x');
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(big.size()) +
              "\r\n\r\n" + big.substr(0, 200'000));
  base::UniqueFd link = TakeALinkWithItsRequest();
  // Another client's answer shows that the front has been through its loop since.
  RawClient other(server_->port());
  other.Send("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
  AnswerOn(TakeALinkWithItsRequest(), "other");
  other.ReadUntil("other");
  char byte = 0;
  EXPECT_EQ(::recv(link.get(), &byte, 1, MSG_DONTWAIT), -1);
  RefuseOn(link);
  link.reset();
  StartWorker(AnswerWithEcho);
  std::thread sender([&] { client.Send(std::string_view(big).substr(200'000)); });
  client.ReadUntil("/x:");
  EXPECT_EQ(client.ReadBytes(big.size()), big);
  sender.join();
}

TEST_F(FrontTest, GivesABodyAwayAtOnceWhereScriptsAreNotReloaded) {
  StartFront();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
              std::string(200'000, 'x'));
  const base::UniqueFd link = TakeALinkWithItsRequest();
  char byte = 0;
  EXPECT_EQ(::recv(link.get(), &byte, 1, 0), 1);
}

// It was not asked for, and is not skipped either: the link ends with the answer.
TEST_F(FrontTest, AnswersWithoutTheBodyThatWasHeldBack) {
  service_.set_reloading(true);
  StartWorker([](const auto&, auto&, exchange::AnswerSink& sink) {
    exchange::AnswerHead answer;
    answer.headers = {{"Content-Length", "2"}};
    answer.content_length = 2;
    (void)sink.Begin(std::move(answer));
    (void)sink.Write("ok", exchange::AnswerSink::Then::More);
    (void)sink.Finish();
  });
  StartFront();
  for (int i = 0; i < 5; ++i) {
    RawClient client(server_->port());
    client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
                std::string(200'000, 'x'));
    client.ReadUntil("\r\n\r\nok");
  }
}

TEST_F(FrontTest, EndsTheWaitForAProcessThatNeverAsksForTheBody) {
  answer_timeout_ = std::chrono::seconds(1);
  service_.set_reloading(true);
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
              std::string(200'000, 'x'));
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 504 "));
  may_leave_.count_down();
}

TEST_F(FrontTest, ARefusalOfWhatWasGivenAwayIsAnError) {
  StartFront();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
              std::string(200'000, 'x'));
  RefuseOn(TakeALinkWithItsRequest());
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 502 "));
}

// The process itself: the one that noticed answers what is inside, refuses what it has not begun, and says
// so to whoever is to end it.
TEST_F(FrontTest, AProcessThatIsToldToEndRefusesWhatItHasNotBegun) {
  std::latch is_inside(1);
  std::atomic<int> run{0};
  std::atomic<int> reloads{0};
  worker_ = std::make_unique<Worker>(
      listening_.get(),
      board_,
      kThreads,
      [&](const exchange::RequestHead& head, auto& body, exchange::AnswerSink& sink) {
        ++run;
        if (head.path_info == "/outdated") return sink.Refuse();
        is_inside.count_down();
        may_leave_.wait();
        AnswerWithEcho(head, body, sink);
      },
      [&](serving::Loop& loop) {
        ++reloads;
        loop.RequestStop();
      });
  const base::UniqueFd inside = OpenLink(kToken);
  Send(inside, RequestFor("/inside", 0));
  is_inside.wait();
  const base::UniqueFd outdated = OpenLink(kToken);
  Send(outdated, RequestFor("/outdated", 1) + RequestFor("/later", 2));
  EXPECT_EQ(NextFrameOn(outdated), (std::pair(FrameType::Refused, std::uint8_t{0})));
  WaitForTheEnd(outdated);
  EXPECT_EQ(run, 2);
  EXPECT_EQ(reloads, 1);
  may_leave_.count_down();
  WaitForTheAnswer(inside);
}

// One thread: what waits for it is refused as soon as the process is told to end.
TEST_F(FrontTest, RefusesUnseenWhatWaitedForAThread) {
  std::latch is_inside(kThreads);
  std::atomic<int> run{0};
  std::vector<base::UniqueFd> links;
  StartWorker([&](const auto& head, auto& body, exchange::AnswerSink& sink) {
    ++run;
    is_inside.count_down();
    may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    links.push_back(OpenLink(kToken));
    Send(links.back(), RequestFor("/inside", i));
  }
  is_inside.wait();
  const base::UniqueFd waits = OpenLink(kToken);
  Send(waits, RequestFor("/waits", kThreads));
  WaitForTheEnd(OpenLink("a guess"));  // the loop has heard of everything before
  worker_->TellToStop();
  may_leave_.count_down();
  EXPECT_EQ(NextFrameOn(waits), (std::pair(FrameType::Refused, kUnseen)));
  for (const auto& link : links)
    WaitForTheAnswer(link);
  EXPECT_EQ(run, kThreads);
}

}  // namespace hosts::daemon
