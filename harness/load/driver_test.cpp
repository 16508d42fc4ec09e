// The generator's numbers, held against a server whose delays are known. The bounds are wide: these
// tests run beside others, on any machine, in every build.

#include "harness/load/driver.h"

#include <gmock/gmock.h>
#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include "harness/load/canary.h"
#include "harness/load/testing/known_server.h"

namespace harness::load {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::vector<LoadRequest> Requests() {
  return {{"ok", FormatGet("localhost", "/"), {200, "ok", {}, {}}}};
}

LoadProfile Closed(int connections, milliseconds duration) {
  return {Loop::Closed, connections, 0, duration, milliseconds(500)};
}

LoadProfile Open(int connections, double rate, milliseconds duration) {
  return {Loop::Open, connections, rate, duration, milliseconds(500)};
}

void ExpectBalance(const LoadResult& result) {
  EXPECT_EQ(result.sent, result.done + result.failed + result.unfinished);
  if (result.profile.loop == Loop::Open) {
    EXPECT_EQ(result.planned, result.sent + result.unsent);
    EXPECT_EQ(result.latency.count(), result.done + result.unfinished + result.unsent);
  }
}

LoadResult Offer(const KnownServer& server, const LoadProfile& profile) {
  auto result = RunLoad({"127.0.0.1", server.port()}, Requests(), profile);
  EXPECT_TRUE(result) << (result ? "" : result.error().Text());
  if (!result) return {};
  ExpectBalance(*result);
  return std::move(*result);
}

TEST(RunLoad, AClosedLoopIsAsFastAsItsAnswers) {
  KnownServer server({.delay = [](std::int64_t) { return milliseconds(2); }});
  const LoadResult result = Offer(server, Closed(4, milliseconds(300)));
  server.Stop();
  EXPECT_EQ(result.sent, server.served());
  EXPECT_EQ(result.wrong_answers + result.failed + result.unfinished, 0);
  EXPECT_GE(result.latency.min_ns(), 2'000'000);
  EXPECT_LE(result.requests_per_s(), 4 / 0.002 * 1.02);
  EXPECT_GE(result.requests_per_s(), 4 / 0.002 * 0.2) << "on a busy machine, too";
}

TEST(RunLoad, AnOpenLoopKeepsItsRateAndSeesTheDelay) {
  KnownServer server({.delay = [](std::int64_t) { return milliseconds(1); }});
  const LoadResult result = Offer(server, Open(8, 1000, milliseconds(400)));
  EXPECT_EQ(result.planned, 400);
  // On a busy machine the last may come too late to be sent; but then the ledger says so.
  EXPECT_EQ(result.done + result.unfinished + result.unsent, 400);
  EXPECT_GE(result.done, 200);
  EXPECT_GE(result.service.min_ns(), 1'000'000);
  EXPECT_GE(result.latency.ValueAt(50), 1'000'000);
  EXPECT_LE(result.latency.ValueAt(50), 100'000'000) << "it does not fall behind";
}

// One answer in the middle takes 200 ms, and there is one connection: the requests due meanwhile
// wait. A generator that counts from the sending would show 199 fast answers and one slow one.
TEST(RunLoad, AStallIsSeenByEveryRequestThatWasDue) {
  KnownServer server({.delay = [](std::int64_t number) {
    return number == 100 ? milliseconds(200) : milliseconds(0);
  }});
  const LoadResult result = Offer(server, Open(1, 1000, milliseconds(500)));
  EXPECT_GE(result.latency.ValueAt(75), 50'000'000);
  EXPECT_LE(result.service.ValueAt(75), 20'000'000);
}

TEST(RunLoad, WhatIsNotAnsweredIsCensoredNotForgotten) {
  KnownServer server({.delay = [](std::int64_t number) {
    return number < 10 ? milliseconds(0) : milliseconds(60'000);
  }});
  LoadProfile profile = Open(4, 200, milliseconds(300));
  profile.drain = milliseconds(100);
  const LoadResult result = Offer(server, profile);
  EXPECT_EQ(result.done, 10);
  EXPECT_EQ(result.unfinished, 4);
  EXPECT_EQ(result.unsent, 60 - 14);
  EXPECT_GE(result.latency.max_ns(), 200'000'000);
  EXPECT_EQ(result.censored(), 50);
  EXPECT_THAT(LowerBounds(result), testing::Contains("p50"));
}

TEST(RunLoad, WrongAnswersAreCountedAndTheFirstIsTold) {
  KnownServer server({.answer = [](std::int64_t number) {
    return number % 5 == 4 ? std::string("HTTP/1.1 500 Oh\r\nContent-Length: 3\r\n\r\nbad")
                           : std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }});
  const LoadResult result = Offer(server, Closed(1, milliseconds(100)));
  EXPECT_GE(result.wrong_answers, result.done / 5 - 1);
  EXPECT_LE(result.wrong_answers, result.done / 5 + 1);
  ASSERT_TRUE(result.first_problem);
  EXPECT_THAT(*result.first_problem, HasSubstr("ok: status 500, not 200: bad"));
}

TEST(RunLoad, DroppedConnectionsAreFailuresAndTheLoadGoesOn) {
  KnownServer server({.answer = [](std::int64_t number) {
    return number % 10 == 9 ? std::string()
                            : std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }});
  const LoadResult result = Offer(server, Closed(3, milliseconds(150)));
  EXPECT_GT(result.failed, 0);
  EXPECT_NEAR(static_cast<double>(result.failed), static_cast<double>(result.sent) / 10, 3);
  EXPECT_EQ(result.wrong_answers, 0);
}

TEST(RunLoad, AnswersThatCloseTheirConnectionAreNoFailures) {
  KnownServer server({.answer = [](std::int64_t) {
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  }});
  const LoadResult result = Offer(server, Closed(2, milliseconds(100)));
  EXPECT_GT(result.done, 2);
  EXPECT_EQ(result.failed, 0);
}

TEST(RunLoad, TheNumberOfRequestsCanBeLimited) {
  KnownServer server({});
  for (LoadProfile profile :
       {Closed(3, milliseconds(20'000)), Open(3, 2000, milliseconds(20'000))}) {
    profile.most_requests = 50;
    const LoadResult result = Offer(server, profile);
    EXPECT_EQ(result.sent, 50);
    EXPECT_EQ(result.done, 50);
    EXPECT_LT(result.seconds, 15);
  }
}

TEST(RunLoad, EachRequestCanHaveAConnectionOfItsOwn) {
  KnownServer server({});
  for (LoadProfile profile : {Closed(2, milliseconds(100)), Open(2, 100, milliseconds(200))}) {
    profile.connecting = Connecting::ForEachRequest;
    const LoadResult result = Offer(server, profile);
    EXPECT_GE(result.done, 5);
    EXPECT_EQ(result.failed, 0);
    EXPECT_EQ(result.connects, 1 + result.sent) << "and the one that saw that somebody is there";
    EXPECT_GE(result.connect.count(), result.done);
  }
}

TEST(RunLoad, WhoIsGoneEndsALoadOfNewConnections) {
  KnownServer server({.ends_after = 20});
  LoadProfile profile = Closed(2, milliseconds(30'000));
  profile.connecting = Connecting::ForEachRequest;
  const LoadResult result = Offer(server, profile);
  EXPECT_TRUE(result.ended_early);
  EXPECT_GT(result.failed, 0);
  EXPECT_LT(result.seconds, 20);
}

TEST(RunLoad, TheAnswerToAHeadHasNoBody) {
  KnownServer server({.answer = [](std::int64_t) {
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  }});
  const auto result = RunLoad({"127.0.0.1", server.port()},
                              {{"head", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", {}}},
                              Closed(1, milliseconds(100)));
  ASSERT_TRUE(result);
  EXPECT_GT(result->done, 5);
  EXPECT_EQ(result->failed, 0);
}

TEST(RunLoad, AnInterruptedLoadKeepsWhatItSaw) {
  KnownServer server({});
  int asked = 0;
  const auto result = RunLoad(
      {"127.0.0.1", server.port()}, Requests(), Open(2, 1000, milliseconds(60'000)), [&asked] {
        return ++asked > 200;
      });
  ASSERT_TRUE(result) << result.error().Text();
  EXPECT_EQ(result->ended_early, "interrupted");
  EXPECT_GT(result->seconds, 0);
  EXPECT_LT(result->seconds, 30);
  EXPECT_GT(result->done, 0);
  EXPECT_LT(result->planned, 60'000) << "slots that were not due were not planned";
  EXPECT_EQ(result->planned, result->sent + result->unsent);
  EXPECT_EQ(StandingOf(*result).state, Standing::State::Unverified);
}

TEST(RunLoad, RequestsOfAMixTakeTheirTurns) {
  std::string seen;  // the server's thread writes it
  KnownServer server({.answer_to = [&seen](std::int64_t, std::string_view request) {
    seen += request.at(5);
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }});
  std::vector<LoadRequest> requests{{"a", FormatGet("x", "/a"), {}, 3},
                                    {"b", FormatGet("x", "/b"), {}, 1}};
  LoadProfile profile = Closed(1, milliseconds(20'000));
  profile.most_requests = 8;
  const auto result = RunLoad({"127.0.0.1", server.port()}, requests, profile);
  server.Stop();
  EXPECT_EQ(seen, "aabaaaba");
}

std::string Echoing(std::string_view token) {
  return "HTTP/1.1 200 OK\r\nX-Wsgilab-Canary: " + std::string(token) +
         "\r\nContent-Length: 2\r\n\r\nok";
}

std::string_view TokenIn(std::string_view request) {
  const std::size_t at = request.find("X-Wsgilab-Canary: ");
  return at == std::string_view::npos ? "none" : request.substr(at + 18, Token::kLength);
}

LoadResult OfferWithCanary(
    const std::function<std::string(std::int64_t, std::string_view)>& answer) {
  KnownServer server({.answer_to = answer});
  LoadProfile profile = Closed(2, milliseconds(20'000));
  profile.most_requests = 100;
  profile.canary = Canary::On;
  return Offer(server, profile);
}

TEST(RunLoad, TheCanaryComesBackToItsOwnRequest) {
  std::set<std::string> tokens;
  const LoadResult result = OfferWithCanary([&tokens](std::int64_t, std::string_view request) {
    tokens.emplace(TokenIn(request));
    return Echoing(TokenIn(request));
  });
  EXPECT_EQ(result.done, 100);
  EXPECT_EQ(tokens.size(), 100U);
  EXPECT_EQ(result.crosstalk, 0);
  EXPECT_EQ(result.lost_tokens, 0);
}

// A server that gives every tenth answer to the wrong one.
TEST(RunLoad, TheTokenOfAnotherRequestIsCrosstalk) {
  std::string last = "wlab0000000000000000";
  const LoadResult result = OfferWithCanary([&last](std::int64_t number, std::string_view request) {
    const std::string before = std::exchange(last, std::string(TokenIn(request)));
    return Echoing(number % 10 == 9 ? before : last);
  });
  EXPECT_EQ(result.crosstalk, 10);
  EXPECT_EQ(result.lost_tokens, 0);
  EXPECT_EQ(result.wrong_answers, 0);
  EXPECT_THAT(result.first_problem.value_or(""), HasSubstr("holds the token of another request"));
}

TEST(RunLoad, ATokenThatDoesNotComeBackIsLost) {
  const LoadResult result = OfferWithCanary([](std::int64_t number, std::string_view request) {
    return Echoing(number % 4 == 3 ? "none" : TokenIn(request));
  });
  EXPECT_EQ(result.lost_tokens, 25);
  EXPECT_EQ(result.crosstalk, 0);
}

// On one core, with others that want it all the time.
TEST(RunLoad, AStarvedGeneratorSaysSo) {
  KnownServer server({});
  cpu_set_t before;
  ASSERT_EQ(::pthread_getaffinity_np(::pthread_self(), sizeof(before), &before), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  int core = 0;
  while (!CPU_ISSET(core, &before))
    ++core;
  CPU_SET(core, &one);
  ASSERT_EQ(::pthread_setaffinity_np(::pthread_self(), sizeof(one), &one), 0);
  std::atomic<bool> is_over = false;
  std::vector<std::thread> burners;  // they inherit the core
  for (int count = 0; count < 4; ++count) {
    burners.emplace_back([&is_over] {
      while (!is_over) {
      }
    });
  }
  const LoadResult result = Offer(server, Closed(4, milliseconds(400)));
  is_over = true;
  for (std::thread& burner : burners)
    burner.join();
  ::pthread_setaffinity_np(::pthread_self(), sizeof(before), &before);
  EXPECT_EQ(StandingOf(result).state, Standing::State::Unverified)
      << result.waiting_share << " waiting, " << result.cpu_share << " working";
}

// The server's own thread ends it, in the middle of the load.
TEST(RunLoad, AHostThatIsGoneEndsTheLoadEarly) {
  KnownServer server({.ends_after = 50});
  const LoadResult result = Offer(server, Closed(2, milliseconds(30'000)));
  EXPECT_TRUE(result.ended_early);
  EXPECT_LT(result.seconds, 20);
}

TEST(RunLoad, NobodyListeningIsAnError) {
  int port = 0;
  {
    const KnownServer server({});
    port = server.port();
  }
  const auto result = RunLoad({"127.0.0.1", port}, Requests(), Closed(1, milliseconds(100)));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().Text(), HasSubstr("refuses"));
}

}  // namespace
}  // namespace harness::load
