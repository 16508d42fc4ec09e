#include "harness/load/capacity.h"

#include <gmock/gmock.h>

#include "harness/load/testing/known_server.h"

namespace harness::load {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

LoadResult Answered(std::int64_t latency_ns, std::int64_t count) {
  LoadResult result;
  result.profile.loop = Loop::Open;
  result.profile.rate_per_s = 100;
  result.done = result.sent = result.planned = count;
  for (std::int64_t number = 0; number < count; ++number)
    result.latency.Record(latency_ns);
  return result;
}

constexpr LatencyLimit kLimit{99, milliseconds(20)};

TEST(JudgeRate, HoldsBelowTheLimit) {
  EXPECT_FALSE(JudgeRate(Answered(19'000'000, 1000), kLimit).why_not);
  const CapacityStep slow = JudgeRate(Answered(21'000'000, 1000), kLimit);
  EXPECT_THAT(slow.why_not.value_or(""), HasSubstr("p99 was 21 ms, and the limit is 20 ms"));
  EXPECT_FALSE(slow.is_generators_fault);
}

TEST(JudgeRate, AFewSamplesSayNothing) {
  const CapacityStep step = JudgeRate(Answered(1'000'000, 999), kLimit);
  EXPECT_TRUE(step.is_generators_fault);
  EXPECT_THAT(step.why_not.value_or(""), HasSubstr("too few to say p99"));
}

TEST(JudgeRate, AnythingWrongIsNotHeld) {
  LoadResult wrong = Answered(1'000'000, 1000);
  wrong.wrong_answers = 1;
  EXPECT_FALSE(JudgeRate(wrong, kLimit).is_generators_fault);
  EXPECT_TRUE(JudgeRate(wrong, kLimit).why_not);
  LoadResult gone = Answered(1'000'000, 1000);
  gone.ended_early = "the host is gone";
  EXPECT_EQ(JudgeRate(gone, kLimit).why_not, gone.ended_early);
  LoadResult censored = Answered(1'000'000, 1000);
  censored.unsent = 1;
  censored.least_censored_ns = 5;
  EXPECT_THAT(JudgeRate(censored, kLimit).why_not.value_or(""), HasSubstr("may be more"));
}

TEST(JudgeRate, WhatTheGeneratorDidIsNoAnswer) {
  LoadResult late = Answered(1'000'000, 1000);
  for (int count = 0; count < 1000; ++count)
    late.lateness.Record(3'000'000);
  EXPECT_TRUE(JudgeRate(late, kLimit).is_generators_fault);
  EXPECT_THAT(JudgeRate(late, kLimit).why_not.value_or(""), HasSubstr("sent late: p99 3 ms"));
  LoadResult busy = Answered(1'000'000, 1000);
  busy.cpu_share = 0.9;
  EXPECT_FALSE(JudgeRate(busy, kLimit).why_not) << "busy, and still below the limit";
  LoadResult slow = Answered(21'000'000, 1000);
  slow.cpu_share = 0.9;
  EXPECT_TRUE(JudgeRate(slow, kLimit).is_generators_fault);
}

// Each answer takes 2 ms, and there are two connections: 1,000 requests/s are the most there can be, and
// close to that the queue grows. The bounds are wide: this runs beside other tests.
TEST(FindCapacity, IsBelowWhatTheConnectionsCanCarry) {
  KnownServer server({.delay = [](std::int64_t) { return milliseconds(2); }});
  CapacityQuestion question;
  question.target.port = server.port();
  question.profile.connections = 2;
  question.profile.duration = milliseconds(100);
  question.limit = {50, milliseconds(20)};
  int steps = 0;
  question.on_step = [&steps](const CapacityStep&) { ++steps; };
  const auto capacity = FindCapacity(question, {{"ok", FormatGet("x", "/"), {}}});
  ASSERT_TRUE(capacity) << capacity.error().Text();
  EXPECT_GT(steps, 3);
  EXPECT_LT(capacity->rate_per_s(), 1100);
  EXPECT_GT(capacity->closed_loop_per_s, 100);
}

}  // namespace
}  // namespace harness::load
