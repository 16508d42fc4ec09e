#include "hosts/serving/http_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>

#include "hosts/serving/testing/behaviours.h"
#include "hosts/serving/testing/raw_client.h"

namespace hosts::serving {

using testing::AnswerWithEcho;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using testing::RunEverything;
using ::testing::StartsWith;
using testing::TestServer;

namespace {

AnswerFunctionFactory Always(AnswerFunction answer) {
  return [answer] { return answer; };
}

}  // namespace

TEST(HttpConnection, KeepsTheConnectionAndAnswersPipelinedRequestsInOrder) {
  RunEverything service;
  TestServer server(2, service, Always(AnswerWithEcho));
  RawClient client(server.port());
  client.Send("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("/a:"), HasSubstr("200 OK"));
  EXPECT_THAT(client.ReadUntil("/b:"), HasSubstr("200 OK"));
  client.Send("GET /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), HasSubstr("Connection: close\r\n\r\n/c:"));
}

TEST(HttpConnection, ReadsBodiesByLengthAndChunkedOfAnySize) {
  RunEverything service;
  TestServer server(1, service, Always(AnswerWithEcho));
  RawClient client(server.port());
  const std::string big(3'000'000, 'x');
  client.Send("POST /l HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(big.size()) +
              "\r\n\r\n" + big);
  client.ReadUntil("/l:");
  EXPECT_EQ(client.ReadBytes(big.size()), big);
  client.Send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.Send("2d\r\n" + std::string(45, 'y') + "\r\n0\r\n\r\n");
  client.ReadUntil("/c:");
  EXPECT_EQ(client.ReadBytes(48), "abc" + std::string(45, 'y'));
}

TEST(HttpConnection, AsksForTheBodyOfAClientThatWaitsWhenTheApplicationReads) {
  RunEverything service;
  TestServer server(1, service, Always(AnswerWithEcho));
  RawClient client(server.port());
  client.Send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("ok");
  EXPECT_THAT(client.ReadUntil("/e:ok"), HasSubstr("200 OK"));
}

// It kept the connection and took whatever came next for the body that the client never sent.
TEST(HttpConnection, ClosesBehindAnAnswerThatDidNotAskForTheBodyOfAClientThatWaits) {
  RunEverything service;
  TestServer server(1, service, Always([](const auto&, auto&, exchange::AnswerSink& sink) {
                      exchange::AnswerHead head;
                      head.content_length = 0;
                      (void)sink.Begin(std::move(head));
                      (void)sink.Finish();
                    }));
  RawClient client(server.port());
  client.Send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  const std::string answer = client.ReadToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST(HttpConnection, SendsAStreamPieceByPiece) {
  RunEverything service;
  std::binary_semaphore go_on(0);
  TestServer server(1, service, Always([&](const auto&, auto&, exchange::AnswerSink& sink) {
                      (void)sink.Begin({});
                      (void)sink.Write("first", exchange::AnswerSink::Then::Flush);
                      go_on.acquire();
                      (void)sink.Write("second", exchange::AnswerSink::Then::Flush);
                      (void)sink.Finish();
                    }));
  RawClient client(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("5\r\nfirst\r\n"), HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_TRUE(client.is_quiet());
  go_on.release();
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "6\r\nsecond\r\n0\r\n\r\n");
}

TEST(HttpConnection, CutsTheConnectionWhenABodyBreaksOff) {
  RunEverything service;
  TestServer server(1, service, Always([](const auto&, auto&, exchange::AnswerSink& sink) {
                      (void)sink.Begin({});
                      (void)sink.Write("part", exchange::AnswerSink::Then::Flush);
                      sink.Abort();
                    }));
  RawClient client(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string answer = client.ReadToEnd();
  EXPECT_THAT(answer, ::testing::EndsWith("4\r\npart\r\n"));
}

// A half-closed client got only what the socket had taken when the application was done.
TEST(HttpConnection, SendsAllOfALongAnswerToAClientThatHasHalfClosed) {
  RunEverything service;
  const std::string body(16'000'000, 'x');
  TestServer server(1, service, Always([&](const auto&, auto&, exchange::AnswerSink& sink) {
                      exchange::AnswerHead head;
                      head.content_length = body.size();
                      (void)sink.Begin(std::move(head));
                      (void)sink.Write(body, exchange::AnswerSink::Then::More);
                      (void)sink.Finish();
                    }));
  RawClient client(server.port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  client.CloseWrites();
  client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd().size(), body.size());
}

TEST(HttpConnection, TellsTheApplicationThatABodyBreaksOffAndSendsItsAnswer) {
  RunEverything service;
  TestServer server(1, service, Always([](const auto&, auto& body, exchange::AnswerSink& sink) {
                      while (!body.buffered().empty())
                        body.Consume(body.buffered().size());
                      exchange::AnswerHead head;
                      head.status = body.Fill() ? 200 : 500;
                      (void)sink.Begin(std::move(head));
                      (void)sink.Finish();
                    }));
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n12345");
  client.CloseWrites();
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 500 "));
}

// A dispatch script says "here" or "nowhere" by the path.
class AskFirst final : public RunEverything {
 public:
  void Decide(exchange::RequestHead& head, Decision& decision) override {
    RunEverything::Decide(head, decision);
    head.dispatch_script = "/dispatch.py";
  }
  void DecideAgain(exchange::RequestHead& head,
                   const exchange::Choice& choice,
                   Decision& decision) override {
    head.dispatch_script = {};
    if (choice.process_group == "/nowhere") {
      decision.what = Decision::What::Refuse;
      decision.status = 500;
    }
  }
};

TEST(HttpConnection, IsDecidedAgainAfterADispatchScriptHasChosen) {
  AskFirst service;
  TestServer server(2, service, Always([](const auto& head, auto& body, auto& sink) {
                      if (head.dispatch_script.empty()) return AnswerWithEcho(head, body, sink);
                      sink.Choose({std::string(head.path_info), {}, {}});
                    }));
  RawClient client(server.port());
  client.Send("POST /here HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  client.ReadUntil("/here:");
  EXPECT_EQ(client.ReadBytes(4), "body");
  client.Send("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("/b:"), HasSubstr("500 Internal"));
  client.Send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("xy");
  client.ReadUntil("/e:");
  EXPECT_EQ(client.ReadBytes(2), "xy");
}

class NotesRounds final : public Service {
 public:
  void Decide(exchange::RequestHead& head, Decision& decision) override {
    rounds.push_back(loop->round());
    decision.path_info = decision.path;
    head.path_info = decision.path_info;
    decision.what = decision.path == "/refused" ? Decision::What::Refuse : Decision::What::Forward;
  }
  std::unique_ptr<Forwarding> Forward(ForwardedRequest& request) override {
    return std::make_unique<testing::Echoing>(request);
  }
  std::vector<std::uint64_t> rounds;
  Loop* loop = nullptr;
};

// Who has an answer may have changed a file before asking again: what was seen of it before does not hold.
TEST(HttpConnection, WhatComesBehindAnAnswerIsOfAnotherRound) {
  NotesRounds service;
  TestServer server(0, service, AnswerFunctionFactory(), HttpSettings{}, [&](Loop& loop) {
    service.loop = &loop;
  });
  RawClient client(server.port());
  std::string requests;
  for (const char* path : {"/refused", "/refused", "/Answered", "/Answered", "/Answered"})
    requests += std::string("GET ") + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
  client.Send(requests + "GET /refused HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  (void)client.ReadToEnd();
  server.Stop();
  ASSERT_EQ(service.rounds.size(), 6U);
  for (size_t i = 1; i < service.rounds.size(); ++i)
    EXPECT_GT(service.rounds[i], service.rounds[i - 1]) << i;
}

TEST(HttpConnection, ClosesAfterAsManyRequestsAsItMayBring) {
  RunEverything service;
  HttpSettings settings;
  settings.limits.keep_alive_requests = 2;
  TestServer server(1, service, Always(AnswerWithEcho), settings);
  RawClient client(server.port());
  const std::string request = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  client.Send(request);
  EXPECT_THAT(client.ReadUntil("/a:"), Not(HasSubstr("Connection: close")));
  client.Send(request + request);
  const std::string rest = client.ReadToEnd();
  EXPECT_THAT(rest, HasSubstr("Connection: close"));
  EXPECT_EQ(rest.find("200 OK"), rest.rfind("200 OK")) << "the third is not answered";
}

TEST(HttpConnection, ClosesAfterEachRequestWithoutKeepAlive) {
  RunEverything service;
  HttpSettings settings;
  settings.limits.keep_alive = false;
  TestServer server(1, service, Always(AnswerWithEcho), settings);
  RawClient client(server.port());
  client.Send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), HasSubstr("Connection: close"));
}

// The loop looks once a second: the answer comes then.
TEST(HttpConnection, GivesUpWhoSendsTooSlowly) {
  RunEverything service;
  HttpSettings settings;
  settings.limits.head_timeout = {std::chrono::milliseconds(1), {}, 0};
  settings.limits.body_timeout = {std::chrono::milliseconds(1), {}, 0};
  TestServer server(1, service, Always(AnswerWithEcho), settings);
  RawClient head(server.port());
  RawClient body(server.port());
  head.Send("GET /a HTTP/1.1\r\nHost:");
  body.Send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na");
  EXPECT_THAT(head.ReadToEnd(), HasSubstr("408 Request Timeout"));
  EXPECT_THAT(body.ReadToEnd(), HasSubstr("408 Request Timeout"));
}

TEST(HttpConnection, RefusesWithoutRunningAnything) {
  RunEverything service;
  std::atomic<int> runs{0};
  TestServer server(1, service, Always([&](const auto& head, auto& body, auto& sink) {
                      ++runs;
                      AnswerWithEcho(head, body, sink);
                    }));
  RawClient client(server.port());
  client.Send(
      "POST /missing HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /x HTTP/1.1\r\nHost: "
      "h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  client.ReadUntil("/x:");
  client.Send("nonsense\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_EQ(runs, 1);
}

TEST(HttpConnection, GivesUpTheRequestOfAClientThatLeftInTheMiddle) {
  RunEverything service;
  std::latch gave_up(1);
  TestServer server(1, service, Always([&](const auto&, auto& body, auto& sink) {
                      while (true) {
                        body.Consume(body.buffered().size());
                        auto more = body.Fill();
                        if (!more) {
                          EXPECT_EQ(more.error().kind, base::ErrorKind::Closed);
                          sink.Abort();
                          gave_up.count_down();
                          return;
                        }
                      }
                    }));
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n" +
              std::string(200'000, 'x'));
  client.CloseWrites();
  gave_up.wait();
}

TEST(HttpConnection, ABlockedReaderHoldsNoThreadUntilTheBufferIsFull) {
  RunEverything service;
  const std::string part(20'000, 'x');
  TestServer server(1, service, Always([&](const auto& head, auto&, exchange::AnswerSink& sink) {
                      exchange::AnswerHead answer;
                      const bool is_big = head.path_info == "/big";
                      answer.content_length = is_big ? part.size() * 2 : 2;
                      (void)sink.Begin(std::move(answer));
                      if (is_big) (void)sink.Write(part, exchange::AnswerSink::Then::More);
                      (void)sink.Write(is_big ? part : "ok", exchange::AnswerSink::Then::Flush);
                      (void)sink.Finish();
                    }));
  RawClient slow(server.port());
  const int small = 4096;
  ::setsockopt(slow.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  slow.Send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  for (int i = 0; i < 50; ++i) {  // the only thread is free for others
    RawClient client(server.port());
    client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    client.ReadUntil("\r\n\r\nok");
  }
  slow.ReadUntil("\r\n\r\n");
  EXPECT_EQ(slow.ReadBytes(part.size() * 2).size(), part.size() * 2);
}

TEST(HttpConnection, ReadsARequestThatArrivesInPieces) {
  RunEverything service;
  TestServer server(1, service, Always(AnswerWithEcho));
  RawClient client(server.port());
  client.Send("GET /kept HTTP/1.1\r\nHost: h\r\n\r\n");
  client.ReadUntil("/kept:");
  client.Send("POST /a HTTP/1.1\r\nHo");
  EXPECT_TRUE(client.is_quiet());
  client.Send("st: h\r\nContent-Length: 2\r\n");
  EXPECT_TRUE(client.is_quiet());
  client.Send("\r\no");
  EXPECT_TRUE(client.is_quiet());
  client.Send("k");
  EXPECT_THAT(client.ReadUntil("/a:ok"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

// Whoever speaks so may mean something else by the bytes behind it.
TEST(HttpConnection, ClosesBehindATargetOrHostThatIsNone) {
  RunEverything service;
  TestServer server(1, service, Always(AnswerWithEcho));
  for (const char* head : {"GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                           "GET http://h/ HTTP/1.1\r\nHost: a b\r\n\r\n",
                           "GET * HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    RawClient client(server.port());
    client.Send(std::string(head) + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answer = client.ReadToEnd();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("/next")));
  }
}

TEST(HttpConnection, AnswersForTheServerAsAWhole) {
  RunEverything service;
  TestServer server(1, service, Always(AnswerWithEcho));
  RawClient client(server.port());
  client.Send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("200 OK\r\nContent-Length: 0\r\n"));
  client.ReadUntil("/next:");
}

}  // namespace hosts::serving
