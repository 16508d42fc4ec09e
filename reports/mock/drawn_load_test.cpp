#include "reports/mock/drawn_load.h"

#include <gtest/gtest.h>

#include "reports/histogram/v2.h"

namespace reports::mock {

TEST(DrawnLoad, IsCountedToTheLastRequestAroundTheMedianThatWasAskedFor) {
  std::mt19937_64 random(1);
  for (const std::int64_t count : {1, 4999, 86'003}) {
    const histogram::Histogram latencies = DrawLatencies(200, count, random);
    EXPECT_EQ(latencies.count(), count);
    if (count < 1000) continue;
    EXPECT_NEAR(static_cast<double>(latencies.ValueAt(50)), 200e3, 6e3);
    EXPECT_GT(latencies.ValueAt(99), 400'000) << "a server has a tail";
  }
}

TEST(DrawnLoad, SaysThroughoutWhatItsHistogramSays) {
  std::mt19937_64 random(1);
  record::Load load;
  load.loop = record::Loop::Closed;
  load.seconds = 1;
  load.sent = load.done = 20'000;
  load.latency_us.p50 = 100;
  Redraw(load, 1.25, random);
  EXPECT_EQ(load.done, 16'000) << "what takes longer gets less done";
  EXPECT_EQ(load.sent, 16'000);
  EXPECT_DOUBLE_EQ(*load.requests_per_s, 16'000);
  const auto counted = histogram::DecodeV2(*load.hdr);
  ASSERT_TRUE(counted) << counted.error().Text();
  EXPECT_EQ(counted->count(), 16'000);
  EXPECT_NEAR(*load.latency_us.p50, 125, 4);
  EXPECT_NEAR(*load.latency_us.p99, static_cast<double>(counted->ValueAt(99)) / 1000, 0.001);
  EXPECT_NEAR(*load.latency_us.max, load.histogram.back().value_us, 1) << "a cell is coarser";
}

TEST(DrawnLoad, AnOpenLoopKeepsItsRate) {
  std::mt19937_64 random(1);
  record::Load load;
  load.loop = record::Loop::Open;
  load.planned = load.sent = load.done = 1000;
  load.latency_us.p50 = 100;
  Redraw(load, 2, random);
  EXPECT_EQ(load.done, 1000);
  EXPECT_NEAR(*load.latency_us.p50, 200, 10);
}

}  // namespace reports::mock
