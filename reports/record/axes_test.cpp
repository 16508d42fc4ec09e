#include "reports/record/axes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports::record {

using ::testing::ElementsAre;

namespace {

std::vector<std::string> Labels(const Axes& axes) {
  std::vector<std::string> labels;
  for (const AxisRow& row : axes.rows)
    labels.push_back(row.label);
  return labels;
}

}  // namespace

TEST(Axes, FollowThePlanAndThenWhatTheRunHasBesides) {
  Record record;
  record.header.plan.modes = {"embedded/main/lazy", "daemon/main/lazy", "daemon/sub/lazy"};
  record.header.plan.apps = {"hello", "flask_notes"};
  record.header.plan.cells = {"engine/daemon/main/lazy/flask_notes",
                              "engine/embedded/main/lazy/hello"};
  Cell cell;
  cell.cell = "engine/daemon/main/preload/a/b";
  cell.host = "engine";
  cell.process = "daemon";
  cell.interpreter = "main";
  cell.loading = "preload";
  cell.app = "a/b";
  record.cells.push_back(cell);
  const Axes axes = AxesOf(record);
  EXPECT_THAT(Labels(axes),
              ElementsAre("embedded/main/lazy", "daemon/main/lazy", "daemon/main/preload"));
  EXPECT_THAT(axes.apps, ElementsAre("hello", "flask_notes", "a/b"));
  EXPECT_EQ(CellAt(axes.rows[2], "a/b"), cell.cell);
}

TEST(Axes, SeveralHostsAreNamed) {
  Record record;
  record.header.plan.cells = {"engine/daemon/main/lazy/hello", "apache/daemon/main/lazy/hello"};
  EXPECT_THAT(Labels(AxesOf(record)),
              ElementsAre("engine: daemon/main/lazy", "apache: daemon/main/lazy"));
}

TEST(Axes, WhatIsNoCellIdIsARowOfItsOwn) {
  Record record;
  record.header.plan.cells = {"nonsense", "a/b", ""};
  EXPECT_EQ(AxesOf(record).rows.size(), 3U);
}

}  // namespace reports::record
