// The generator's numbers beside those of the servers that it asked. A machine on which others work makes the
// generator late, never early: so the lower bounds are close, and the upper ones wide, for a generator that
// vouches for itself. With strict ones, by hand: scripts/truth (suites/micro/README.md).

#include "harness/load/testing/truth.h"

#include <gtest/gtest.h>

namespace harness::load {
namespace {

constexpr std::int64_t kMs = 1'000'000;

std::vector<TruthCase> Cases() {
  return TruthCases(std::chrono::milliseconds(1100));
}

TEST(Truth, PercentilesAreThoseOfTheServer) {
  for (const TruthCase& asked : Cases()) {
    const Truth truth = FindTruth(asked);
    ASSERT_GE(truth.rows.size(), 3U) << asked.name;
    const bool is_unverified = StandingOf(truth.result).state == Standing::State::Unverified;
    for (const TruthRow& row : truth.rows) {
      // Of a stall the server knows only when slots must have been; a sample more or less is half a millisecond.
      const std::int64_t unsure = asked.behaviour.stall_every.count() > 0 ? 5 * kMs : kMs / 10;
      EXPECT_GE(row.latency_ns, row.server_ns - row.server_ns / 100 - unsure)
          << asked.name << " p" << row.percentile;
      if (is_unverified) continue;
      EXPECT_LE(row.latency_ns, row.server_ns + row.server_ns / 4 + 20 * kMs)
          << asked.name << " p" << row.percentile;
    }
  }
}

// Of the requests that were due in a stall one was sent on each connection; the others waited for these.
TEST(Truth, AStallIsInTheLatencyAndNotInTheServiceTime) {
  const Truth truth = FindTruth(Cases().back());
  ASSERT_EQ(truth.rows[2].percentile, 99);
  EXPECT_GT(truth.rows[2].latency_ns, 60 * kMs);
  EXPECT_LT(truth.result.service.ValueAt(90), 50 * kMs);
  EXPECT_LT(truth.result.service.ValueAt(98), 50 * kMs);
}

TEST(Truth, ARowIsTrueWithinAHundredthOrTwentyMicroseconds) {
  EXPECT_TRUE((TruthRow{50, 100 * kMs, 101 * kMs, 0}.is_true()));
  EXPECT_FALSE((TruthRow{50, 100 * kMs, 101 * kMs + 1, 0}.is_true()));
  EXPECT_FALSE((TruthRow{50, 100 * kMs, 98 * kMs, 0}.is_true()));
  EXPECT_TRUE((TruthRow{50, 50'000, 70'000, 0}.is_true()));
  EXPECT_FALSE((TruthRow{50, 50'000, 70'001, 0}.is_true()));
}

}  // namespace
}  // namespace harness::load
