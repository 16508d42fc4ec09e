#include "reports/mock/drawn_load.h"

#include <algorithm>
#include <cmath>

#include "reports/histogram/v2.h"
#include "reports/latency/latency.h"

namespace reports::mock {

namespace {

constexpr double kSpread = 0.25;  // of the logarithms
constexpr double kLateShare = 0.02;
constexpr double kLateBy = 2.5;            // times the median, at least; then ever fewer
constexpr std::int64_t kMostDraws = 5000;  // each stands for as many requests as it takes

double DrawFactor(std::mt19937_64& random) {
  std::lognormal_distribution<double> near_median(0, kSpread);
  if (std::uniform_real_distribution<double>(0, 1)(random) >= kLateShare)
    return near_median(random);
  return kLateBy * (1 + std::exponential_distribution<double>(2)(random));
}

}  // namespace

histogram::Histogram DrawLatencies(double median_us, std::int64_t count, std::mt19937_64& random) {
  constexpr double kNsInUs = 1000;
  histogram::Histogram histogram;
  const std::int64_t draws = std::min(count, kMostDraws);
  for (std::int64_t draw = 0; draw < draws; ++draw) {
    const auto latency_ns =
        static_cast<std::int64_t>(std::round(median_us * kNsInUs * DrawFactor(random)));
    const std::int64_t stands_for = count / draws + (draw < count % draws ? 1 : 0);
    for (std::int64_t one = 0; one < stands_for; ++one)
      histogram.Record(latency_ns);
  }
  return histogram;
}

void Redraw(record::Load& load, double factor, std::mt19937_64& random) {
  if (load.loop == record::Loop::Closed) {
    load.done = std::max<std::int64_t>(1, std::llround(static_cast<double>(load.done) / factor));
    load.sent = load.done;
    load.requests_per_s = static_cast<double>(load.done) / load.seconds;
  }
  const double median_us = load.latency_us.p50.value_or(1000) * factor;
  const histogram::Histogram latencies = DrawLatencies(median_us, load.done, random);
  load.latency_us = latency::LatencyOf(latencies);
  load.histogram = latency::BucketsOf(latencies);
  load.hdr = histogram::EncodeV2(latencies);
}

}  // namespace reports::mock
