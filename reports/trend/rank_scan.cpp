#include "reports/trend/rank_scan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "hosts/base/check.h"

namespace reports::trend {

namespace {

constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15U;

// The same on every machine, which std::shuffle is not.
void Shuffle(std::span<double> values, std::mt19937_64& random) {
  for (std::size_t left = values.size(); left > 1; --left)
    std::swap(values[left - 1], values[static_cast<std::size_t>(random() % left)]);
}

double TriesOf(std::size_t values) {
  return HasRoomForTwo(values) ? 2 : 1;
}

// Of ascending values.
double ShareAtLeast(const std::vector<double>& values, double least) {
  const auto above = std::ranges::lower_bound(values, least * (1 - 1e-12));
  return static_cast<double>(values.end() - above + 1) / static_cast<double>(values.size() + 1);
}

double ShareAtMost(const std::vector<double>& values, double most) {
  const auto above = std::ranges::upper_bound(values, most * (1 + 1e-12));
  return static_cast<double>(above - values.begin() + 1) / static_cast<double>(values.size() + 1);
}

}  // namespace

std::vector<double> RanksOf(std::span<const double> values, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> lots(values.size());
  std::ranges::generate(lots, [&] { return random(); });
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t one, std::size_t other) {
    return values[one] != values[other] ? values[one] < values[other] : lots[one] < lots[other];
  });
  std::vector<double> ranks(values.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    ranks[order[rank]] = static_cast<double>(rank);
  return ranks;
}

Scanned Scan(std::span<const double> ranks) {
  CHECK(ranks.size() >= kLeastValues, "a series that is too short is not scanned");
  const auto all = static_cast<double>(ranks.size());
  Scanned scanned;
  double sum = 0;
  double lowest = 0;
  double highest = 0;
  std::size_t at_lowest = 0;
  std::size_t at_highest = 0;
  for (std::size_t at = 1; at < ranks.size(); ++at) {
    sum += ranks[at - 1] - (all - 1) / 2;
    if (sum < lowest) {
      lowest = sum;
      at_lowest = at;
    }
    if (sum > highest) {
      highest = sum;
      at_highest = at;
    }
    if (at < kLeastOnASide || at + kLeastOnASide > ranks.size()) continue;
    const auto before = static_cast<double>(at);
    const double deviation = std::sqrt(before * (all - before) * (all + 1) / 12);
    scanned.height = std::max(scanned.height, std::abs(sum) / deviation);
  }
  scanned.range = highest - lowest;
  scanned.from = std::min(at_lowest, at_highest);
  scanned.to = std::max(at_lowest, at_highest);
  return scanned;
}

// One of the n-choose-k ways in which the lower half can lie, at either end; both k where n is odd.
double RarestOf(std::size_t values) {
  const std::size_t half = values / 2;
  double ways = 1;
  for (std::size_t i = 1; i <= half; ++i)
    ways = ways * static_cast<double>(values - half + i) / static_cast<double>(i);
  return (values % 2 == 0 ? 2 : 4) / ways * TriesOf(values);
}

std::size_t FewestValues(double level) {
  std::size_t values = kLeastValues;
  while (RarestOf(values) > level)
    ++values;
  return values;
}

const ScanTable::Unchanged& ScanTable::Of(std::size_t values) {
  const auto [found, is_new] = unchanged_.try_emplace(values);
  Unchanged& unchanged = found->second;
  if (!is_new) return unchanged;
  std::mt19937_64 random(kSeed + values);
  std::vector<double> ranks(values);
  std::iota(ranks.begin(), ranks.end(), 0.0);
  for (std::size_t draw = 0; draw < draws_; ++draw) {
    Shuffle(ranks, random);
    const Scanned scanned = Scan(ranks);
    unchanged.heights.push_back(scanned.height);
    unchanged.ranges.push_back(scanned.range);
  }
  const std::vector<double> heights = unchanged.heights;  // of each permutation
  const std::vector<double> ranges = unchanged.ranges;
  std::ranges::sort(unchanged.heights);
  std::ranges::sort(unchanged.ranges);
  for (std::size_t draw = 0; draw < draws_; ++draw) {
    const double of_height = ShareAtLeast(unchanged.heights, heights[draw]);
    unchanged.least.push_back(
        HasRoomForTwo(values) ? std::min(of_height, ShareAtLeast(unchanged.ranges, ranges[draw]))
                              : of_height);
  }
  std::ranges::sort(unchanged.least);
  return unchanged;
}

Chances ScanTable::ChancesOf(std::size_t values, const Scanned& scanned) {
  const Unchanged& unchanged = Of(values);
  Chances chances;
  chances.of_height = ShareAtMost(unchanged.least, ShareAtLeast(unchanged.heights, scanned.height));
  if (HasRoomForTwo(values)) {
    chances.of_range = ShareAtMost(unchanged.least, ShareAtLeast(unchanged.ranges, scanned.range));
  }
  return chances;
}

double ScanTable::HeightOf(std::size_t values, double level) {
  const Unchanged& unchanged = Of(values);
  const double all = static_cast<double>(draws_ + 1);
  const auto allowed = static_cast<std::ptrdiff_t>(level * all) - 1;
  if (allowed < 1) return unchanged.heights.back() * 2;  // nothing is
  const double share = unchanged.least[static_cast<std::size_t>(allowed - 1)];
  const auto beyond = std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(share * all) - 1);
  return *(unchanged.heights.end() - beyond);
}

}  // namespace reports::trend
