#include "reports/tally/tally.h"

#include <gtest/gtest.h>

namespace reports::tally {
namespace {

using record::CellOutcome;
using record::CheckOutcome;
using record::Record;

Record With(std::initializer_list<CellOutcome> cells,
            std::initializer_list<CheckOutcome> checks = {},
            record::Level level = record::Level::Must) {
  Record run;
  for (const CellOutcome outcome : cells)
    run.cells.emplace_back().outcome = outcome;
  for (const CheckOutcome outcome : checks) {
    record::Check& check = run.checks.emplace_back();
    check.outcome = outcome;
    check.level = level;
  }
  return run;
}

ExitCode CodeOf(const Record& run) {
  return TallyOf(run).exit_code;
}

TEST(Tally, AllWellIsAPass) {
  const Tally tally = TallyOf(With({CellOutcome::Ok, CellOutcome::NotOffered},
                                   {CheckOutcome::Passed, CheckOutcome::Skipped}));
  EXPECT_EQ(tally.exit_code, ExitCode::Pass);
  EXPECT_EQ(tally.verdict, "1 of 2 cells ok, 1 not_offered; 1 of 2 checks passed, 1 skipped");
}

TEST(Tally, NothingMeasuredIsNeverAPass) {
  EXPECT_EQ(CodeOf({}), ExitCode::NothingMeasured);
  EXPECT_EQ(CodeOf(With({CellOutcome::NotOffered})), ExitCode::NothingMeasured);
  EXPECT_EQ(CodeOf(With({}, {CheckOutcome::Skipped})), ExitCode::NothingMeasured);
}

TEST(Tally, TheProductsFaultsAreFailures) {
  for (const CellOutcome outcome : {CellOutcome::Misconfigured,
                                    CellOutcome::Failed,
                                    CellOutcome::Crashed,
                                    CellOutcome::TimedOut}) {
    EXPECT_EQ(CodeOf(With({CellOutcome::Ok, outcome})), ExitCode::Failure);
  }
  EXPECT_EQ(CodeOf(With({}, {CheckOutcome::Passed, CheckOutcome::Error})), ExitCode::Failure);
}

TEST(Tally, WhatShouldBeIsNoMust) {
  EXPECT_EQ(CodeOf(With({CellOutcome::Ok}, {CheckOutcome::Failed}, record::Level::Should)),
            ExitCode::Pass);
}

TEST(Tally, AnApplicationThatIsBrokenWhereItIsConfiguredIsAFailureAndElsewhereIsNone) {
  Record run;
  record::Subject& subject = run.subjects.emplace_back();
  subject.app = "shop";
  subject.reference = "daemon/main/lazy";
  record::Replay& replay = run.replays.emplace_back();
  replay.app = "shop";
  replay.arrangement = "embedded/sub/lazy";
  replay.outcome = record::ReplayOutcome::Differs;
  EXPECT_EQ(CodeOf(run), ExitCode::Pass);
  subject.mode = "embedded/sub/lazy";
  EXPECT_EQ(CodeOf(run), ExitCode::Failure);
  replay.outcome = record::ReplayOutcome::NotAsked;
  EXPECT_EQ(CodeOf(run), ExitCode::Pass);
  subject.reference.reset();
  EXPECT_EQ(CodeOf(run), ExitCode::Failure);
}

TEST(Tally, OurOwnFaultsWinOverTheProducts) {
  EXPECT_EQ(CodeOf(With({CellOutcome::Failed, CellOutcome::SetupFailed})), ExitCode::HarnessFault);
  Record run = With({CellOutcome::Failed});
  run.not_measured = {{"the rest", "it broke", {}, record::Stopped::Fault}};
  EXPECT_EQ(CodeOf(run), ExitCode::HarnessFault);
}

TEST(Tally, AnInterruptionIsSaid) {
  Record run = With({CellOutcome::Ok});
  run.not_measured = {{"1 of 2 cells", "it was interrupted", {}, record::Stopped::Interrupted}};
  EXPECT_EQ(CodeOf(run), ExitCode::Interrupted);
  EXPECT_EQ(TallyOf(run).verdict, "1 of 1 cells ok; interrupted");
}

TEST(Tally, CellsOfAHostThatIsNotInstalledAreSaid) {
  Record run = With({CellOutcome::Ok});
  run.not_measured = {{"2 cells of uwsgi", "no", 2, {}}, {"1 cell of apache", "no", 1, {}}};
  EXPECT_EQ(CodeOf(run), ExitCode::Pass);
  EXPECT_EQ(TallyOf(run).verdict,
            "1 of 1 cells ok; not measured: 3 more, whose host is not installed");
}

TEST(Tally, WhatWasMeasuredBesideANeighbourIsMeasured) {
  Record run;
  run.interferences.resize(3);
  EXPECT_EQ(CodeOf(run), ExitCode::Pass);
  EXPECT_EQ(TallyOf(run).verdict, "3 times an application was measured beside another");
}

TEST(Tally, AMissingShardIsNeverAPass) {
  Record run = With({CellOutcome::Ok});
  run.header.merged = {2, {{1, "a", 0, 1, true, {}}}};
  EXPECT_EQ(CodeOf(run), ExitCode::Inconclusive);
  EXPECT_EQ(TallyOf(run).verdict, "1 of 1 cells ok; not complete: Shard 2 of 2 is missing.");
  run.cells[0].outcome = CellOutcome::Crashed;
  EXPECT_EQ(CodeOf(run), ExitCode::Failure);
}

TEST(Tally, TheFooterSaysTheSame) {
  const Record run = With({CellOutcome::Ok, CellOutcome::Failed}, {CheckOutcome::Passed});
  const record::Footer footer = FooterOf(run);
  EXPECT_EQ(footer.exit_code, 1);
  EXPECT_EQ(footer.verdict, TallyOf(run).verdict);
  EXPECT_EQ(footer.cells.at("failed"), 1);
  EXPECT_EQ(footer.checks.at("passed"), 1);
}

}  // namespace
}  // namespace reports::tally
