#include "suites/modes/mode_comparison.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace suites::modes {

namespace {

Comparison Of(const Question& question, std::vector<double> ours, std::vector<double> theirs) {
  return {.question = &question, .ours = std::move(ours), .theirs = std::move(theirs)};
}

std::string NameOf(const testing::TestParamInfo<Question>& parameter) {
  std::string name(parameter.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
}

class EveryQuestion : public testing::TestWithParam<Question> {};

}  // namespace

TEST(ModeComparison, ComparesTheFiguresOfARound) {
  const Question least{.name = "", .about = "", .figure = Figure::Rate, .goal = 0.9};
  const auto comparison = Of(least, {10, 30, 18}, {10, 10, 20});
  EXPECT_EQ(comparison.Ratios(), (std::vector<double>{0.9, 1, 3}));
  EXPECT_EQ(comparison.Median(), 1);
  EXPECT_EQ(Of(least, {1, 3}, {1, 1}).Median(), 2);
}

TEST(ModeComparison, AGoalIsALeastOrAGreatestRatio) {
  Question question{.name = "", .about = "", .figure = Figure::Rate, .goal = 1.5};
  EXPECT_TRUE(Of(question, {16}, {10}).IsGoalMet());
  EXPECT_FALSE(Of(question, {14}, {10}).IsGoalMet());
  question.at_least = false;
  EXPECT_FALSE(Of(question, {16}, {10}).IsGoalMet());
  EXPECT_TRUE(Of(question, {14}, {10}).IsGoalMet());
}

// That it can be answered; how fast it is says only a quiet machine.
TEST_P(EveryQuestion, IsAnswered) {
  if (const auto why_not = WhyNotAsked(GetParam())) GTEST_SKIP() << *why_not;
  const auto comparison =
      CompareModes(GetParam(), {.rounds = 2, .each = std::chrono::milliseconds(200)});
  ASSERT_TRUE(comparison) << comparison.error().Text();
  ASSERT_EQ(comparison->ours.size(), 2U);
  ASSERT_EQ(comparison->theirs.size(), 2U);
  // An interpreter that had been there before would cost nothing.
  EXPECT_GT(comparison->Ratios().front(), 0.05);
}

INSTANTIATE_TEST_SUITE_P(Modes, EveryQuestion, testing::ValuesIn(Questions()), NameOf);

}  // namespace suites::modes
