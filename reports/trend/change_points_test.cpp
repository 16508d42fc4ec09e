#include "reports/trend/change_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string_view>

#include "reports/simulation/weather.h"

namespace reports::trend {

using testing::IsEmpty;
using testing::SizeIs;

namespace {

using Series = std::vector<double>;

const simulation::Weather& WeatherNamed(std::string_view name) {
  const auto all = simulation::Weathers();
  return *std::ranges::find_if(all, [&](const auto& one) { return one.name.starts_with(name); });
}

// So many runs in a weather: one value each.
Series RunsIn(const simulation::Weather& weather, std::size_t runs, std::mt19937_64& random) {
  const std::vector<statistics::Order> orders(runs, statistics::Order{0});
  return simulation::Simulate(weather, orders, std::vector<double>{0.0}, random);
}

Series Stepped(Series series, std::size_t at, double factor) {
  for (std::size_t i = at; i < series.size(); ++i)
    series[i] *= factor;
  return series;
}

std::vector<Change> ChangesIn(const Series& series, ScanTable& table) {
  return FindChanges(std::vector<Series>{series}, table).front();
}

// Three standard deviations of a share of so many tries beyond it.
double Beyond(double share, int tries) {
  return share + 3 * std::sqrt(share * (1 - share) / tries);
}

constexpr std::size_t kRuns = 24;
constexpr int kSeries = 400;

class ChangePoints : public testing::Test {
 protected:
  // What one test has worked out for a length serves the next one.
  static ScanTable& Table() {
    static ScanTable table(10'000);
    return table;
  }
  ScanTable& table_ = Table();
  std::mt19937_64 random_{2026};
};

}  // namespace

TEST_F(ChangePoints, AFalseAlarmIsAsRareAsIsSaidInEveryWeatherOfRunsWithoutAnOrder) {
  for (const char* name : {"calm", "heavy tails", "a quarter of the hosts", "ties"}) {
    int alarms = 0;
    for (int i = 0; i < kSeries; ++i) {
      alarms += ChangesIn(RunsIn(WeatherNamed(name), kRuns, random_), table_).empty() ? 0 : 1;
    }
    EXPECT_LE(alarms, kSeries * Beyond(kRate, kSeries)) << name;
    EXPECT_GE(alarms, kSeries * kRate / 5) << name << ": what never errs sees little";
  }
}

TEST_F(ChangePoints, ManySeriesRaiseNoMoreAlarmsThanOne) {
  constexpr int kCalls = 60;
  constexpr std::size_t kAtOnce = 50;
  int alarms = 0;
  for (int call = 0; call < kCalls; ++call) {
    std::vector<Series> series;
    for (std::size_t i = 0; i < kAtOnce; ++i)
      series.push_back(RunsIn(WeatherNamed("calm"), kRuns, random_));
    const auto changes = FindChanges(series, table_);
    alarms += std::ranges::all_of(changes, [](const auto& one) { return one.empty(); }) ? 0 : 1;
  }
  EXPECT_LE(alarms, kCalls * Beyond(kRate, kCalls)) << "3,000 series in all";
}

TEST_F(ChangePoints, AStepOfThreeSpreadsIsFoundWhereItIs) {
  constexpr int kTries = 200;
  int found = 0;
  int in_place = 0;
  for (int i = 0; i < kTries; ++i) {
    // 1.5 % from run to run, 5 % the step
    const std::size_t at = 6 + static_cast<std::size_t>(i) % 13;
    const auto changes =
        ChangesIn(Stepped(RunsIn(WeatherNamed("calm"), kRuns, random_), at, 1.05), table_);
    if (changes.empty()) continue;
    ++found;
    const bool is_close = std::ranges::any_of(
        changes, [&](const Change& change) { return change.at + 1 >= at && change.at <= at + 1; });
    in_place += is_close ? 1 : 0;
  }
  EXPECT_GE(found, kTries * 98 / 100);
  EXPECT_GE(in_place, found * 95 / 100);
}

TEST_F(ChangePoints, SaysHowMuchAndHowSurely) {
  const auto changes =
      ChangesIn(Stepped(RunsIn(WeatherNamed("calm"), kRuns, random_), 16, 1.2), table_);
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].at, 16U);
  EXPECT_NEAR(changes[0].after / changes[0].before, 1.2, 0.03);
  EXPECT_GT(changes[0].confidence, 0.99);
}

