#include "reports/latency/latency.h"

#include <cmath>
#include <cstdint>

namespace reports::latency {

namespace {

constexpr double kBucketRatio = 1.025;

}  // namespace

double Microseconds(double ns) {
  return std::round(ns) / 1000;
}

std::optional<double> PercentileUs(const histogram::Histogram& histogram, double percentile) {
  if (!histogram.Supports(percentile)) return std::nullopt;
  return Microseconds(static_cast<double>(histogram.ValueAt(percentile)));
}

record::Latency LatencyOf(const histogram::Histogram& histogram) {
  record::Latency latency;
  if (histogram.count() == 0) return latency;
  latency.min = Microseconds(static_cast<double>(histogram.min_ns()));
  latency.mean = Microseconds(histogram.mean_ns());
  latency.p50 = PercentileUs(histogram, 50);
  latency.p90 = PercentileUs(histogram, 90);
  latency.p99 = PercentileUs(histogram, 99);
  latency.p999 = PercentileUs(histogram, 99.9);
  latency.max = Microseconds(static_cast<double>(histogram.max_ns()));
  return latency;
}

std::vector<record::Bucket> BucketsOf(const histogram::Histogram& histogram) {
  std::vector<record::Bucket> buckets;
  double limit = 0;
  histogram.ForEach([&](std::int64_t value_ns, std::int64_t count) {
    const double value = Microseconds(static_cast<double>(value_ns));
    if (buckets.empty() || value > limit) {
      buckets.push_back({value, 0});
      limit = value * kBucketRatio;
    }
    buckets.back().value_us = value;
    buckets.back().count += count;
  });
  return buckets;
}

}  // namespace reports::latency
