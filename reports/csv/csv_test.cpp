#include "reports/csv/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "reports/golden/golden.h"
#include "reports/samples/samples.h"

namespace reports::csv {

using ::testing::HasSubstr;

namespace {

// As RFC 4180 has it, and nothing else.
std::vector<std::vector<std::string>> RowsOf(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t at = 0; at < csv.size();) {
    std::vector<std::string> row(1);
    bool is_quoted = false;
    for (;; ++at) {
      if (at >= csv.size()) {
        ADD_FAILURE() << "the last line has no end";
        break;
      }
      const char c = csv[at];
      if (is_quoted) {
        if (c != '"') {
          row.back() += c;
        } else if (csv[at + 1] == '"') {
          row.back() += csv[++at];
        } else {
          is_quoted = false;
          EXPECT_TRUE(csv[at + 1] == ',' || csv[at + 1] == '\r') << csv.substr(at, 20);
        }
      } else if (c == '"') {
        EXPECT_TRUE(row.back().empty());
        is_quoted = true;
      } else if (c == ',') {
        row.emplace_back();
      } else if (c == '\r') {
        EXPECT_EQ(csv[at + 1], '\n');
        at += 2;
        break;
      } else {
        row.back() += c;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void ExpectTable(const std::string& csv) {
  const auto rows = RowsOf(csv);
  ASSERT_FALSE(rows.empty());
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 16U) << row[0];
    for (std::size_t column = 0; column < row.size(); ++column) {
      const bool is_number = column >= 11 && column <= 14;
      if (is_number || row[column].empty()) continue;
      EXPECT_EQ(std::string("=+-@").find(row[column][0]), std::string::npos) << row[column];
    }
  }
}

record::Record One(const std::string& app) {
  record::Record record;
  record::Startup startup;
  startup.cell = "engine/daemon/main/lazy/" + app;
  startup.ready_ms = 1.5;
  record.header.plan.cells = {startup.cell};
  Add(record, startup);
  return record;
}

}  // namespace

TEST(Csv, TheRunsAreAsTheyWere) {
  record::Record record = samples::RecordOf(samples::FailingRun());
  record.header.plan.cells.resize(2);  // of which the generator does not vouch for the first
  record.cells.resize(2);
  golden::ExpectGolden(WSGILAB_CSV_FOLDER "/testdata/failing.csv", RenderCsv(record));
}

TEST(Csv, ARowHasItsCellInParts) {
  EXPECT_EQ(RowsOf(RenderCsv(One("hello")))[1],
            (std::vector<std::string>{"",
                                      "engine/daemon/main/lazy/hello",
                                      "engine/daemon/main/lazy/hello",
                                      "engine",
                                      "daemon",
                                      "main",
                                      "lazy",
                                      "hello",
                                      "",
                                      "startup_ready_us",
                                      "us",
                                      "1500",
                                      "",
                                      "",
                                      "",
                                      "yes"}));
}

TEST(Csv, NothingIsAFormula) {
  EXPECT_THAT(RenderCsv(One("=1+1")), HasSubstr(",\"'=1+1\","));
  EXPECT_THAT(RenderCsv(One("  @SUM(1)")), HasSubstr(",\"'  @SUM(1)\","));
  EXPECT_THAT(RenderCsv(One("a\"b,c\r\nd")), HasSubstr(",\"a\"\"b,c"));
  EXPECT_THAT(RenderCsv(One("plain")), HasSubstr(",plain,"));
}

TEST(Csv, AnEmptyRecordHasTheHeadAlone) {
  EXPECT_EQ(RowsOf(RenderCsv({})).size(), 1U);
}

TEST(Csv, HostileTextStaysText) {
  ExpectTable(RenderCsv(samples::RecordOf(samples::HostileRun(1 << 16))));
}

TEST(Csv, AnyBytesAreATable) {
  for (std::uint32_t seed = 0; seed < 20; ++seed)
    ExpectTable(RenderCsv(samples::AnyBytes(seed)));
}

}  // namespace reports::csv
