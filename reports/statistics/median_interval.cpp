#include "reports/statistics/median_interval.h"

#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "hosts/base/check.h"

namespace reports::statistics {

namespace {

// 2·2^-6 is 0.03125, and is to be found so by whoever asks for just that.
constexpr double kRounding = 1e-9;

}  // namespace

double TailOfRank(std::size_t samples, std::size_t rank) {
  if (rank == 0) return 0;
  CHECK(rank <= samples, "the rank of a value that is not there was asked for");
  const boost::math::binomial below_median(static_cast<double>(samples), 0.5);
  return boost::math::cdf(below_median, static_cast<double>(rank - 1));
}

std::size_t RankOfBound(std::size_t samples, double tail) {
  CHECK(tail > 0 && tail < 1, "the tail of an interval is a probability");
  std::size_t fits = 0;
  std::size_t too_far = samples / 2 + 1;  // beyond the middle the bounds would cross
  while (too_far - fits > 1) {
    const std::size_t rank = fits + (too_far - fits) / 2;
    (TailOfRank(samples, rank) <= tail * (1 + kRounding) ? fits : too_far) = rank;
  }
  return fits;
}

int MinimumSamples(double alpha) {
  CHECK(alpha > 0 && alpha < 1, "the share of errors of an interval is a probability");
  int samples = 2;
  while (2 * std::ldexp(1.0, -samples) > alpha * (1 + kRounding))
    ++samples;
  return samples;
}

std::optional<Interval> MedianInterval(std::span<const double> values, double alpha) {
  if (std::ranges::any_of(values, [](double value) { return std::isnan(value); }))
    return std::nullopt;
  const std::size_t rank = RankOfBound(values.size(), alpha / 2);
  if (rank == 0) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return Interval{.low = sorted[rank - 1],
                  .high = sorted[sorted.size() - rank],
                  .confidence = 1 - 2 * TailOfRank(sorted.size(), rank)};
}

}  // namespace reports::statistics
