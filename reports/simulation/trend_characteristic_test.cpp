#include "reports/simulation/trend_characteristic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace reports::simulation {

namespace {

constexpr int kRepetitions = 200;

TrendCharacteristic In(std::string_view weather) {
  static trend::ScanTable table = trend::TableFor(1);
  const auto all = Weathers();
  const auto found =
      std::ranges::find_if(all, [&](const Weather& one) { return one.name.starts_with(weather); });
  return CharacterizeTrend(*found, {}, kRepetitions, 7, table);
}

}  // namespace

TEST(TrendCharacteristic, WhereRunsDoNotHangOnOneAnotherItKeepsItsPromise) {
  for (const char* weather : {"calm", "heavy tails"}) {
    const TrendCharacteristic found = In(weather);
    EXPECT_LE(found.alarms, 0.1) << weather << ": 5 %, and three standard deviations of 200";
    EXPECT_GE(found.found, 0.95) << weather;
    EXPECT_GE(found.in_place, 0.85) << weather;
    EXPECT_LE(found.in_place, found.found) << weather;
  }
}

TEST(TrendCharacteristic, WhatTheMachineDidIsFoundAsWell) {
  EXPECT_GE(In("AR(1) 0.9").alarms, 0.5) << "it could not be told from the code";
}

}  // namespace reports::simulation
