#include "reports/latency/latency.h"

#include <gtest/gtest.h>

#include <numeric>

namespace reports::latency {

TEST(Latency, SaysNothingOfNothing) {
  EXPECT_FALSE(LatencyOf({}).p50.has_value());
  EXPECT_FALSE(LatencyOf({}).max.has_value());
  EXPECT_TRUE(BucketsOf({}).empty());
}

TEST(Latency, APercentileWantsTenSamplesBeyondIt) {
  histogram::Histogram histogram;
  for (int i = 1; i <= 999; ++i)
    histogram.Record(i * 1000);
  const record::Latency latency = LatencyOf(histogram);
  EXPECT_NEAR(*latency.p50, 500, 0.5);
  EXPECT_NEAR(*latency.p90, 900, 1);
  EXPECT_FALSE(latency.p99.has_value()) << "9.99 samples lie beyond it";
  EXPECT_EQ(latency.min, 1.0);
}

TEST(Latency, TheBucketsHoldEverySample) {
  histogram::Histogram histogram;
  for (int i = 1; i <= 5000; ++i)
    histogram.Record(i * 997);
  const auto buckets = BucketsOf(histogram);
  EXPECT_LT(buckets.size(), 400U);
  EXPECT_EQ(std::accumulate(buckets.begin(),
                            buckets.end(),
                            std::int64_t{0},
                            [](std::int64_t sum, const auto& one) { return sum + one.count; }),
            5000);
}

}  // namespace reports::latency
