#include "reports/simulation/whole_gate.h"

#include <gtest/gtest.h>

namespace reports::simulation {

namespace {

using compare::Finding;

constexpr double kEffect = 0.05;
constexpr int kRepetitions = 200;  // ten times as many are in README.md

}  // namespace

TEST(WholeGate, RaisesNoAlarmAboutTheSameCodeWhateverTheWeather) {
  for (const Weather& weather : Weathers()) {
    auto found = CharacterizeGate(weather, {}, 0, kRepetitions, 1);
    EXPECT_LE(found[Finding::Regressed], 0.01) << weather.name;
  }
}

TEST(WholeGate, NeverCallsSlowerCodeNoWorseWhateverTheWeather) {
  for (const Weather& weather : Weathers()) {
    auto found = CharacterizeGate(weather, {}, kEffect, 100, 2);
    EXPECT_LE(found[Finding::NoWorse] + found[Finding::Improved], 0.025) << weather.name;
  }
}

TEST(WholeGate, CatchesFivePercentWhereHostsScatterByOne) {
  auto found = CharacterizeGate({.name = "calm", .spread = 0.01}, {}, kEffect, 200, 3);
  EXPECT_GE(found[Finding::Regressed], 0.95);
}

TEST(WholeGate, SaysThatItIsBlindRatherThanThatAllIsWell) {
  auto found = CharacterizeGate({.name = "wild", .spread = 0.3}, {}, kEffect, 100, 4);
  EXPECT_GE(found[Finding::Blind] + found[Finding::Contaminated], 0.9);
  EXPECT_LE(found[Finding::Regressed], 0.02);
}

}  // namespace reports::simulation
