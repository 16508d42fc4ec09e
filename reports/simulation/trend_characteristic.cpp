#include "reports/simulation/trend_characteristic.h"

#include <algorithm>
#include <random>
#include <vector>

#include "reports/statistics/orders.h"

namespace reports::simulation {

namespace {

using Series = std::vector<double>;

Series RunsIn(const Weather& weather, int runs, std::mt19937_64& random) {
  const std::vector<statistics::Order> orders(static_cast<std::size_t>(runs), statistics::Order{0});
  return Simulate(weather, orders, std::vector<double>{0.0}, random);
}

std::vector<trend::Change> ChangesIn(Series series, trend::ScanTable& table) {
  return trend::FindChanges(std::vector<Series>{std::move(series)}, table).front();
}

bool IsNear(const trend::Change& change, int step) {
  const int away = static_cast<int>(change.at) - step;
  return away >= -1 && away <= 1;
}

}  // namespace

TrendCharacteristic CharacterizeTrend(const Weather& weather,
                                      const TrendDesign& design,
                                      int repetitions,
                                      std::uint64_t seed,
                                      trend::ScanTable& table) {
  std::mt19937_64 random(seed);
  TrendCharacteristic characteristic;
  const double one = 1.0 / repetitions;
  for (int i = 0; i < repetitions; ++i) {
    Series series = RunsIn(weather, design.runs, random);
    if (!ChangesIn(series, table).empty()) characteristic.alarms += one;
    for (auto at = static_cast<std::size_t>(design.step); at < series.size(); ++at)
      series[at] *= 1 + design.effect;
    const auto changes = ChangesIn(std::move(series), table);
    if (changes.empty()) continue;
    characteristic.found += one;
    const bool is_near = std::ranges::any_of(
        changes, [&](const trend::Change& change) { return IsNear(change, design.step); });
    if (is_near) characteristic.in_place += one;
  }
  return characteristic;
}

}  // namespace reports::simulation
