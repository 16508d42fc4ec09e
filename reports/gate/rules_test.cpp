#include "reports/gate/rules.h"

#include <gtest/gtest.h>

#include <string>

namespace reports::gate {

namespace {

std::string ErrorOf(std::string_view text) {
  const auto rules = ParseRules(text, "gate.toml");
  return rules ? "" : rules.error().Text();
}

}  // namespace

TEST(Rules, HaveANameAndAnExpectation) {
  const auto rules = ParseRules(R"(
[[rule]]
name = "Django stays fast"  # it did once
expect = "latency{mode=daemon/*,app=django_accounts}: p(99) <= baseline * 1.05"

[[rule]]
expect = 'checks{level=must}: failed == 0'
)",
                                "gate.toml");
  ASSERT_TRUE(rules) << rules.error().Text();
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ((*rules)[0].name, "Django stays fast");
  EXPECT_TRUE((*rules)[0].expression.is_relative);
  EXPECT_EQ((*rules)[0].where.file, "gate.toml");
  EXPECT_EQ((*rules)[0].where.line, 4);
  EXPECT_EQ((*rules)[0].where.column, 11);
  EXPECT_EQ((*rules)[1].name, "checks{level=must}: failed == 0");
}

TEST(Rules, SayWhereInTheFileAnExpressionIsWrong) {
  EXPECT_EQ(ErrorOf("[[rule]]\nexpect = \"latncy: p(99) < 3 ms\"\n"),
            "gate.toml:2:11: unknown metric latncy: did you mean latency?");
  EXPECT_EQ(ErrorOf("[[rule]]\nexpect = \"pss: total < 3 ms\"\n"),
            "gate.toml:2:26: pss total is not measured in ms: write one of KiB, MiB, GiB");
  // Written with an escape, the column is that of the text's beginning.
  EXPECT_EQ(ErrorOf("[[rule]]\nexpect = \"pss:\\u0020total < 3 ms\"\n"),
            "gate.toml:2:10: pss total is not measured in ms: write one of KiB, MiB, GiB");
}

TEST(Rules, RefuseWhatIsNoRule) {
  EXPECT_EQ(ErrorOf(""), "gate.toml:1: has no rule: write [[rule]] and, below it, expect = \"…\"");
  EXPECT_EQ(ErrorOf("rule = 3\n"), "gate.toml:1:8: a rule begins with [[rule]]");
  EXPECT_EQ(ErrorOf("[rule]\nexpect = \"\"\n"), "gate.toml:1:1: a rule begins with [[rule]]");
  EXPECT_EQ(ErrorOf("[[rules]]\n"), "gate.toml:1:3: unknown key rules: did you mean rule?");
  EXPECT_EQ(ErrorOf("[[rule]]\nname = \"x\"\n"),
            "gate.toml:1:1: the rule expects nothing: write expect = \"checks: failed == 0\"");
  EXPECT_EQ(ErrorOf("[[rule]]\nexpects = \"x\"\n"),
            "gate.toml:2:1: unknown key expects: did you mean expect?");
  EXPECT_EQ(ErrorOf("[[rule]]\nseverity = \"x\"\n"),
            "gate.toml:2:1: unknown key severity: there are name, expect, optional");
  EXPECT_EQ(ErrorOf("[[rule]]\nexpect = 3\n"),
            "gate.toml:2:10: expect is text: put it into quotes");
  EXPECT_EQ(ErrorOf("[[rule]]\nname = 3\nexpect = \"checks: failed == 0\"\n"),
            "gate.toml:2:8: name is text: put it into quotes");
  EXPECT_EQ(ErrorOf("[[rule]]\nexpect = \"checks: failed == 0\"\noptional = \"yes\"\n"),
            "gate.toml:3:12: optional is true or false, without quotes");
  EXPECT_TRUE(ErrorOf("[[rule]\n").starts_with("gate.toml:1:")) << ErrorOf("[[rule]\n");
}

TEST(Rules, HaveLettersOfAllTheWorldInQuotesAlone) {
  const auto rules = ParseRules(
      "[[rule]]\nname = \"schnell genügt\"  # für µs\n"
      "expect = \"latency: p(50) < 900 µs\"\n",
      "gate.toml");
  ASSERT_TRUE(rules) << rules.error().Text();
  EXPECT_EQ((*rules)[0].expression.limit, 900);
  EXPECT_EQ(ErrorOf("[[rule]]\nnäme = \"x\"\n"),
            "gate.toml:2:2: a letter that is not ASCII stands outside of quotes, or behind a "
            "backslash: take it out");
}

TEST(Rules, AreReadFromAFile) {
  const auto rules = ReadRules("/nowhere/gate.toml");
  ASSERT_FALSE(rules);
  EXPECT_NE(rules.error().Text().find("/nowhere/gate.toml"), std::string::npos);
}

// What is printed for people to copy is what is asked.
TEST(Rules, OfTheDefaultAreOfWhatThereIs) {
  const auto all = DefaultRules({.cells = true, .checks = true, .baseline = true});
  EXPECT_EQ(all.size(), 7U);
  for (const Rule& rule : all)
    EXPECT_TRUE(rule.is_optional) << rule.name << ": a copy serves every kind of run";
  const auto checks = DefaultRules({.cells = false, .checks = true, .baseline = false});
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].expression.text, "checks{level=must}: failed == 0");
  for (const Rule& rule : DefaultRules({.cells = true, .checks = true, .baseline = false})) {
    EXPECT_FALSE(rule.expression.is_relative) << rule.name;
  }
  EXPECT_TRUE(DefaultRules({.cells = false, .checks = false, .baseline = false}).empty());
}

}  // namespace reports::gate
