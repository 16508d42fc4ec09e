// The pages that are made of several records: what is in them, and that nothing of a record can break out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/html/comparison_page.h"
#include "reports/html/trend_page.h"
#include "reports/samples/samples.h"

namespace reports::html {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

// A record, so many times, a day after the other, each slower than the one before from the middle on.
trend::Trend TrendOf(const record::Record& record, std::size_t runs) {
  std::vector<trend::Run> history;
  for (std::size_t i = 0; i < runs; ++i) {
    trend::Run run = trend::RunOf(record, "run/record.jsonl");
    run.started_at += 86'400.0 * static_cast<double>(i);
    for (auto& [what, value] : run.values)
      value *= (i < runs / 2 ? 1 : 1.3) + 0.001 * static_cast<double>(i % 3);
    history.push_back(std::move(run));
  }
  return trend::FindTrend(std::move(history),
                          {.metrics = trend::UsualMetrics(), .wants_cell = nullptr});
}

}  // namespace

TEST(ComparisonPage, HasEveryCellAndSaysWhatMakesThemHardToCompare) {
  const auto one = samples::RecordOf(samples::CompleteRun());
  auto other = one;
  other.header.synthetic = "Synthetic: made up.";
  const std::string page = RenderComparison(one, other);
  EXPECT_THAT(page,
              AllOf(HasSubstr("side by side"),
                    HasSubstr("Synthetic: made up."),
                    HasSubstr("django_accounts"),
                    HasSubstr("+0.0 %"),
                    HasSubstr("times of different runs")));
  EXPECT_EQ(RenderComparison(one, other), page);
}

TEST(ComparisonPage, NothingOfARecordBreaksOut) {
  const auto hostile = samples::RecordOf(samples::HostileRun(1000));
  EXPECT_THAT(RenderComparison(hostile, hostile),
              AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img"))));
}

TEST(TrendPage, DrawsWhatHasChangedAndListsWhatHasNot) {
  const auto record = samples::RecordOf(samples::CompleteRun());
  const std::string page = RenderTrend(TrendOf(record, 24), 0.05);
  EXPECT_THAT(page,
              AllOf(HasSubstr("24 runs: 176 series of 208 are now worse"),
                    HasSubstr("<svg"),
                    HasSubstr("since run 13"),
                    HasSubstr("a new level begins")));
  const std::string short_one = RenderTrend(TrendOf(record, 3), 0.05);
  EXPECT_THAT(short_one, AllOf(HasSubstr("No series has changed."), HasSubstr("too few runs")));
}

TEST(TrendPage, NothingOfARecordBreaksOut) {
  const auto hostile = samples::RecordOf(samples::HostileRun(1000));
  EXPECT_THAT(RenderTrend(TrendOf(hostile, 20), 0.05),
              AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img"))));
}

}  // namespace reports::html
