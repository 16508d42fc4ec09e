#include "reports/verdict/findings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "reports/samples/samples.h"

namespace reports::verdict {

TEST(Findings, SayWhatEachChoiceCostForEachApplication) {
  const auto findings = FindingsOf(samples::RecordOf(samples::CompleteRun()));
  ASSERT_EQ(findings.size(), 4U);
  EXPECT_EQ(findings[0].question, "First request: lazy against preload");
  ASSERT_EQ(findings[0].apps.size(), 4U);
  EXPECT_EQ(findings[0].apps[1].app, "django_accounts");
  EXPECT_NEAR(findings[0].apps[1].ratio, (412 + 31 + 10.5) / 31, 1);
  EXPECT_GT(findings[1].apps[0].ratio, 1.5);          // hello, daemon against embedded
  EXPECT_NEAR(findings[1].apps[1].ratio, 1.0, 0.08);  // a Django page hides the daemon's cost
}

TEST(Findings, ComparePairsThatDifferInTheChoiceAlone) {
  auto record = samples::RecordOf(samples::CompleteRun());
  // With every preload cell of hello gone, hello cannot say anything about preloading.
  std::erase_if(record.cells, [](const record::Cell& cell) {
    return cell.app == "hello" && cell.loading == "preload";
  });
  const auto findings = FindingsOf(record);
  EXPECT_EQ(findings[0].apps.size(), 3U);
  EXPECT_EQ(findings[0].apps[0].app, "django_accounts");
}

TEST(Findings, OfNothingAreNone) {
  EXPECT_TRUE(FindingsOf(record::Record{}).empty());
}

}  // namespace reports::verdict
