#include "reports/text/summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "reports/golden/golden.h"
#include "reports/record/record.h"
#include "reports/samples/samples.h"

namespace reports::text {

namespace {

const std::filesystem::path kTestData = WSGILAB_REPORTS_FOLDER "/text/testdata";

std::size_t WidestLine(const std::string& text) {
  std::size_t widest = 0;
  std::size_t width = 0;
  for (const char c : text) {
    if (c == '\n') {
      width = 0;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
      widest = std::max(widest, ++width);
    }
  }
  return widest;
}

}  // namespace

TEST(Summary, IsAsItWas) {
  golden::ExpectGolden(kTestData / "complete.txt",
                       RenderSummary(samples::RecordOf(samples::CompleteRun()), 100));
  golden::ExpectGolden(kTestData / "failing.txt",
                       RenderSummary(samples::RecordOf(samples::FailingRun()), 80));
}

TEST(Summary, NoLineIsWiderThanTheTerminal) {
  for (const auto& record : {samples::RecordOf(samples::CompleteRun()),
                             samples::RecordOf(samples::HostileRun(1 << 16))}) {
    for (const int columns : {40, 60, 80, 100, 200}) {
      EXPECT_LE(WidestLine(RenderSummary(record, columns)), static_cast<std::size_t>(columns));
    }
    EXPECT_LE(WidestLine(RenderSummary(record, -1)), 40U);
  }
}

TEST(Summary, NothingInTheRecordReachesTheTerminalAsAControl) {
  const std::string text = RenderSummary(samples::RecordOf(samples::HostileRun(1 << 16)), 80);
  EXPECT_TRUE(std::ranges::none_of(
      text, [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; }));
}

TEST(Summary, WhatANeighbourCostsIsMarkedWhereItMayBeMore) {
  record::Interference line;
  line.alone.latency_us.p99 = 800;
  line.beside.latency_us.p99 = 1.41e6;
  line.beside.state = record::GeneratorState::LowerBound;
  const std::string text = RenderSummary(samples::RecordOf({record::Header{}, line}), 100);
  EXPECT_NE(text.find("  800 µs     > 1.41 s\n"), std::string::npos) << text;
}

TEST(Summary, WhoDidNotRunDoesNotDeviate) {
  std::vector<record::Line> lines = samples::CompleteRun();
  std::get<record::Header>(lines.front()).hosts.clear();
  const std::string text = RenderSummary(samples::RecordOf(lines), 100);
  EXPECT_EQ(text.find("differs from mod_wsgi"), std::string::npos);
}

// Seven servers have 56 rows for each application, most of which say nothing.
TEST(Summary, BesideOtherHostsAModeThatIsNotOfferedHasNoRow) {
  std::vector<record::Line> lines = samples::CompleteRun();
  auto& header = std::get<record::Header>(lines.front());
  for (record::Line& line : lines) {
    auto* cell = std::get_if<record::Cell>(&line);
    if (cell != nullptr && cell->interpreter == "sub") {
      cell->outcome = record::CellOutcome::NotOffered;
    }
  }
  const auto has_row = [&] {
    return RenderSummary(samples::RecordOf(lines), 100).find("  not offered ") != std::string::npos;
  };
  EXPECT_TRUE(has_row());
  header.hosts.push_back(record::HostVersion{});
  EXPECT_FALSE(has_row());
}

TEST(Summary, OfNothingIsThatNothingWasMeasured) {
  EXPECT_EQ(RenderSummary(record::Record{}, 80), "\n✗ Nothing was measured.\n");
}

}  // namespace reports::text
