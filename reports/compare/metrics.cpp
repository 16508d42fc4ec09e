#include "reports/compare/metrics.h"

#include <algorithm>
#include <array>

#include "reports/notation/notation.h"

namespace reports::compare {

using statistics::Worse;

namespace {

constexpr std::array kMetrics{
    Metric{"latency_p50_us", "latency p50", Unit::Microseconds, Worse::Larger, true},
    Metric{"latency_p90_us", "latency p90", Unit::Microseconds, Worse::Larger, true},
    Metric{"latency_p99_us", "latency p99", Unit::Microseconds, Worse::Larger, true},
    Metric{"latency_p999_us", "latency p99.9", Unit::Microseconds, Worse::Larger, true},
    Metric{"latency_mean_us", "latency mean", Unit::Microseconds, Worse::Larger, true},
    Metric{"requests_per_s", "requests/s", Unit::PerSecond, Worse::Smaller, true},
    Metric{"cpu_us", "CPU per request", Unit::Microseconds, Worse::Larger, true},
    Metric{"ready_ms", "time to ready", Unit::Milliseconds, Worse::Larger, true},
    Metric{"first_request_ms", "first request", Unit::Milliseconds, Worse::Larger, true},
    Metric{"pss_kib", "memory (PSS)", Unit::Kibibytes, Worse::Larger, false},
};

}  // namespace

std::span<const Metric> Metrics() {
  return kMetrics;
}

const Metric* FindMetric(std::string_view name) {
  const auto* const found = std::ranges::find(kMetrics, name, &Metric::name);
  return found == kMetrics.end() ? nullptr : found;
}

std::string Written(const Metric& metric, double value) {
  switch (metric.unit) {
    case Unit::Microseconds:
      return notation::Microseconds(value);
    case Unit::Milliseconds:
      return notation::Milliseconds(value);
    case Unit::Kibibytes:
      return notation::Kibibytes(value);
    case Unit::PerSecond:
      break;
  }
  return notation::Rate(value);
}

}  // namespace reports::compare
