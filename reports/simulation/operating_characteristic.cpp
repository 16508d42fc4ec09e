#include "reports/simulation/operating_characteristic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <utility>
#include <vector>

#include "hosts/base/check.h"
#include "reports/statistics/orders.h"

namespace reports::simulation {

using statistics::Comparison;
using statistics::Order;
using statistics::Verdict;

namespace {

Comparison Compare(const Weather& weather,
                   const Design& design,
                   std::span<const Order> orders,
                   double effect,
                   double alpha,
                   std::mt19937_64& random) {
  std::vector<double> effects(static_cast<std::size_t>(design.arms), 0);
  effects[1] = std::log1p(effect);
  const auto values = Simulate(weather, orders, effects, random);
  auto pairs = statistics::PairsOf(orders, values, 0, 1);
  statistics::PairedSeries series{std::move(pairs.base), std::move(pairs.candidate), design.margin};
  for (int arm = 2; arm <= design.bases; ++arm)
    series.again.push_back(statistics::PairsOf(orders, values, arm, 1).base);
  const auto compared = statistics::CompareFamily({&series, 1}, alpha);
  CHECK(compared.front().has_value(), "a simulated window always has a value");
  return *compared.front();
}

// Counts of one of the two: with the effect, and without.
struct Counts {
  int covered = 0;
  int first_regressed = 0;
  int regressed = 0;
  int no_worse = 0;
};

void Repeat(const Weather& weather,
            const Design& design,
            double effect,
            std::mt19937_64& random,
            Counts& counts) {
  const auto orders = statistics::BalancedOrders(design.arms, design.blocks, random());
  const Comparison first = Compare(weather, design, orders, effect, design.alpha, random);
  if (first.interval.low <= 1 + effect && 1 + effect <= first.interval.high) ++counts.covered;
  if (first.verdict == Verdict::NoWorse || first.verdict == Verdict::Improved) ++counts.no_worse;
  if (first.verdict != Verdict::Regressed) return;
  ++counts.first_regressed;
  const auto reversed = statistics::ReversedOrders(orders);
  const Comparison second =
      Compare(weather, design, reversed, effect, statistics::kConfirmingAlpha, random);
  if (second.verdict == Verdict::Regressed) ++counts.regressed;
}

}  // namespace

Characteristic Characterize(const Weather& weather,
                            const Design& design,
                            double effect,
                            int repetitions,
                            std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Counts without;
  Counts with;
  for (int i = 0; i < repetitions; ++i) {
    Repeat(weather, design, 0, random, without);
    Repeat(weather, design, effect, random, with);
  }
  const auto share = [&](int count) { return static_cast<double>(count) / repetitions; };
  return {.coverage = share(std::min(without.covered, with.covered)),
          .first_alarms = share(without.first_regressed),
          .alarms = share(without.regressed),
          .cleared = share(without.no_worse),
          .first_caught = share(with.first_regressed),
          .caught = share(with.regressed),
          .missed = share(with.no_worse)};
}

}  // namespace reports::simulation
