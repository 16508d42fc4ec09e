#include "reports/trend/trend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "reports/golden/golden.h"
#include "reports/mock/mock.h"
#include "reports/trend/to_text.h"

namespace reports::trend {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

namespace {

constexpr double kMargin = 0.05;
using Runs = std::vector<Run>;  // inside a test, Run is GoogleTest's

// Runs that were made up, as the reader would give them.
std::vector<Run> RunsOf(const mock::MockOrder& order) {
  const auto made = mock::MakeUp(order);
  EXPECT_TRUE(made) << (made ? "" : made.error().Text());
  std::vector<Run> runs;
  for (const mock::Lines& lines : *made) {
    record::Record record;
    for (const record::Line& line : lines)
      record::Add(record, line);
    record.header = std::get<record::Header>(lines.front());
    record.complete = true;
    runs.push_back(RunOf(record, record.header.run + "/record.jsonl"));
  }
  return runs;
}

mock::MockOrder OneModeSlower() {
  return {.seed = 11,
          .modes = {"*/main/lazy"},
          .apps = {"flask_notes", "django_accounts"},
          .slower = {{"engine/daemon/main/lazy/flask_notes", 1.2}},
          .noise = 0.015,
          .runs = 24,
          .step = 17};
}

// The same, made up once.
Runs OneModeSlowerRuns() {
  static const Runs made = RunsOf(OneModeSlower());
  return made;
}

Choice Usual() {
  return {.metrics = UsualMetrics(), .wants_cell = nullptr};
}

}  // namespace

TEST(Trend, FindsWhatBecameSlowerAndNothingElse) {
  const Trend trend = FindTrend(OneModeSlowerRuns(), Usual());
  // Of Django there are too few requests for a p99.
  EXPECT_THAT(trend.series, SizeIs(2 * (7 + 6)));
  for (const SeriesTrend& one : trend.series) {
    // Its p99 is of a dozen requests in 1,200: it may hide what all else shows.
    if (one.series.metric->name == "latency_p99_us") continue;
    const bool is_slower = one.series.cell == "engine/daemon/main/lazy/flask_notes" &&
                           one.series.metric->name != "pss_kib";
    EXPECT_EQ(!one.changes.empty(), is_slower) << one.series.cell << one.series.metric->name;
    if (one.changes.empty()) continue;
    EXPECT_EQ(one.changes.front().at, 16U) << one.series.metric->name;
    EXPECT_NEAR(WorseningOf(*one.series.metric, one.changes.front()), 1.2, 0.04);
  }
  EXPECT_THAT(WorseNow(trend, kMargin), SizeIs(5));
  EXPECT_THAT(WorseNow(trend, 0.5), IsEmpty());
}

TEST(Trend, TheOrderInWhichRunsAreNamedIsNone) {
  Runs runs = OneModeSlowerRuns();
  const std::string text = ToJson(FindTrend(runs, Usual()), kMargin);
  std::ranges::reverse(runs);
  EXPECT_EQ(ToJson(FindTrend(runs, Usual()), kMargin), text);
}

TEST(Trend, AnotherMachineOrPythonIsAnotherSeriesAndIsSaid) {
  Runs runs = OneModeSlowerRuns();
  for (std::size_t i = 16; i < runs.size(); ++i)
    runs[i].machine.fingerprint = "another";
  const Trend apart = FindTrend(runs, Usual());
  EXPECT_THAT(apart.history.groups, SizeIs(2));
  for (const SeriesTrend& one : apart.series)
    EXPECT_THAT(one.changes, IsEmpty()) << "what differs is the machine";
  EXPECT_THAT(apart.remarks, testing::Contains(HasSubstr("the runs are of 2 kinds")));

  Choice together = Usual();
  together.machines = Machines::Together;
  EXPECT_THAT(WorseNow(FindTrend(runs, together), kMargin), SizeIs(5));

  for (auto& run : runs) {
    run.machine.fingerprint = "one";
    for (auto& [cell, python] : run.pythons)
      python = &run - runs.data() < 16 ? "3.11" : "3.13";
  }
  EXPECT_THAT(FindTrend(runs, Usual()).history.groups, SizeIs(2));
}

TEST(Trend, WhatWasMadeUpIsNeverInASeriesWithWhatWasMeasured) {
  Runs runs = OneModeSlowerRuns();
  for (std::size_t i = 0; i < 12; ++i)
    runs[i].synthetic.reset();
  EXPECT_THAT(FindTrend(runs, Usual()).history.groups, SizeIs(2));
  EXPECT_THAT(ToText(FindTrend(runs, Usual()), kMargin, Show::Changed),
              HasSubstr("12 of 24 runs are synthetic"));
}

TEST(Trend, TooFewRunsAreSaidWithTheirNumber) {
  mock::MockOrder order = OneModeSlower();
  order.runs = 9;
  order.step = 5;
  const Trend trend = FindTrend(RunsOf(order), Usual());
  EXPECT_GT(trend.fewest_runs, 9U);
  EXPECT_THAT(ToText(trend, kMargin, Show::All),
              HasSubstr(std::to_string(trend.fewest_runs) + " runs"));
  order.runs = 3;
  order.step = 1;
  const Trend three = FindTrend(RunsOf(order), Usual());
  EXPECT_EQ(three.judged, 0U);
  EXPECT_THAT(ToText(three, kMargin, Show::All), HasSubstr("3 runs are too few to say anything"));
}

TEST(Trend, TheTextIsAsItWas) {
  // No law of a library is in these values, so that they are the same everywhere.
  Runs runs = OneModeSlowerRuns();
  for (std::size_t at = 0; at < runs.size(); ++at) {
    for (auto& [what, value] : runs[at].values) {
      const auto& [cell, metric] = what;
      const bool is_slower = at >= 16 && cell == "engine/daemon/main/lazy/flask_notes";
      const std::size_t scatter = (at * 7 + cell.size() + metric.size()) % 13;
      value = (is_slower ? 1200.0 : 1000.0) + 4.0 * static_cast<double>(scatter);
    }
  }
  const Trend trend = FindTrend(std::move(runs), Usual());
  const std::filesystem::path testdata = WSGILAB_REPORTS_FOLDER "/trend/testdata";
  golden::ExpectGolden(testdata / "changed.txt", ToText(trend, kMargin, Show::Changed));
  golden::ExpectGolden(testdata / "all.txt", ToText(trend, kMargin, Show::All));
}

TEST(Trend, TheTextNamesTheRunAndTheJsonHasEveryValue) {
  const Trend trend = FindTrend(OneModeSlowerRuns(), Usual());
  const std::string text = ToText(trend, kMargin, Show::Changed);
  EXPECT_THAT(text, HasSubstr("worse since run 17 (2026-02-16, "));
  EXPECT_THAT(text, HasSubstr("5 are now worse than before by more than 5 %"));
  EXPECT_THAT(text, HasSubstr("would have been seen"));
  EXPECT_THAT(text, Not(HasSubstr("engine/embedded"))) << "nothing changed there";
  EXPECT_THAT(ToText(trend, kMargin, Show::All), HasSubstr("engine/embedded"));
  const auto json = nlohmann::json::parse(ToJson(trend, kMargin));
  EXPECT_THAT(json["series"], Each(testing::Truly([](const auto& one) {
                return one["values"].size() == 24 && one["runs"].size() == 24;
              })));
  EXPECT_THAT(json["worse_now"], SizeIs(5));
  const std::string csv = ToCsv(trend);
  EXPECT_EQ(std::ranges::count(csv, '\n'), 1 + 26 * 24);
}

TEST(Sparkline, IsAsWideAsThereIsRoomFor) {
  EXPECT_EQ(Sparkline(std::vector<double>{1, 2, 8}, 10), "▁▂█");
  EXPECT_EQ(Sparkline(std::vector<double>{3, 3}, 10), "▁▁");
  EXPECT_EQ(Sparkline(std::vector<double>{1, 1, 9, 9}, 2), "▁█");
  EXPECT_EQ(Sparkline({}, 2), "");
}

}  // namespace reports::trend
