#include "reports/gate/left_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports::gate {

namespace {

using testing::ElementsAre;

constexpr std::string_view kRules = R"(
[[rule]]
expect = "checks: failed == 0"
optional = true
[[rule]]
expect = "pss: total < 1 GiB"
optional = true
[[rule]]
expect = "latency: p(50) <= baseline * 1.02"
optional = true
[[rule]]
expect = "tour: failed == 0"
)";

std::vector<std::string> Texts(const Sorted& sorted) {
  std::vector<std::string> texts;
  for (const Rule& rule : sorted.rules)
    texts.push_back(rule.expression.text);
  return texts;
}

}  // namespace

TEST(LeftOut, IsWhatIsOptionalAndHasNothingToBeHeldAgainst) {
  const auto rules = ParseRules(kRules, "gate.toml");
  ASSERT_TRUE(rules) << rules.error().Text();
  EXPECT_EQ(LeaveOut(*rules, {}).rules.size(), 4U);

  const Sorted sorted = LeaveOut(*rules, {.cells = "", .checks = "no checks", .baseline = "none"});
  EXPECT_THAT(Texts(sorted), ElementsAre("pss: total < 1 GiB", "tour: failed == 0"));
  ASSERT_EQ(sorted.left_out.size(), 2U);
  EXPECT_EQ(sorted.left_out[0].standing, Standing::LeftOut);
  EXPECT_THAT(sorted.left_out[0].evidence, ElementsAre("no checks"));
  EXPECT_EQ(sorted.left_out[0].where, "gate.toml:3:11");
  EXPECT_THAT(sorted.left_out[1].evidence, ElementsAre("none"));

  const Sorted cells = LeaveOut(*rules, {.cells = "no cells", .checks = "", .baseline = ""});
  EXPECT_THAT(
      Texts(cells),
      ElementsAre("checks: failed == 0", "latency: p(50) <= baseline * 1.02", "tour: failed == 0"))
      << "what is not optional is never left out";
}

TEST(LeftOut, IsAllOfItIsNoPass) {
  const auto rules =
      ParseRules("[[rule]]\nexpect = \"checks: failed == 0\"\noptional = true\n", "g");
  ASSERT_TRUE(rules);
  EXPECT_EQ(Judge(LeaveOut(*rules, {.cells = "", .checks = "none", .baseline = ""}).rules, {})
                .exit_code(),
            4);
}

}  // namespace reports::gate
