#include "reports/statistics/power.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>

#include <cmath>
#include <cstddef>

#include "hosts/base/check.h"
#include "reports/statistics/median_interval.h"

namespace reports::statistics {

double ChanceToDecide(const Truth& truth, int pairs, double alpha) {
  CHECK(pairs > 0, "pairs are counted");
  const auto count = static_cast<std::size_t>(pairs);
  const std::size_t rank = RankOfBound({count}, alpha / 2);
  if (rank == 0 || !std::isfinite(truth.spread) || !std::isfinite(truth.distance)) return 0;
  if (truth.spread == 0) return truth.distance == 0 ? 0 : 1;
  // The bound is on the side of the truth when fewer pairs than its rank are on the other.
  const double other_side =
      boost::math::cdf(boost::math::normal(), -std::abs(truth.distance) / truth.spread);
  const boost::math::binomial on_other_side(static_cast<double>(count), other_side);
  return boost::math::cdf(on_other_side, static_cast<double>(rank - 1));
}

std::optional<int> PairsToDecide(const Truth& truth, double alpha, double chance) {
  for (int pairs = MinimumSamples(alpha); pairs <= kMostPairs; ++pairs) {
    if (ChanceToDecide(truth, pairs, alpha) >= chance) return pairs;
  }
  return std::nullopt;
}

}  // namespace reports::statistics
