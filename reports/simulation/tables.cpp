#include "reports/simulation/tables.h"

#include <fmt/format.h>

#include "reports/simulation/operating_characteristic.h"
#include "reports/simulation/trend_characteristic.h"
#include "reports/simulation/whole_gate.h"

namespace reports::simulation {

namespace {

constexpr double kEffect = 0.05;
constexpr std::uint64_t kSeed = 20261129;

std::string Row(const Weather& weather, const Design& design, int repetitions) {
  const Characteristic found = Characterize(weather, design, kEffect, repetitions, kSeed);
  return fmt::format("| {} | {:.1f} % | {:.2f} % | {:.2f} % | {:.1f} % | {:.1f} % | {:.2f} % |\n",
                     weather.name,
                     found.coverage * 100,
                     found.first_alarms * 100,
                     found.alarms * 100,
                     found.first_caught * 100,
                     found.caught * 100,
                     found.missed * 100);
}

std::string TableOf(const Design& design, std::string_view title, int repetitions) {
  std::string text = fmt::format(
      "{}:\n\n"
      "| weather | the interval holds the truth | alarms, same code: first run | confirmed "
      "| 5 % slower, caught: first run | confirmed | 5 % slower, called no worse |\n"
      "|---|---|---|---|---|---|---|\n",
      title);
  for (const Weather& weather : Weathers())
    text += Row(weather, design, repetitions);
  return text;
}

}  // namespace

std::string WeatherTable(int repetitions) {
  return TableOf({.arms = 5, .bases = 3, .blocks = 30},
                 "Five arms, the candidate against three of them, 30 blocks",
                 repetitions) +
         '\n' +
         TableOf({.arms = 4, .blocks = 24},
                 "Four arms, one of which it is compared with, 24 blocks",
                 repetitions) +
         '\n' + TableOf({.arms = 2, .blocks = 12}, "Two arms, 12 blocks (24 pairs)", repetitions);
}

std::string PowerTable(int repetitions) {
  constexpr int kPairs[] = {8, 12, 16, 20, 24, 32, 48};
  std::string text = "| a window's spread |";
  std::string rule = "|---|";
  for (const int pairs : kPairs) {
    text += fmt::format(" {} pairs |", pairs);
    rule += "---|";
  }
  text += '\n' + rule + '\n';
  for (const double spread : {0.005, 0.01, 0.015, 0.02, 0.03, 0.05}) {
    text += fmt::format("| {:.1f} % |", spread * 100);
    for (const int pairs : kPairs) {
      const Design design{.arms = 4, .blocks = pairs};
      const auto found =
          Characterize({.name = "calm", .spread = spread}, design, kEffect, repetitions, kSeed);
      text += fmt::format(" {:.1f} % |", found.caught * 100);
    }
    text += '\n';
  }
  return text;
}

std::string TrendTable(int repetitions) {
  std::string text =
      "| weather | runs | called a change, none there | a step half-way: seen | at its run, or one "
      "beside it | in the last six: seen | at its run, or one beside it |\n"
      "|---|---|---|---|---|---|---|\n";
  trend::ScanTable table = trend::TableFor(1);
  for (const Weather& weather : Weathers()) {
    if (weather.name.starts_with("the last window")) continue;  // a run has one
    for (const int runs : {24, 48}) {
      const auto half_way =
          CharacterizeTrend(weather, {runs, runs / 2, kEffect}, repetitions, kSeed, table);
      const auto late =
          CharacterizeTrend(weather, {runs, runs - 6, kEffect}, repetitions, kSeed, table);
      text += fmt::format("| {} | {} | {:.1f} % | {:.1f} % | {:.1f} % | {:.1f} % | {:.1f} % |\n",
                          weather.name,
                          runs,
                          half_way.alarms * 100,
                          half_way.found * 100,
                          half_way.in_place * 100,
                          late.found * 100,
                          late.in_place * 100);
    }
  }
  return text;
}

std::string GateTable(int repetitions) {
  using compare::Finding;
  constexpr Finding kShown[] = {Finding::Regressed,
                                Finding::NoWorse,
                                Finding::Inconclusive,
                                Finding::NotConfirmed,
                                Finding::Contaminated,
                                Finding::Blind};
  std::string text = "| weather | code |";
  std::string rule = "|---|---|";
  for (const Finding finding : kShown) {
    text += fmt::format(" {} |", finding == Finding::Regressed ? "alarm" : Words(finding));
    rule += "---|";
  }
  text += '\n' + rule + '\n';
  for (const Weather& weather : Weathers()) {
    for (const double effect : {0.0, kEffect}) {
      auto found = CharacterizeGate(weather, {}, effect, repetitions, kSeed);
      found[Finding::NoWorse] += found[Finding::Improved];
      text += fmt::format("| {} | {} |", weather.name, effect == 0 ? "the same" : "5 % slower");
      for (const Finding finding : kShown)
        text += fmt::format(" {:.1f} % |", found[finding] * 100);
      text += '\n';
    }
  }
  return text;
}

}  // namespace reports::simulation
