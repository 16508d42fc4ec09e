#include "reports/simulation/operating_characteristic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reports/statistics/plan.h"

namespace reports::simulation {

namespace {

constexpr int kRepetitions = 2000;

// What the gate does by default: the candidate against the baseline, the baseline again and its twin, in blocks with a delayed arm.
constexpr Design kGate{.arms = 5, .bases = 3, .blocks = 30};
// `wsgilab compare` with the light controls, and without any.
constexpr Design kFourArms{.arms = 4, .blocks = 24};
constexpr Design kTwoArms{.arms = 2, .blocks = 12};

std::string WeatherName(const testing::TestParamInfo<Weather>& info) {
  return "Weather" + std::to_string(info.index);
}

class InAnyWeather : public testing::TestWithParam<Weather> {};

}  // namespace

TEST_P(InAnyWeather, TheIntervalHoldsTheTruthAndTheGateRaisesNoFalseAlarm) {
  for (const Design& design : {kGate, kFourArms, kTwoArms}) {
    const auto found = Characterize(GetParam(), design, 0.05, kRepetitions, 1);
    EXPECT_GE(found.coverage, 0.95) << GetParam().name << ", arms " << design.arms;
    EXPECT_LE(found.alarms, 0.01) << GetParam().name;
    EXPECT_LE(found.missed, 0.025) << GetParam().name;
  }
}

INSTANTIATE_TEST_SUITE_P(Simulated, InAnyWeather, testing::ValuesIn(Weathers()), WeatherName);

TEST(Gate, CatchesFivePercentWhereAWindowScattersByOneAndAHalf) {
  const auto found = Characterize({.name = "calm"}, kGate, 0.05, kRepetitions, 2);
  EXPECT_GE(found.caught, 0.95);
  EXPECT_EQ(found.alarms, 0);
  EXPECT_GE(found.cleared, 0.5);
}

// Where it cannot know, it does not pretend: nothing caught, and nothing called no worse either.
TEST(Gate, IsInconclusiveWhereAWindowScattersByTwenty) {
  const auto found = Characterize({.name = "wild", .spread = 0.2}, kGate, 0.05, kRepetitions, 3);
  EXPECT_LE(found.alarms, 0.01);
  EXPECT_LE(found.caught + found.missed, 0.05);
  EXPECT_GE(found.coverage, 0.95);
}

// The simulation itself must be able to fail: without balanced orders the drift is the candidate's.
TEST(Gate, WouldBeWrongWithoutBalancedOrders) {
  std::mt19937_64 random(4);
  const Weather drift{.name = "drift", .drift = 1.5};
  const std::vector<statistics::Order> unbalanced(24, statistics::Order{0, 1});
  int alarms = 0;
  for (int i = 0; i < 200; ++i) {
    const auto values = Simulate(drift, unbalanced, std::vector<double>{0, 0}, random);
    const auto pairs = statistics::PairsOf(unbalanced, values, 0, 1);
    const auto found = statistics::ComparePaired(pairs.base, pairs.candidate, {});
    if (found && found->verdict == statistics::Verdict::Regressed) ++alarms;
  }
  EXPECT_GE(alarms, 20);
}

// Eight metrics of which each is exactly as much worse as is allowed, and which rise and fall together: the
// hardest case of all. alpha / 2 is what may go wrong anywhere.
TEST(Family, IsWrongAnywhereAsRarelyAsPromised) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (const double common : {0.0, 0.7, 0.99}) {
    int wrong = 0;
    for (int i = 0; i < kRepetitions; ++i) {
      std::vector<statistics::PairedSeries> family(8);
      for (int pair = 0; pair < 24; ++pair) {
        const double shared = normal(random);
        for (auto& series : family) {
          const double own = normal(random);
          series.base.push_back(100);
          series.candidate.push_back(
              100 * (1 + series.margin) *
              std::exp(0.02 * (common * shared + std::sqrt(1 - common * common) * own)));
        }
      }
      const auto compared = statistics::CompareFamily(family, statistics::kAlpha);
      wrong += std::ranges::any_of(
          compared, [](const auto& one) { return one->verdict == statistics::Verdict::Regressed; });
    }
    EXPECT_LE(wrong, kRepetitions * 25 / 1000) << common;
  }
}

// Looking three times, as planned, is wrong no more often than looking once; looking three times with all of
// alpha each time is.
TEST(PlannedLooks, DoNotAddUp) {
  const statistics::ComparisonPlan plan{.pairs = 12, .more = 12, .looks = 3};
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal(0, 0.02);
  const auto wrong_with = [&](double alpha) {
    int wrong = 0;
    for (int i = 0; i < 2 * kRepetitions; ++i) {
      const std::vector<double> base(static_cast<std::size_t>(plan.MostPairs()), 100);
      std::vector<double> candidate;
      for (int look = 0; look < plan.looks; ++look) {
        while (static_cast<int>(candidate.size()) < plan.PairsAt(look)) {
          candidate.push_back(100 * (1 + statistics::kMargin) * std::exp(normal(random)));
        }
        const auto found = statistics::ComparePaired(
            std::span(base).first(candidate.size()), candidate, {.alpha = alpha});
        if (found->verdict == statistics::Verdict::Inconclusive) continue;
        if (found->verdict == statistics::Verdict::Regressed) ++wrong;
        break;
      }
    }
    return wrong;
  };
  EXPECT_LE(wrong_with(plan.AlphaOfLook()), 2 * kRepetitions * 25 / 1000);
  EXPECT_GT(wrong_with(plan.alpha), 2 * kRepetitions * 25 / 1000);
}

}  // namespace reports::simulation
