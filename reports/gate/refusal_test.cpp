#include "reports/gate/refusal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace reports::gate {

namespace {

std::vector<Rule> RulesOf(std::vector<std::string> expressions) {
  std::string text;
  for (const std::string& expression : expressions)
    text += "[[rule]]\nexpect = \"" + expression + "\"\n";
  auto rules = ParseRules(text, "gate.toml");
  EXPECT_TRUE(rules) << (rules ? "" : rules.error().Text());
  return rules ? *rules : std::vector<Rule>{};
}

RunPlan Plan() {
  return {.cells = {"engine/daemon/main/lazy/hello",
                    "engine/daemon/sub/lazy/hello",
                    "engine/embedded/main/lazy/django_accounts"},
          .has_checks = true,
          .answers = [](std::string_view) { return 500; },
          .comparison = statistics::ComparisonPlan{.pairs = 20}};
}

// The first refusal, or "".
std::string Refused(const std::string& expression, const RunPlan& plan) {
  const auto refused = WhyRefused(RulesOf({expression}), plan);
  return refused.empty() ? "" : refused[0].Text();
}

}  // namespace

TEST(WhyRefused, IsSilentAboutRulesThatCanFail) {
  EXPECT_EQ(Refused("latency{app=hello}: p(90) < 3 ms", Plan()), "");
  EXPECT_EQ(Refused("latency{app=hello}: p(90) <= baseline * 1.05", Plan()), "");
  EXPECT_EQ(Refused("checks{level=must}: failed == 0", Plan()), "");
  EXPECT_EQ(Refused("placement: misconfigured == 0", Plan()), "");
  EXPECT_EQ(Refused("rate{loop=closed}: requests_per_s > 3/s", Plan()), "");
}

TEST(WhyRefused, NamesThePercentileThatTheProfileIsTooShortFor) {
  EXPECT_EQ(Refused("latency{app=hello}: p(99) < 3 ms", Plan()),
            "gate.toml:2:11: latency p(99) needs 1,000 answers, and engine/daemon/main/lazy/hello "
            "has 500 at "
            "most in this profile: measure longer, or ask for a lower percentile");
  RunPlan longer = Plan();
  longer.answers = [](std::string_view) { return 1000; };
  EXPECT_EQ(Refused("latency{app=hello}: p(99) < 3 ms", longer), "");
  longer.answers = nullptr;  // nobody knows
  EXPECT_EQ(Refused("latency{app=hello}: p(99) < 3 ms", longer), "");
}

TEST(WhyRefused, NamesTheLabelThatNoCellHas) {
  EXPECT_EQ(
      Refused("latency{app=django_acounts}: p(50) < 3 ms", Plan()),
      "gate.toml:2:11: no cell of this run has app=django_acounts: did you mean django_accounts?");
  EXPECT_EQ(Refused("latency{loading=preload}: p(50) < 3 ms", Plan()),
            "gate.toml:2:11: no cell of this run has loading=preload: there are lazy");
  EXPECT_EQ(Refused("cells{app=hello,process=embedded}: failed == 0", Plan()),
            "gate.toml:2:11: no cell of this run fits all of its labels: it would measure nothing");
}

TEST(WhyRefused, WantsABaselineThatCouldTell) {
  RunPlan plan = Plan();
  plan.comparison.reset();
  EXPECT_EQ(Refused("latency: p(50) <= baseline * 1.05", plan),
            "gate.toml:2:11: there is no baseline to compare with: name one with --baseline");
  plan.comparison = statistics::ComparisonPlan{.pairs = 6};
  EXPECT_EQ(Refused("latency: p(50) <= baseline * 1.05", plan),
            "gate.toml:2:11: it could never fail: with 6 pairs nothing can be told at 5 % in 3 "
            "comparisons and "
            "1 look, however much worse it is; 7 are needed");
  EXPECT_EQ(Refused("latency{process=embedded}: p(50) <= baseline * 1.05", plan), "");  // one cell
}

TEST(WhyRefused, WantsSomethingToMeasure) {
  RunPlan plan = Plan();
  plan.has_checks = false;
  EXPECT_EQ(Refused("checks: failed == 0", plan),
            "gate.toml:2:11: this run has no checks: run a suite, or take the rule out");
  plan.cells.clear();
  EXPECT_EQ(Refused("cells: failed == 0", plan),
            "gate.toml:2:11: this run has no cells: it would measure nothing");
}

TEST(WhyRefused, NamesEveryRuleThatCouldNotFail) {
  const auto refused = WhyRefused(
      RulesOf({"latency: p(99.9) < 3 ms", "checks: failed == 0", "cells{app=x}: failed == 0"}),
      Plan());
  ASSERT_EQ(refused.size(), 2U);
  EXPECT_EQ(refused[0].where->line, 2);
  EXPECT_EQ(refused[1].where->line, 6);
}

TEST(ComparisonsOf, CountsRulesTimesTheirCells) {
  const RunPlan plan = Plan();
  EXPECT_EQ(ComparisonsOf(RulesOf({"latency: p(50) <= baseline",
                                   "rate{app=hello}: requests_per_s >= baseline",
                                   "latency: p(50) < 3 ms"}),
                          plan.cells),
            5);
}

}  // namespace reports::gate
