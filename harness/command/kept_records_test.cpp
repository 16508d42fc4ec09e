// Reports of records that programs of earlier versions wrote (reports/record/kept): they stay possible.

#include <gmock/gmock.h>

#include <filesystem>
#include <vector>

#include "harness/command/testing/command_fixture.h"
#include "hosts/base/files.h"
#include "reports/record/reader.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

const fs::path kKept = WSGILAB_SOURCE_FOLDER "/reports/record/kept";

class KeptRecordsTest : public CommandTest {
 protected:
  // The page of a record, and that it is one.
  std::string PageOf(const fs::path& record) {
    const fs::path page = folder_->path() / "page.html";
    const Ended ended = Call({"report", record.string(), "-o", "html=" + page.string()});
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    const auto text = hosts::base::ReadFile(page);
    EXPECT_TRUE(text) << record;
    return text ? *text : "";
  }
};

TEST_F(KeptRecordsTest, ARunOfVersion1HasItsReports) {
  const fs::path run = kKept / "version-1-run.jsonl";
  const auto record = reports::record::ReadRecord(run);
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_EQ(record->header.schema, 1);
  ASSERT_EQ(record->cells.size(), 8U);
  const Ended text = Call({"report", run.string()});
  EXPECT_EQ(text.exit_code, 0);
  const std::string page = PageOf(run);
  for (const reports::record::Cell& cell : record->cells) {
    EXPECT_EQ(cell.outcome, reports::record::CellOutcome::Ok);
    const std::string mode = cell.process + "/" + cell.interpreter + "/" + cell.loading;
    EXPECT_THAT(text.output, HasSubstr(mode));
    ASSERT_NE(FindLoad(*record, cell.cell, reports::record::Loop::Closed), nullptr);
  }
  EXPECT_THAT(text.output, HasSubstr("1 application in 8 hosting modes: all 8 cells work."));
  EXPECT_THAT(page, AllOf(HasSubstr("all 8 cells work."), HasSubstr(record->header.run)));
}

TEST_F(KeptRecordsTest, AComparisonOfVersion1HasItsReports) {
  const fs::path compared = kKept / "version-1-compare.jsonl";
  const auto record = reports::record::ReadRecord(compared);
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_EQ(record->experiments.front().arms.size(), 5U);
  EXPECT_FALSE(record->samples.empty());
  EXPECT_EQ(Call({"report", compared.string()}).exit_code, 0);
  EXPECT_THAT(PageOf(compared), HasSubstr("latency p50"));
}

TEST_F(KeptRecordsTest, EveryTypeOfLineOfVersion1HasItsReports) {
  const fs::path samples = kKept / "version-1-samples.jsonl";
  EXPECT_THAT(Call({"report", samples.string()}).output, HasSubstr("all 32 cells work."));
  EXPECT_THAT(PageOf(samples), AllOf(HasSubstr("django_accounts"), HasSubstr("id=\"isolation\"")));
  EXPECT_EQ(Call({"gate", samples.string()}).exit_code, 0);
}

}  // namespace
}  // namespace harness::command
