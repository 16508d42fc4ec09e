#include "reports/upgrade/tours.h"

#include <gmock/gmock.h>

namespace reports::upgrade {
namespace {

using record::Cell;
using record::CellOutcome;
using record::Record;
using testing::IsEmpty;

const std::vector<std::string> kHosts{"engine", "engine-3.14"};
const std::vector<std::string> kPythons{"3.11.2", "3.14.8"};

struct Asked {
  std::string host = "engine";
  std::string interpreter = "main";
  std::string loading = "lazy";
  std::string app = "shop";
};

Cell& AddCell(Record& record, const Asked& asked, CellOutcome outcome, bool has_toured = true) {
  Cell cell;
  cell.cell = asked.host + "/daemon/" + asked.interpreter + "/" + asked.loading + "/" + asked.app;
  cell.host = asked.host;
  cell.process = "daemon";
  cell.interpreter = asked.interpreter;
  cell.loading = asked.loading;
  cell.app = asked.app;
  cell.outcome = outcome;
  if (has_toured) Add(record, record::Tour{cell.cell, {}, true});
  Add(record, cell);
  return record.cells.back();
}

void Refuse(Cell& cell) {
  cell.reason = "first request: status 500, not 200";
  cell.log_tail = {"ImportError: module numpy.core does not support loading in subinterpreters"};
}

TEST(Tours, HaveARowForEachKindOfInterpreter) {
  Record record;
  AddCell(record, {.interpreter = "sub"}, CellOutcome::Ok);
  AddCell(record, {}, CellOutcome::Ok);
  AddCell(record, {.loading = "preload"}, CellOutcome::Ok);
  AddCell(record, {.host = "engine-3.14", .interpreter = "sub-own-gil"}, CellOutcome::Ok);
  AddCell(record, {.host = "apache"}, CellOutcome::Failed, false);
  const auto rows = ToursOf(record, kHosts);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].interpreter, "main");
  EXPECT_EQ(rows[0].with[0].modes, 2);
  EXPECT_TRUE(rows[0].with[0].has_passed());
  EXPECT_EQ(rows[0].with[1].modes, 0) << "nobody asked";
  EXPECT_EQ(rows[1].interpreter, "sub");
  EXPECT_EQ(rows[2].interpreter, "sub-own-gil");
  EXPECT_EQ(InWords(rows, kPythons),
            "The tour of 1 application passes in each kind of interpreter that each Python has.");
}

TEST(Tours, NameTheImportThatRefuses) {
  Record record;
  AddCell(record, {.interpreter = "sub"}, CellOutcome::Ok);
  Refuse(AddCell(
      record, {.host = "engine-3.14", .interpreter = "sub-own-gil"}, CellOutcome::Failed, false));
  const auto rows = ToursOf(record, kHosts);
  ASSERT_EQ(rows.size(), 2U);
  const Visits& visits = rows[1].with[1];
  EXPECT_FALSE(visits.has_passed());
  EXPECT_EQ(visits.passed, 0);
  EXPECT_EQ(visits.refuses, "numpy");
  EXPECT_EQ(visits.said, "module numpy.core does not support loading in subinterpreters");
  EXPECT_EQ(InWords(rows, kPythons),
            "Tours that do not pass: shop in sub-own-gil with Python 3.14.8: numpy refuses.");
}

TEST(Tours, SayTheReasonWhereNoImportRefuses) {
  Record record;
  AddCell(record, {}, CellOutcome::Failed, false).reason = "tour: 'log in': status 403, not 200";
  AddCell(record, {.loading = "preload"}, CellOutcome::Ok);
  const auto rows = ToursOf(record, kHosts);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].with[0].refuses, "");
  EXPECT_EQ(rows[0].with[0].said, "tour: 'log in': status 403, not 200");
  EXPECT_EQ(InWords(rows, kPythons),
            "Tours that do not pass: shop in main with Python 3.11.2: 1 of 2 modes passed.");
}

// One mode may die of what another one says plainly.
TEST(Tours, NameTheImportOfWhicheverModeSaysIt) {
  Record record;
  AddCell(record, {}, CellOutcome::Crashed, false).reason = "the connection closed";
  Refuse(AddCell(record, {.loading = "preload"}, CellOutcome::Failed, false));
  EXPECT_EQ(ToursOf(record, kHosts)[0].with[0].refuses, "numpy");
}

TEST(Tours, CountThatOfACellThatFailedLater) {
  Record record;
  AddCell(record, {}, CellOutcome::Failed).reason = "closed loop: 3 wrong answers";
  EXPECT_TRUE(ToursOf(record, kHosts)[0].with[0].has_passed());
}

TEST(Tours, SayWhyAKindIsNotOffered) {
  Record record;
  AddCell(record, {.interpreter = "sub-own-gil"}, CellOutcome::NotOffered, false).reason =
      "needs Python 3.12";
  const auto rows = ToursOf(record, kHosts);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].with[0].modes, 0);
  EXPECT_EQ(rows[0].with[0].not_offered, "needs Python 3.12");
}

TEST(Tours, AreNamedUpToAFew) {
  Record record;
  for (int app = 0; app < 8; ++app) {
    Refuse(AddCell(record, {.app = "shop" + std::to_string(app)}, CellOutcome::Failed, false));
  }
  EXPECT_THAT(InWords(ToursOf(record, kHosts), kPythons),
              testing::EndsWith("shop5 in main with Python 3.11.2: numpy refuses; and 2 more."));
}

TEST(Tours, AreNoneWithoutCells) {
  EXPECT_THAT(ToursOf(Record{}, kHosts), IsEmpty());
  EXPECT_EQ(InWords({}, kPythons), "");
}

}  // namespace
}  // namespace reports::upgrade
