#include "harness/run/tally.h"

#include <gtest/gtest.h>

namespace harness::run {
namespace {

namespace record = reports::record;
using record::CellOutcome;
using record::CheckOutcome;

Tally With(std::initializer_list<CellOutcome> cells,
           std::initializer_list<CheckOutcome> checks = {},
           record::Level level = record::Level::Must) {
  Tally tally;
  for (const CellOutcome outcome : cells) {
    record::Cell cell;
    cell.outcome = outcome;
    tally.Add(cell);
  }
  for (const CheckOutcome outcome : checks) {
    record::Check check;
    check.outcome = outcome;
    check.level = level;
    tally.Add(check);
  }
  return tally;
}

TEST(Tally, AllWellIsAPass) {
  const Tally tally = With({CellOutcome::Ok, CellOutcome::NotOffered},
                           {CheckOutcome::Passed, CheckOutcome::Skipped});
  EXPECT_EQ(tally.exit_code(), ExitCode::Pass);
  EXPECT_EQ(tally.Verdict(), "1 of 2 cells ok, 1 not_offered; 1 of 2 checks passed, 1 skipped");
}

TEST(Tally, NothingMeasuredIsNeverAPass) {
  EXPECT_EQ(Tally().exit_code(), ExitCode::NothingMeasured);
  EXPECT_EQ(With({CellOutcome::NotOffered}).exit_code(), ExitCode::NothingMeasured);
  EXPECT_EQ(With({}, {CheckOutcome::Skipped}).exit_code(), ExitCode::NothingMeasured);
}

TEST(Tally, TheProductsFaultsAreFailures) {
  for (const CellOutcome outcome : {CellOutcome::Misconfigured,
                                    CellOutcome::Failed,
                                    CellOutcome::Crashed,
                                    CellOutcome::TimedOut}) {
    EXPECT_EQ(With({CellOutcome::Ok, outcome}).exit_code(), ExitCode::Failure);
  }
  EXPECT_EQ(With({}, {CheckOutcome::Passed, CheckOutcome::Error}).exit_code(), ExitCode::Failure);
}

TEST(Tally, WhatShouldBeIsNoMust) {
  EXPECT_EQ(With({CellOutcome::Ok}, {CheckOutcome::Failed}, record::Level::Should).exit_code(),
            ExitCode::Pass);
}

TEST(Tally, OurOwnFaultsWinOverTheProducts) {
  EXPECT_EQ(With({CellOutcome::Failed, CellOutcome::SetupFailed}).exit_code(),
            ExitCode::HarnessFault);
  Tally tally = With({CellOutcome::Failed});
  tally.AddHarnessFault();
  EXPECT_EQ(tally.exit_code(), ExitCode::HarnessFault);
}

TEST(Tally, AnInterruptionIsSaid) {
  Tally tally = With({CellOutcome::Ok});
  tally.AddInterruption();
  EXPECT_EQ(tally.exit_code(), ExitCode::Interrupted);
  EXPECT_EQ(tally.Verdict(), "1 of 1 cells ok; interrupted");
}

}  // namespace
}  // namespace harness::run
