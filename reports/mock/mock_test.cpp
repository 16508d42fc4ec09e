#include "reports/mock/mock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "reports/record/json.h"
#include "reports/record/reader.h"

namespace reports::mock {

using testing::HasSubstr;

namespace {

std::string TextOf(const Lines& lines) {
  std::string text;
  for (const record::Line& line : lines)
    text += record::ToJsonLine(line) + '\n';
  return text;
}

// As a reader gives them, who refuses what is no record.
std::vector<record::Record> RunsOf(const MockOrder& order) {
  const auto runs = MakeUp(order);
  EXPECT_TRUE(runs) << (runs ? "" : runs.error().Text());
  std::vector<record::Record> records;
  for (const Lines& lines : *runs) {
    auto read = record::ReadRecordText(TextOf(lines), "mock");
    EXPECT_TRUE(read) << (read ? "" : read.error().Text());
    records.push_back(std::move(*read));
  }
  return records;
}

double MedianOf(const record::Record& record, const std::string& cell) {
  return *FindLoad(record, cell, record::Loop::Closed)->latency_us.p50;
}

std::string ErrorOf(const MockOrder& order) {
  const auto runs = MakeUp(order);
  return runs ? "" : runs.error().Text();
}

}  // namespace

TEST(Mock, IsAWholeRecordThatSaysThatItIsSynthetic) {
  const record::Record record = RunsOf({.seed = 7}).front();
  EXPECT_TRUE(record.complete);
  EXPECT_EQ(record.cells.size(), 32U);
  EXPECT_FALSE(record.checks.empty());
  EXPECT_FALSE(record.interferences.empty());
  EXPECT_THAT(*record.header.synthetic, HasSubstr("seed 7"));
  EXPECT_THAT(*record.header.synthetic, HasSubstr("Nothing of it was measured"));
  EXPECT_EQ(record.footer->exit_code, 0);
  for (const std::string& cell : record.header.plan.cells) {
    EXPECT_NE(FindPlacement(record, cell), nullptr) << cell;
    ASSERT_NE(FindLoad(record, cell, record::Loop::Open), nullptr) << cell;
    EXPECT_TRUE(FindLoad(record, cell, record::Loop::Open)->hdr.has_value()) << cell;
  }
}

TEST(Mock, TheSameSeedMakesTheSameBytesAndAnotherOthers) {
  const MockOrder order{.seed = 3, .apps = {"flask_notes"}, .runs = 2};
  MockOrder other = order;
  other.seed = 4;
  EXPECT_EQ(TextOf(MakeUp(order)->back()), TextOf(MakeUp(order)->back()));
  EXPECT_NE(TextOf(MakeUp(order)->back()), TextOf(MakeUp(other)->back()));
}

TEST(Mock, WhatIsSlowerIsSoFromItsStepOnAndNothingElse) {
  const auto runs = RunsOf({.apps = {"flask_notes"},
                            .slower = {{"daemon/*", 1.5}},
                            .noise = 0.001,
                            .runs = 4,
                            .step = 3});
  ASSERT_EQ(runs.size(), 4U);
  const std::string slower = "engine/daemon/main/lazy/flask_notes";
  const std::string same = "engine/embedded/main/lazy/flask_notes";
  EXPECT_NEAR(MedianOf(runs[1], slower) / MedianOf(runs[0], slower), 1, 0.03);
  EXPECT_NEAR(MedianOf(runs[2], slower) / MedianOf(runs[0], slower), 1.5, 0.05);
  EXPECT_NEAR(MedianOf(runs[3], same) / MedianOf(runs[0], same), 1, 0.03);
  EXPECT_NEAR(
      *FindStartup(runs[3], slower)->ready_ms / *FindStartup(runs[0], slower)->ready_ms, 1.5, 0.03);
  EXPECT_LT(runs[2].header.started_at, runs[3].header.started_at);
  EXPECT_LT(*FindPlacement(runs[2], same)->found.ready_at,
            *FindPlacement(runs[3], same)->found.ready_at);
}

TEST(Mock, AsManyChecksFailAsAreOrdered) {
  const record::Record record = RunsOf({.apps = {"flask_notes"}, .failing_checks = 3}).front();
  EXPECT_EQ(record.footer->checks.at("failed"), 3);
  EXPECT_EQ(record.footer->exit_code, 1);
}

TEST(Mock, AHostIsAsFastAsAnother) {
  const record::Record record =
      RunsOf({.hosts = {"engine", "apache"}, .apps = {"flask_notes"}, .noise = 0.001}).front();
  EXPECT_EQ(record.cells.size(), 16U);
  EXPECT_NEAR(MedianOf(record, "apache/daemon/main/lazy/flask_notes") /
                  MedianOf(record, "engine/daemon/main/lazy/flask_notes"),
              1,
              0.03)
      << "a mock says nothing about products";
}

TEST(Mock, ShardsHaveTheCellsAmongThem) {
  std::map<std::string, int> seen;
  for (const int index : {1, 2}) {
    const record::Record shard =
        RunsOf({.apps = {"flask_notes", "django_*"}, .shard = plan::ShardNumber{index, 2}}).front();
    EXPECT_EQ(shard.header.shard->whole.cells.size(), 24U);
    for (const record::Cell& cell : shard.cells)
      ++seen[cell.cell];
  }
  EXPECT_EQ(seen.size(), 24U);
  for (const auto& [cell, times] : seen)
    EXPECT_EQ(times, 1) << cell;
}

TEST(Mock, WhatCannotBeMadeUpIsSaid) {
  EXPECT_THAT(ErrorOf({.apps = {"hallo"}}),
              HasSubstr("no application of a mock is called 'hallo'"));
  EXPECT_THAT(ErrorOf({.modes = {"daemon/sup/*"}}), HasSubstr("no mode"));
  EXPECT_THAT(ErrorOf({.wants_cell = [](const std::string&) { return false; }}),
              HasSubstr("no cell of the mock"));
  EXPECT_THAT(ErrorOf({.slower = {{"gunicorn", 1.1}}}), HasSubstr("nothing is called 'gunicorn'"));
  EXPECT_THAT(ErrorOf({.failing_checks = 10'000}), HasSubstr("cannot fail"));
  EXPECT_THAT(ErrorOf({.runs = 3, .step = 4}), HasSubstr("there is no run 4"));
}

}  // namespace reports::mock
