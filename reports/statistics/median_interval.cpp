#include "reports/statistics/median_interval.h"

#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "hosts/base/check.h"

namespace reports::statistics {

namespace {

// 2·2^-6 is 0.03125, and is to be found so by whoever asks for just that.
constexpr double kRounding = 1e-9;

// For each rank, from 0, how often fewer differences than that are on one side of the true shift: each block has
// 0 … `references` of them there, equally often.
std::vector<double> TailsOf(Blocks blocks) {
  std::vector<double> chances{1};  // that so many are
  for (std::size_t block = 0; block < blocks.count; ++block) {
    std::vector<double> next(chances.size() + blocks.references, 0);
    for (std::size_t many = 0; many < chances.size(); ++many) {
      const double share = chances[many] / static_cast<double>(blocks.references + 1);
      for (std::size_t more = 0; more <= blocks.references; ++more)
        next[many + more] += share;
    }
    chances = std::move(next);
  }
  std::vector<double> tails{0};
  for (const double chance : chances)
    tails.push_back(tails.back() + chance);
  return tails;
}

}  // namespace

double TailOfRank(Blocks blocks, std::size_t rank) {
  if (rank == 0) return 0;
  CHECK(rank <= blocks.differences(), "the rank of a value that is not there was asked for");
  if (blocks.references > 1) return TailsOf(blocks)[rank];
  const boost::math::binomial below_median(static_cast<double>(blocks.count), 0.5);
  return boost::math::cdf(below_median, static_cast<double>(rank - 1));
}

std::size_t RankOfBound(Blocks blocks, double tail) {
  CHECK(tail > 0 && tail < 1, "the tail of an interval is a probability");
  CHECK(blocks.references > 0, "a difference needs a reference");
  const std::vector<double> tails = blocks.references > 1 ? TailsOf(blocks) : std::vector<double>();
  const auto tail_of = [&](std::size_t rank) {
    return blocks.references > 1 ? tails[rank] : TailOfRank(blocks, rank);
  };
  std::size_t fits = 0;
  std::size_t too_far = blocks.differences() / 2 + 1;  // beyond the middle the bounds would cross
  while (too_far - fits > 1) {
    const std::size_t rank = fits + (too_far - fits) / 2;
    (tail_of(rank) <= tail * (1 + kRounding) ? fits : too_far) = rank;
  }
  return blocks.references > 1 && fits > 0 ? fits - 1 : fits;
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
  const std::size_t rank = RankOfBound({values.size()}, alpha / 2);
  if (rank == 0) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return Interval{.low = sorted[rank - 1],
                  .high = sorted[sorted.size() - rank],
                  .confidence = 1 - 2 * TailOfRank({sorted.size()}, rank)};
}

}  // namespace reports::statistics
