#include "reports/samples/samples.h"

#include <gtest/gtest.h>

#include "reports/golden/golden.h"
#include "reports/record/json.h"
#include "reports/record/reader.h"

namespace reports::samples {

namespace {

const std::filesystem::path kTestData = WSGILAB_REPORTS_FOLDER "/samples/testdata";

}  // namespace

TEST(Samples, TheFilesInTestdataAreUpToDate) {
  golden::ExpectGolden(kTestData / "complete.jsonl", TextOf(CompleteRun()));
  golden::ExpectGolden(kTestData / "failing.jsonl", TextOf(FailingRun()));
  golden::ExpectGolden(kTestData / "check.jsonl", TextOf(CheckRun()));
  golden::ExpectGolden(kTestData / "pythons.jsonl", TextOf(PythonsRun()));
  golden::ExpectGolden(kTestData / "cut_off.jsonl", CutOffText());
}

TEST(Samples, ACompleteRunHasEveryCellOfItsPlan) {
  const record::Record record = RecordOf(CompleteRun());
  EXPECT_TRUE(record.complete);
  EXPECT_EQ(record.cells.size(), 32U);
  for (const std::string& cell : record.header.plan.cells) {
    EXPECT_NE(record::FindPlacement(record, cell), nullptr) << cell;
    EXPECT_NE(record::FindLoad(record, cell, record::Loop::Open), nullptr) << cell;
    EXPECT_NE(record::FindResources(record, cell, record::When::AfterLoad), nullptr) << cell;
  }
}

TEST(Samples, TheCutOffRunIsReadableAndSaysSo) {
  const auto record = record::ReadRecord(kTestData / "cut_off.jsonl");
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_FALSE(record->complete);
  EXPECT_EQ(record->cells.size(), 9U);
}

TEST(Samples, WritingWhatWasReadChangesNothing) {
  const auto text = hosts::base::ReadFile(kTestData / "complete.jsonl");
  ASSERT_TRUE(text);
  std::string written;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto line = record::ParseLine(rest.substr(0, end));
    ASSERT_TRUE(line) << line.error().Text();
    written += record::ToJsonLine(*line) + '\n';
    rest.remove_prefix(end + 1);
  }
  EXPECT_EQ(written, *text);
}

}  // namespace reports::samples
