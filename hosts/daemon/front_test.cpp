#include "hosts/daemon/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <semaphore>
#include <thread>

#include "hosts/daemon/testing/front_stage.h"

namespace hosts::daemon {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(FrontTest, BringsRequestsAndAnswersOverKeptLinks) {
  std::atomic<int> answered{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    ++answered;
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient client(server_->port());
  for (int i = 0; i < 50; ++i) {
    client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
    EXPECT_THAT(client.ReadUntil("/x:body"), StartsWith("HTTP/1.1 200 OK"));
  }
  EXPECT_EQ(answered, 50);
}

TEST_F(FrontTest, StreamsLargeBodiesBothWays) {
  StartWorker(AnswerWithEcho);
  StartFront();
  const std::string big(5'000'000, 'x');
  RawClient client(server_->port());
  std::thread sender([&] {
    client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(big.size()) +
                "\r\n\r\n");
    client.Send(big);
  });
  sender.join();
  client.ReadUntil("/x:");
  EXPECT_EQ(client.ReadBytes(big.size()), big);
}

// Requests hung: an application that read as many bytes as Content-Length says, and not the end behind
// them, left a link that the process closed, and on which the front had sent the next request.
TEST_F(FrontTest, GoesOnAfterBodiesWhoseEndNobodyLookedFor) {
  StartWorker([](const exchange::RequestHead& head, auto& body, exchange::AnswerSink& sink) {
    std::size_t left = head.path_info == "/all" ? head.content_length.value_or(0) : 0;
    while (left > 0) {
      const std::size_t size = std::min(left, body.buffered().size());
      body.Consume(size);
      left -= size;
      if (left > 0 && !body.Fill()) break;
    }
    exchange::AnswerHead answer;
    answer.headers = {{"Content-Length", "2"}};
    answer.content_length = 2;
    (void)sink.Begin(std::move(answer));
    (void)sink.Write("ok", exchange::AnswerSink::Then::More);
    (void)sink.Finish();
  });
  StartFront();
  const std::string big(200'000, 'x');
  for (int i = 0; i < 60; ++i) {
    RawClient client(server_->port());
    client.Send(std::string("POST ") + (i % 3 == 0 ? "/none" : "/all") +
                " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(big.size()) +
                "\r\n\r\n" + big);
    client.ReadUntil("\r\n\r\nok");
  }
}

TEST_F(FrontTest, KeepsRequestsThatFindEveryThreadBusy) {
  std::counting_semaphore<> may_leave(0);
  std::atomic<int> inside{0};
  std::atomic<int> most_inside{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    const int now = ++inside;
    int most = most_inside;
    while (now > most && !most_inside.compare_exchange_weak(most, now)) {
    }
    may_leave.acquire();
    --inside;
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  while (inside < kThreads)
    std::this_thread::yield();
  may_leave.release(6);
  for (auto& client : clients)
    client->ReadUntil("/x:");
  EXPECT_EQ(most_inside, kThreads);
}

// Requests of a busy moment reach the only process together, and are begun as threads become free.
TEST_F(FrontTest, LetsRequestsWaitInTheProcess) {
  queue_ = kQueue;
  std::counting_semaphore<> may_leave(0);
  std::atomic<int> inside{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    ++inside;
    may_leave.acquire();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kThreads + kQueue + 2; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  while (inside < kThreads)
    std::this_thread::yield();
  EXPECT_EQ(inside, kThreads);
  may_leave.release(static_cast<std::ptrdiff_t>(clients.size()));
  for (auto& client : clients)
    client->ReadUntil("/x:");
}

TEST_F(FrontTest, SendsAgainWhatWaitedInAProcessThatDied) {
  queue_ = kQueue;
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  std::vector<base::UniqueFd> links;
  for (int i = 0; i < kThreads + kQueue; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    links.push_back(TakeALinkWithItsRequest());
  }
  links.clear();
  StartWorker(AnswerWithEcho);
  for (auto& client : clients)
    EXPECT_THAT(client->ReadUntil("/x:"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(FrontTest, RunsNothingForAClientThatLeftWhileItsRequestWaited) {
  std::counting_semaphore<> may_leave(0);
  std::atomic<int> inside{0};
  std::atomic<int> unwanted{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    if (head.path_info == "/unwanted") ++unwanted;
    ++inside;
    may_leave.acquire();
    AnswerWithEcho(head, body, sink);
  });
  std::vector<base::UniqueFd> busy;
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    busy.push_back(OpenLink(kToken));
    Send(busy.back(), RequestFor("/x", i));
  }
  while (inside < kThreads)
    std::this_thread::yield();
  base::UniqueFd left = OpenLink(kToken);
  Send(left, RequestFor("/unwanted", kThreads));
  left.reset();
  // Whoever comes later and is refused shows that the loop has heard of everything before.
  WaitForTheEnd(OpenLink("a guess"));
  const base::UniqueFd last = OpenLink(kToken);
  Send(last, RequestFor("/x", kThreads));
  may_leave.release(kThreads + 2);
  for (const auto& link : busy)
    WaitForTheAnswer(link);
  WaitForTheAnswer(last);
  EXPECT_EQ(unwanted, 0);
}

TEST_F(FrontTest, SendsARequestAgainThatNobodyHadBegun) {
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  base::UniqueFd dying = TakeALinkWithItsRequest();
  dying.reset();
  StartWorker(AnswerWithEcho);
  EXPECT_THAT(client.ReadUntil("/x:"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(FrontTest, AnswersWith502WhenTheProcessDiesInsideTheApplication) {
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  base::UniqueFd dying = TakeALinkWithItsRequest();
  for (std::uint32_t cell = 0; cell < kThreads; ++cell)
    (void)board_.Begin({.cell = cell, .turn = 1});
  dying.reset();
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 502 Bad Gateway"));
  StartWorker(AnswerWithEcho);
  client.Send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("/y:"), HasSubstr("200 OK"));
}

// The one process that there is accepts a link and no other, as when it has no descriptors left.
TEST_F(FrontTest, SendsOnALinkThatIsFreeWhatWaitsOnOneThatIsNotAccepted) {
  StartFront();
  RawClient first(server_->port());
  first.Send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
  const base::UniqueFd link = TakeALinkWithItsRequest();
  RawClient second(server_->port());
  second.Send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  WaitForALink();
  AnswerOn(link, "first");
  EXPECT_THAT(first.ReadUntil("first"), HasSubstr("200 OK"));
  EXPECT_EQ(WaitForARequest(link), "/second");
  AnswerOn(link, "second");
  EXPECT_THAT(second.ReadUntil("second"), HasSubstr("200 OK"));
  // The process comes round to accepting it after all.
  StartWorker([](const auto& /*head*/, auto& /*body*/, auto& /*sink*/) {
    ADD_FAILURE() << "a request that was taken back was run";
  });
  WaitForTheEnd(OpenLink("a guess"));  // the loop has heard of everything before
}

TEST_F(FrontTest, SendsToAnotherProcessWhatOneDoesNotBegin) {
  const std::string other_path = directory_.path() / "other.sock";
  const base::UniqueFd other = ListenAt(other_path);
  others_ = {other_path};
  Worker worker(other.get(), board_, kThreads, AnswerWithEcho);
  StartFront();
  RawClient first(server_->port());
  first.Send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
  WaitForALink();
  RawClient second(server_->port());
  second.Send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(second.ReadUntil("/second:"), HasSubstr("200 OK"));
  EXPECT_THAT(first.ReadUntil("/first:"), HasSubstr("200 OK"));
  server_->Stop();  // before the process it is connected to
}

TEST_F(FrontTest, LeavesARequestWhereItsApplicationHasBegun) {
  queue_ = kQueue;
  std::atomic<int> begun{0};
  std::counting_semaphore<> may_leave(0);
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    ++begun;
    if (head.path_info == "/slow") may_leave.acquire();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient quick(server_->port());
  RawClient slow(server_->port());
  slow.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  // An idle link is there, and ticks go by.
  const auto end = base::Deadline::After(std::chrono::seconds(3));
  int asked = 0;
  for (; !end.has_passed(); ++asked) {
    quick.Send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(quick.ReadUntil("/quick:"), HasSubstr("200 OK"));
  }
  EXPECT_EQ(begun, asked + 1);
  may_leave.release();
  EXPECT_THAT(slow.ReadUntil("/slow:"), HasSubstr("200 OK"));
}

TEST_F(FrontTest, AnswersWith503WhenNobodyListensForLong) {
  connect_timeout_ = std::chrono::milliseconds(1);
  listening_.reset();  // the socket's file stays: connections are refused
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(FrontTest, WaitsForOneWhoListensSoon) {
  listening_.reset();
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string other = directory_.path() / "other.sock";
  listening_ = ListenAt(other);
  ASSERT_EQ(::rename(other.c_str(), path_.c_str()), 0);  // a socket is there at every moment
  StartWorker(AnswerWithEcho);
  EXPECT_THAT(client.ReadUntil("/x:"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(FrontTest, AnswersWith503AtOnceWhenThereIsNoSocket) {
  connect_timeout_ = std::chrono::hours(1);
  ::unlink(path_.c_str());
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 503 "));
}

// Clients waited forever.
TEST_F(FrontTest, AnswersWith504WhenNoAnswerBegins) {
  answer_timeout_ = std::chrono::seconds(2);
  StartWorker([&](const exchange::RequestHead& head, auto& body, auto& sink) {
    if (head.path_info == "/slow") may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 504 "));
  client.Send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("/y:"), HasSubstr("200 OK"));
  may_leave_.count_down();
}

TEST_F(FrontTest, AnswersWith504WhenNoThreadBecomesFree) {
  answer_timeout_ = std::chrono::milliseconds(100);
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 2 * kThreads + 1; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  for (auto& client : clients)
    EXPECT_THAT(client->ReadUntil("</html>\n"), StartsWith("HTTP/1.1 504 "));
  may_leave_.count_down();
}

TEST_F(FrontTest, CutsAnAnswerThatDoesNotGoOn) {
  answer_timeout_ = std::chrono::milliseconds(100);
  StartWorker([&](const auto&, auto&, exchange::AnswerSink& sink) {
    (void)sink.Begin({});
    (void)sink.Write("part", exchange::AnswerSink::Then::Flush);
    may_leave_.wait();
    sink.Abort();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), EndsWith("4\r\npart\r\n"));
  may_leave_.count_down();
}

// The rest of a body that its client sends slowly is not waited for here.
TEST_F(FrontTest, WaitsForASlowClientAsLongAsTheClientMay) {
  answer_timeout_ = std::chrono::seconds(2);
  StartWorker([&](const exchange::RequestHead& head, auto& body, auto& sink) {
    if (head.path_info == "/stuck") may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient slow(server_->port());
  slow.Send("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
            std::string(200'000, 'x'));
  // Who came later and is answered 504 shows that the time has passed for both.
  RawClient stuck(server_->port());
  stuck.Send("GET /stuck HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(stuck.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 504 "));
  slow.Send(std::string(100'000, 'x'));
  slow.ReadUntil("/slow:");
  EXPECT_EQ(slow.ReadBytes(300'000), std::string(300'000, 'x'));
  may_leave_.count_down();
}

TEST_F(FrontTest, RefusesHeadersThatAreTooLong) {
  StartWorker([&](const exchange::RequestHead& head, auto&, exchange::AnswerSink& sink) {
    exchange::AnswerHead answer;
    const std::string value(std::stoul(std::string(head.path_info.substr(1))), 'v');
    answer.headers = {{"X-Long", value}, {"Content-Length", "2"}};
    answer.content_length = 2;
    (void)sink.Begin(std::move(answer));
    (void)sink.Write("ok", exchange::AnswerSink::Then::More);
    (void)sink.Finish();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /93 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 500 "));
  client.Send("GET /92 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("\r\n\r\nok"), HasSubstr("200 OK"));
}

// A process was killed between the last byte of a body and the frame that says so.
TEST_F(FrontTest, KeepsAClientThatHasItsWholeAnswer) {
  StartWorker([](const exchange::RequestHead& head, auto& body, exchange::AnswerSink& sink) {
    if (head.path_info != "/killed") return AnswerWithEcho(head, body, sink);
    exchange::AnswerHead answer;
    answer.headers = {{"Content-Length", "2"}};
    answer.content_length = 2;
    (void)sink.Begin(std::move(answer));
    (void)sink.Write("ok", exchange::AnswerSink::Then::Flush);
    sink.Abort();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /killed HTTP/1.1\r\nHost: h\r\n\r\n");
  client.ReadUntil("\r\n\r\nok");
  client.Send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("/y:"), HasSubstr("200 OK"));
}

TEST_F(FrontTest, CutsTheClientWhenTheAnswerBreaksOff) {
  StartWorker([](const auto&, auto&, exchange::AnswerSink& sink) {
    (void)sink.Begin({});
    (void)sink.Write("part", exchange::AnswerSink::Then::Flush);
    sink.Abort();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), EndsWith("4\r\npart\r\n"));
}

TEST_F(FrontTest, TellsTheProcessWhenTheClientLeft) {
  std::latch noticed(1);
  StartWorker([&](const auto&, auto&, exchange::AnswerSink& sink) {
    (void)sink.Begin({});
    const std::string part(10'000, 'x');
    while (sink.Write(part, exchange::AnswerSink::Then::Flush)) {
    }
    sink.Abort();
    noticed.count_down();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  client.ReadUntil("\r\n\r\n");
  client.Reset();
  noticed.wait();
}

TEST_F(FrontTest, AChannelWithoutTheTokenRunsNothing) {
  std::atomic<int> answered{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    ++answered;
    AnswerWithEcho(head, body, sink);
  });
  const base::UniqueFd intruder = OpenLink("a guess");
  Send(intruder, RequestFor("/x", 0));
  char byte = 0;
  EXPECT_LE(::recv(intruder.get(), &byte, 1, 0), 0);  // closed without a word
  EXPECT_EQ(answered, 0);
}

}  // namespace hosts::daemon
