#include "reports/markdown/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/characters/characters.h"
#include "reports/golden/golden.h"
#include "reports/record/reader.h"
#include "reports/samples/samples.h"

namespace reports::markdown {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

std::string Comment(const std::vector<record::Line>& lines) {
  return RenderComment(samples::RecordOf(lines));
}

}  // namespace

TEST(Markdown, TheRunsAreAsTheyWere) {
  const std::filesystem::path folder = WSGILAB_MARKDOWN_FOLDER "/testdata";
  golden::ExpectGolden(folder / "complete.md", Comment(samples::CompleteRun()));
  golden::ExpectGolden(folder / "failing.md", Comment(samples::FailingRun()));
  golden::ExpectGolden(folder / "failing_job_summary.md",
                       RenderJobSummary(samples::RecordOf(samples::FailingRun())));
  golden::ExpectGolden(folder / "check.md", Comment(samples::CheckRun()));
}

// Of real runs, which the README shows.
TEST(Markdown, TheExamplesAreAsTheyWere) {
  const std::filesystem::path folder = WSGILAB_MARKDOWN_FOLDER "/../examples";
  for (const char* const name : {"hosts", "pythons", "gate"}) {
    const auto record = record::ReadRecord(folder / name / "record.jsonl");
    ASSERT_TRUE(record) << record.error().Text();
    EXPECT_TRUE(record->complete) << name;
    EXPECT_TRUE(record->unknown.empty()) << name;
    golden::ExpectGolden(folder / "testdata" / (std::string(name) + ".md"),
                         RenderJobSummary(*record));
  }
}

TEST(Markdown, TheVerdictComesFirst) {
  EXPECT_THAT(Comment(samples::CompleteRun()),
              StartsWith(std::string(kMarker) +
                         "\n## ✓ 4 applications in 8 hosting modes: all 32 cells work.\n"));
}

TEST(Markdown, TheRulesOfAGateAreInItsVerdict) {
  const std::string text = Comment(samples::ComparisonRun());
  EXPECT_THAT(
      text,
      HasSubstr("Rule: half of the requests are answered as fast as by the baseline: broken: "));
  EXPECT_THAT(text, HasSubstr("1 rule holds."));
}

TEST(Markdown, AnEmptyRecordSaysThatNothingWasMeasured) {
  EXPECT_THAT(RenderComment({}), HasSubstr("## ✗ Nothing was measured."));
}

TEST(Markdown, TheTablesOfCellsAreLeftOutFirst) {
  record::Record record = samples::RecordOf(samples::FailingRun());
  for (int app = 0; app < 120; ++app)
    record.header.plan.apps.push_back("application number " + std::to_string(app));
  const std::string comment = RenderComment(record);
  EXPECT_LT(comment.size(), kCommentLimit);
  EXPECT_THAT(comment,
              HasSubstr("Left out, as it would be longer than 65,000 bytes with it: the "
                        "tables of cells. The page"));
  EXPECT_THAT(comment, HasSubstr("What was sent, received and logged"));
  EXPECT_THAT(comment, Not(HasSubstr("Every cell")));
  EXPECT_THAT(RenderJobSummary(record), HasSubstr("Every cell"));
}

TEST(Markdown, IsNeverLongerThanIsTaken) {
  record::Record record = samples::RecordOf(samples::FailingRun());
  const std::string pipes(1500, '|');  // each becomes six bytes
  for (int count = 0; count < 700; ++count) {
    record::Check check;
    check.check = std::to_string(count) + pipes;
    check.outcome = record::CheckOutcome::Failed;
    check.detail = check.transcript = check.reproduce = check.check;
    Add(record, std::move(check));
    Add(record, record::NotMeasured{pipes, pipes});
  }
  const std::string comment = RenderComment(record);
  EXPECT_LT(comment.size(), kCommentLimit);
  EXPECT_THAT(comment, HasSubstr("more that failed"));
  EXPECT_THAT(comment, HasSubstr("more reasons"));
  EXPECT_LT(RenderJobSummary(record).size(), kJobSummaryLimit);
}

TEST(Markdown, HostileTextStaysText) {
  const record::Record record = samples::RecordOf(samples::HostileRun(1 << 16));
  for (const std::string& text : {RenderComment(record), RenderJobSummary(record)}) {
    EXPECT_THAT(text, Not(HasSubstr("\n<script")));
    EXPECT_THAT(text, Not(HasSubstr("| <")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_LT(text.size(), kJobSummaryLimit);
  }
  EXPECT_LT(RenderComment(record).size(), kCommentLimit);
}

TEST(Markdown, AnyBytesGiveUtf8WithinTheLimit) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const std::string comment = RenderComment(samples::AnyBytes(seed));
    EXPECT_LT(comment.size(), kCommentLimit) << seed;
    for (std::string_view rest = comment; !rest.empty();) {
      const characters::Character first = characters::First(rest);
      ASSERT_NE(first.bytes, 0U) << seed;
      rest.remove_prefix(first.bytes);
    }
  }
}

}  // namespace reports::markdown
