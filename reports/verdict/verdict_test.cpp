#include "reports/verdict/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reports/record/reader.h"
#include "reports/samples/samples.h"

namespace reports::verdict {

using record::CheckOutcome;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

auto Says(Standing standing, const std::string& text) {
  return AllOf(Field(&Statement::standing, standing), Field(&Statement::text, HasSubstr(text)));
}

}  // namespace

TEST(Verdict, OfACompleteRunIsThatAllWorks) {
  const Verdict verdict = Judge(samples::RecordOf(samples::CompleteRun()));
  EXPECT_EQ(verdict.headline, "4 applications in 8 hosting modes: all 32 cells work.");
  EXPECT_EQ(verdict.standing, Standing::Good);
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Good, "Every application ran in the process")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Good, "No application saw another where it should not")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Note, "Two Django projects in one interpreter")));
}

TEST(Verdict, HowItWasMeasuredIsSaidWhereItSpeaksAgainstTheNumbers) {
  const Verdict verdict = Judge(samples::RecordOf(samples::FailingRun()));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Caution, "The machine was noisy just before")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Caution,
                            "In 1 cell a process that runs the application was never reached")));
  EXPECT_THAT(
      verdict.statements,
      Contains(Says(Standing::Caution, "engine/daemon/main/preload/django_secondapp grows by 9")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Note,
                            "50 % of it in engine/embedded/main/preload/django_secondapp")));
}

TEST(Verdict, OfNeighboursAloneCountsThemAndSaysWhichNumbersAreRough) {
  record::Interference good;
  good.host = "engine";
  good.alone.state = good.beside.state = record::GeneratorState::Verified;
  record::Interference late = good;
  late.kind = "gil";
  late.beside.state = record::GeneratorState::Unverified;
  const Verdict fine = Judge(samples::RecordOf({record::Header{}, good}));
  EXPECT_EQ(fine.headline,
            "What an application notices of its neighbour: 1 measurement on engine.");
  EXPECT_THAT(fine.statements, Not(Contains(Says(Standing::Caution, "load generator"))));
  EXPECT_THAT(Judge(samples::RecordOf({record::Header{}, good, late})).statements,
              Contains(Says(Standing::Caution, "In 1 measurement of an application beside")));
}

TEST(Verdict, OfApplicationsIsBadWhereOneIsConfiguredToBeBrokenOrTheyDisturbEachOther) {
  record::Record record = samples::RecordOf(samples::CheckRun());
  const Verdict verdict = Judge(record);
  EXPECT_EQ(verdict.standing, Standing::Bad);
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Bad,
                            "shop is configured as embedded/sub/lazy, and is broken there: GET")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Bad, "the applications disturb each other: blog: GET")));
  EXPECT_THAT(verdict.statements, Contains(Says(Standing::Good, "In groups of their own")));
  for (record::Replay& replay : record.replays)
    replay.outcome = record::ReplayOutcome::Same;
  EXPECT_EQ(Judge(record).standing, Standing::Good);
  record.subjects.front().reference.reset();
  EXPECT_THAT(Judge(record).statements, Contains(Says(Standing::Bad, "shop answers in no mode")));
}

TEST(Verdict, OfAGateSaysEachRuleThatDoesNotHold) {
  record::Record record = samples::RecordOf(samples::ComparisonRun());
  Verdict verdict = Judge(record);
  EXPECT_EQ(verdict.standing, Standing::Bad);
  EXPECT_THAT(
      verdict.statements,
      Contains(Says(Standing::Bad,
                    "Rule: half of the requests are answered as fast as by the baseline: broken: "
                    "engine/embedded/main/preload/hello: latency p(50): regressed")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Bad, "Rule: starts soon: nothing measured: ")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Caution, "Rule: it costs no more: inconclusive: ")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Note, "what must be, is: is left out: this run has no")));
  EXPECT_THAT(verdict.statements, Contains(Says(Standing::Good, "1 rule holds.")));
  EXPECT_THAT(verdict.statements, Not(Contains(Says(Standing::Bad, "exit code"))));

  for (record::Rule& rule : record.rules)
    rule.standing = record::RuleStanding::Held;
  verdict = Judge(record);
  EXPECT_THAT(verdict.statements, Contains(Says(Standing::Good, "5 rules hold.")));
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Bad, "The gate ended with exit code 1: ")))
      << "no rule says why";
}