TEST_F(ChangePoints, TwoStepsAreTwoChangesAndABumpIsToo) {
  const Series stairs =
      Stepped(Stepped(RunsIn(WeatherNamed("calm"), 36, random_), 12, 1.1), 24, 1.1);
  const auto up = ChangesIn(stairs, table_);
  ASSERT_THAT(up, SizeIs(2));
  EXPECT_EQ(up[0].at, 12U);
  EXPECT_EQ(up[1].at, 24U);
  const Series bump =
      Stepped(Stepped(RunsIn(WeatherNamed("calm"), 36, random_), 14, 1.1), 26, 1 / 1.1);
  const auto there_and_back = ChangesIn(bump, table_);
  ASSERT_THAT(there_and_back, SizeIs(2));
  EXPECT_EQ(there_and_back[0].at, 14U);
  EXPECT_EQ(there_and_back[1].at, 26U);
}

TEST_F(ChangePoints, ARunThatWasOutOfTheWayIsNoChange) {
  Series series = RunsIn(WeatherNamed("calm"), kRuns, random_);
  series[11] *= 40;
  EXPECT_THAT(ChangesIn(series, table_), IsEmpty());
}

TEST_F(ChangePoints, WhatNeverDiffersHasNoChangeAndAStepInItHasOne) {
  EXPECT_THAT(ChangesIn(Series(kRuns, 4.0), table_), IsEmpty());
  const auto changes = ChangesIn(Stepped(Series(kRuns, 4.0), 10, 1.01), table_);
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].at, 10U);
}

TEST_F(ChangePoints, TooFewRunsSayNothing) {
  const Series seven = Stepped(Series(7, 1.0), 4, 2);
  EXPECT_THAT(ChangesIn(seven, table_), IsEmpty());
  EXPECT_FALSE(Sight(1, table_).SmallestStep(seven, {}).has_value());
  EXPECT_EQ(FewestRuns(1), 8U);
  EXPECT_GT(FewestRuns(200), 12U);
  EXPECT_LT(FewestRuns(200), 20U);
  // So many are enough: the clearest step is then found.
  EXPECT_THAT(ChangesIn(Stepped(Series(8, 1.0), 4, 2), table_), SizeIs(1));
}

TEST_F(ChangePoints, WhatWouldHaveBeenSeenIsSeenFourTimesOfFive) {
  constexpr int kTries = 200;
  Sight sight(1, table_);
  // Each series estimates its own spread: together they know it.
  double step = 0;
  for (int i = 0; i < kTries; ++i) {
    const auto one = sight.SmallestStep(RunsIn(WeatherNamed("calm"), kRuns, random_), {});
    ASSERT_TRUE(one.has_value());
    step += *one / kTries;
  }
  int seen = 0;
  for (int i = 0; i < kTries; ++i) {
    const auto series = Stepped(RunsIn(WeatherNamed("calm"), kRuns, random_), kRuns / 2, 1 + step);
    seen += ChangesIn(series, table_).empty() ? 0 : 1;
  }
  EXPECT_NEAR(static_cast<double>(seen) / kTries, 0.8, 0.1) << "a step of " << step;
}

TEST_F(ChangePoints, TheSameSeriesGiveTheSameAnswer) {
  const Series series = Stepped(RunsIn(WeatherNamed("ties"), kRuns, random_), 9, 1.06);
  ScanTable another(10'000);
  const auto first = ChangesIn(series, table_);
  const auto again = ChangesIn(series, another);
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].at, again[i].at);
    EXPECT_EQ(first[i].confidence, again[i].confidence);
  }
}

}  // namespace reports::trend
