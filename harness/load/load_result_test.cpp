#include "harness/load/load_result.h"

#include <gmock/gmock.h>

namespace harness::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using State = Standing::State;

LoadResult OpenLoop(std::int64_t latency_ns, std::int64_t lateness_ns) {
  LoadResult result;
  result.profile.loop = Loop::Open;
  result.done = 1;
  result.cpu_share = 0.3;
  result.latency.Record(latency_ns);
  result.lateness.Record(lateness_ns);
  return result;
}

// Answered in a millisecond, a hundred times, but for the last, whose answer never came.
LoadResult Censored(std::int64_t age_ns) {
  LoadResult result = OpenLoop(1'000'000, 1000);
  for (int count = 1; count < 99; ++count)
    result.latency.Record(1'000'000);
  result.latency.Record(age_ns);
  result.done = 99;
  result.unfinished = 1;
  result.sent = result.planned = 100;
  result.least_censored_ns = age_ns;
  return result;
}

TEST(Standing, ABusyGeneratorMeasuresItself) {
  LoadResult result = OpenLoop(1'000'000, 1000);
  EXPECT_EQ(StandingOf(result).state, State::Verified);
  EXPECT_FALSE(StandingOf(result).reason);
  result.cpu_share = 0.93;
  EXPECT_EQ(StandingOf(result).state, State::Unverified);
  EXPECT_THAT(*StandingOf(result).reason, HasSubstr("93 %"));
}

TEST(Standing, AStarvedOneToo) {
  LoadResult result = OpenLoop(1'000'000, 1000);
  result.profile.loop = Loop::Closed;
  EXPECT_EQ(StandingOf(result).state, State::Verified);
  result.waiting_share = 0.5;
  EXPECT_EQ(StandingOf(result).state, State::Unverified);
  EXPECT_THAT(*StandingOf(result).reason, HasSubstr("waited for a core during 50 %"));
}

TEST(Standing, ALateOneToo) {
  EXPECT_EQ(StandingOf(OpenLoop(1'000'000, 99'000)).state, State::Verified);
  const Standing late = StandingOf(OpenLoop(1'000'000, 102'000));
  EXPECT_EQ(late.state, State::Unverified);
  EXPECT_THAT(*late.reason, HasSubstr("sent late"));
}

TEST(Standing, NothingAnsweredIsNothingMeasured) {
  EXPECT_EQ(StandingOf(LoadResult{}).state, State::Unverified);
}

TEST(Standing, AtTheGeneratorsCeilingTheHostMayBeFaster) {
  LoadResult result = OpenLoop(1'000'000, 1000);
  result.profile.loop = Loop::Closed;
  result.seconds = 1;
  result.done_in_time = 50'000;
  result.calibration = {100'000, 20'000};
  EXPECT_EQ(StandingOf(result).state, State::Verified);
  result.calibration->ceiling_per_s = 60'000;
  EXPECT_EQ(StandingOf(result).state, State::LowerBound);
  EXPECT_THAT(*StandingOf(result).reason, HasSubstr("60000 requests/s"));
}

TEST(LowerBounds, APercentileBelowEveryCensoredValueIsExact) {
  EXPECT_THAT(LowerBounds(OpenLoop(1'000'000, 1000)), testing::IsEmpty());
  EXPECT_THAT(LowerBounds(Censored(900'000'000)), ElementsAre("mean", "max"));
  EXPECT_THAT(LowerBounds(Censored(10)), ElementsAre("mean", "p50", "p90", "max"))
      << "the others are not said of a hundred samples";
  const Standing standing = StandingOf(Censored(900'000'000));
  EXPECT_EQ(standing.state, State::LowerBound);
  EXPECT_THAT(*standing.reason, HasSubstr("1 requests were not answered in time, so mean, max"));
}

TEST(Ledger, EveryRequestIsSomewhere) {
  LoadResult result = Censored(900'000'000);
  EXPECT_FALSE(LedgerFault(result));
  ++result.sent;
  EXPECT_THAT(*LedgerFault(result), HasSubstr("101 requests were sent, but 99 answered"));
  --result.sent;
  ++result.planned;
  EXPECT_THAT(*LedgerFault(result), HasSubstr("101 requests were planned, but 100 sent"));
  --result.planned;
  result.latency.Record(5);
  EXPECT_THAT(*LedgerFault(result), HasSubstr("101 latencies of 99 answers and 1"));
}

}  // namespace
}  // namespace harness::load