TEST(Verdict, OfChecksAloneCountsThem) {
  record::Check passed;
  passed.outcome = CheckOutcome::Passed;
  record::Check expected = passed;
  expected.host = "gunicorn";
  expected.outcome = CheckOutcome::ExpectedFailure;
  record::Check failed = passed;
  failed.outcome = CheckOutcome::TimedOut;
  EXPECT_EQ(Judge(samples::RecordOf({record::Header{}, passed, expected})).headline,
            "2 checks of 2 hosts: 1 passed, 1 failed as expected, none failed otherwise.");
  EXPECT_THAT(Judge(samples::RecordOf({record::Header{}, passed, expected})).statements,
              Contains(Says(Standing::Good, "1 of 2 checks passed, 1 failed as expected.")));
  EXPECT_EQ(Judge(samples::RecordOf({record::Header{}, passed, passed, failed})).headline,
            "3 checks of 1 host: 2 passed, 1 failed.");
}

// They were counted as passed in the statement, and left out of the headline.
TEST(Verdict, OfChecksThatWereNotMadeDoesNotCountThemAsPassed) {
  const auto check_of = [](CheckOutcome outcome) {
    record::Check check;
    check.outcome = outcome;
    return check;
  };
  const record::Check expected = check_of(CheckOutcome::ExpectedFailure);
  const record::Check not_made = check_of(CheckOutcome::DependencyFailed);
  const Verdict useless =
      Judge(samples::RecordOf({record::Header{}, expected, not_made, not_made}));
  EXPECT_EQ(useless.headline,
            "3 checks of 1 host: 0 passed, 1 failed as expected, 2 not made, as the host does not "
            "serve, none failed otherwise.");
  EXPECT_EQ(useless.standing, Standing::Bad);
  EXPECT_THAT(useless.statements,
              Contains(Says(Standing::Bad, "2 checks not made, as the host does not serve.")));
  EXPECT_THAT(
      useless.statements,
      Contains(Says(Standing::Caution, "0 of 3 checks passed, 1 failed as expected, 2 not")));

  const Verdict mixed = Judge(samples::RecordOf({record::Header{},
                                                 check_of(CheckOutcome::Passed),
                                                 check_of(CheckOutcome::Skipped),
                                                 check_of(CheckOutcome::NotApplicable),
                                                 check_of(CheckOutcome::NotApplicable)}));
  EXPECT_EQ(mixed.headline,
            "4 checks of 1 host: 1 passed, 2 not applicable, 1 skipped, none failed otherwise.");
  EXPECT_THAT(mixed.statements,
              Contains(Says(Standing::Good, "1 of 4 checks passed, 2 not applicable, 1 skipped.")));
}

TEST(Verdict, OfAFailingRunSaysTheWorstFirst) {
  const Verdict verdict = Judge(samples::RecordOf(samples::FailingRun()));
  EXPECT_EQ(verdict.standing, Standing::Bad);
  EXPECT_EQ(verdict.headline,
            "4 applications in 8 hosting modes: 26 of 32 cells work, 1 ran somewhere else than "
            "asked, 1 failed, 1 crashed, 1 timed out.");
  EXPECT_THAT(
      verdict.statements.front(),
      Says(Standing::Bad, "django_accounts in daemon/sub/lazy crashed: process 4170 of group"));
  for (const std::string text :
       {"served with the settings of another: “one daemon group, two subs”.",
        "out of its reach: “A ends the process: is B still there?” (two daemon groups).",
        "django_secondapp in daemon/main/preload ran somewhere else than asked: ran in sub",
        "4 requests under load failed",
        "Left behind: process 4170"}) {
    EXPECT_THAT(verdict.statements, Contains(Says(Standing::Bad, text)));
  }
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Note, "2 cells not offered by this host: hello in")));
  EXPECT_TRUE(std::ranges::is_sorted(verdict.statements, {}, &Statement::standing));
}

