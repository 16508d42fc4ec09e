#include "reports/statistics/percentile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace reports::statistics {

namespace {

constexpr double kBeyond = 10;
// 0.99 is not 99/100: without this, 1000 samples would just fail to support their p99.
constexpr double kRounding = 1e-6;

// Which of `samples` values, counted from 1, is the percentile.
std::int64_t Rank(std::int64_t samples, double p) {
  const double rank = std::ceil(p * static_cast<double>(samples) - kRounding);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(rank));
}

}  // namespace

bool IsSupported(std::int64_t samples, double p) {
  return static_cast<double>(samples) * (1 - p) >= kBeyond - kRounding;
}

std::optional<double> Percentile(std::span<const double> sorted, double p) {
  const auto samples = static_cast<std::int64_t>(sorted.size());
  if (!IsSupported(samples, p)) return std::nullopt;
  return sorted[static_cast<std::size_t>(Rank(samples, p) - 1)];
}

std::optional<double> Percentile(std::span<const Counted> sorted, double p) {
  std::int64_t samples = 0;
  for (const Counted& counted : sorted)
    samples += counted.count;
  if (!IsSupported(samples, p)) return std::nullopt;
  std::int64_t left = Rank(samples, p);
  for (const Counted& counted : sorted) {
    left -= counted.count;
    if (left <= 0) return counted.value;
  }
  return std::nullopt;  // only when a count is negative
}

std::optional<double> Median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

std::optional<double> RatioOfMedians(std::vector<double> values, std::vector<double> base) {
  const auto above = Median(std::move(values));
  const auto below = Median(std::move(base));
  if (!above || !below || *below <= 0) return std::nullopt;
  return *above / *below;
}

}  // namespace reports::statistics
