// The generator's numbers, held against a server whose delays are known. The bounds are wide: these
// tests run beside others, on any machine, in every build.

#include "harness/load/driver.h"

#include <gmock/gmock.h>

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
    EXPECT_EQ(result.planned, result.sent + result.unsent());
    EXPECT_EQ(result.latency.count(), result.done + result.unfinished + result.unsent());
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
  EXPECT_GE(result.requests_per_s(), 4 / 0.002 * 0.5);
}

TEST(RunLoad, AnOpenLoopKeepsItsRateAndSeesTheDelay) {
  KnownServer server({.delay = [](std::int64_t) { return milliseconds(1); }});
  const LoadResult result = Offer(server, Open(8, 1000, milliseconds(400)));
  EXPECT_EQ(result.planned, 400);
  // On a busy machine the last may come too late to be sent; but then the ledger says so.
  EXPECT_EQ(result.done + result.unfinished + result.unsent(), 400);
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
  EXPECT_EQ(result.unsent(), 60 - 14);
  EXPECT_GE(result.latency.max_ns(), 200'000'000);
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