TEST(Verdict, OfSeveralHostsNamesTheOneItSpeaksOf) {
  auto record = samples::RecordOf(samples::FailingRun());
  record.header.hosts.push_back(record::HostVersion{});
  const Verdict verdict = Judge(record);
  EXPECT_THAT(verdict.statements,
              Contains(Says(Standing::Note, "Not offered: 2 cells of engine.")));
  EXPECT_THAT(
      verdict.statements,
      Contains(Says(Standing::Bad, "django_accounts in daemon/sub/lazy of engine crashed")));
}

TEST(Verdict, OfHostsWithUnequalConcurrencyIsThatTheyAreNotComparable) {
  auto record = samples::RecordOf(samples::CompleteRun());
  const auto says = Contains(
      Says(Standing::Caution, "at the same time (engine 5, uwsgi 16 or more): their requests"));
  EXPECT_THAT(Judge(record).statements, Not(says));
  record.cells.back().host = "uwsgi";
  auto& settings =
      *std::ranges::find(record.settings, record.cells.back().cell, &record::Settings::cell);
  EXPECT_THAT(Judge(record).statements, Not(says));
  settings.found.at_once = 8;
  settings.found.processes = 2;
  settings.found.at_once_is_limit = false;
  EXPECT_THAT(Judge(record).statements, says);
}

TEST(Verdict, OfACutOffRunCountsWhatIsMissing) {
  const auto record = record::ReadRecordText(samples::CutOffText(), "cut_off");
  ASSERT_TRUE(record);
  const Verdict verdict = Judge(*record);
  EXPECT_EQ(verdict.headline, "The run is not finished: 9 of 32 cells are there, 9 of them ok.");
  EXPECT_EQ(verdict.standing, Standing::Caution);
}

TEST(Verdict, AnApplicationThatIsNotWhereItWasAskedToBeIsBadNewsWhateverItsCellSays) {
  auto record = samples::RecordOf(samples::CompleteRun());
  record.placements[3].agrees = false;
  const Verdict verdict = Judge(record);
  EXPECT_EQ(verdict.standing, Standing::Bad);
  EXPECT_THAT(
      verdict.statements.front(),
      Says(Standing::Bad, "Not where or when it was asked to be: engine/embedded/main/lazy/"));
}

TEST(Verdict, SaysWhatAnotherPythonChangedWhereTheEngineWasThereWithBoth) {
  auto record = samples::RecordOf(samples::CompleteRun());
  record::HostVersion other;
  other.name = "engine-3.14";
  other.python = "3.14.8";
  record.header.hosts.push_back(other);
  const auto says = Contains(Says(Standing::Note, "From Python 3.11.2 to 3.14.8: "));
  EXPECT_THAT(Judge(record).statements, Not(says)) << "nothing ran there";
  record::Cell cell = record.cells.front();
  cell.host = other.name;
  record.cells.push_back(cell);
  EXPECT_THAT(Judge(record).statements, says);
}

TEST(Verdict, NothingMeasuredIsNeverGood) {
  record::Record record;
  record.complete = true;
  EXPECT_EQ(Judge(record).headline, "Nothing was measured.");
  EXPECT_EQ(Judge(record).standing, Standing::Bad);
  record.cells.emplace_back().outcome = record::CellOutcome::NotOffered;
  EXPECT_EQ(Judge(record).standing, Standing::Bad);
}

TEST(Verdict, ForeignSettingsThatNobodyExpectedComeFirst) {
  const record::Record record = samples::RecordOf(samples::FailingRun());
  const auto found = FindForeignSettings(record);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_FALSE(found[0].is_expected);
  EXPECT_EQ(found[0].check->pairing, "one daemon group, two subs");
  EXPECT_TRUE(found[1].is_expected);
}

}  // namespace reports::verdict
