#include "reports/cases/cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "reports/record/reader.h"
#include "reports/samples/samples.h"
#include "reports/tally/tally.h"
#include "reports/verdict/verdict.h"

namespace reports::cases {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

using record::CellOutcome;
using record::CheckOutcome;
using record::Record;

Record Changed(const std::function<void(Record&)>& change) {
  static const Record kComplete = [] {
    Record record = samples::RecordOf(samples::CompleteRun());
    record.resources.clear();  // whether memory grows takes long to say, and is not asked here
    return record;
  }();
  Record record = kComplete;
  change(record);
  return record;
}

const Case& Named(const std::vector<Case>& cases, std::string_view suite, std::string_view name) {
  const auto found = std::ranges::find_if(
      cases, [&](const Case& one) { return one.suite == suite && one.name == name; });
  EXPECT_NE(found, cases.end()) << suite << " " << name;
  static const Case kNone;
  return found == cases.end() ? kNone : *found;
}

// Of one experiment, whose candidate is slower by that many microseconds, in as many blocks.
Record Experiment(double slower, int blocks) {
  Record record;
  record::Experiment plan;
  plan.experiment = "after against before";
  plan.blocks = blocks;
  plan.margin = 0.02;
  plan.alpha = 0.05;
  plan.arms = {
      {"base", record::ArmRole::Baseline, "engine", "daemon/main/lazy", "hello", "1", {}, {}},
      {"new", record::ArmRole::Candidate, "engine", "daemon/main/lazy", "hello", "2", {}, {}}};
  Add(record, plan);
  for (int block = 1; block <= blocks; ++block) {
    for (const record::Arm& arm : plan.arms) {
      record::Sample sample;
      sample.experiment = plan.experiment;
      sample.block = block;
      sample.arm = arm.name;
      sample.values = {{"latency_p50_us", (arm.name == "new" ? slower : 0) + 100.0 + block % 3}};
      Add(record, sample);
    }
  }
  record.complete = true;
  return record;
}

}  // namespace

TEST(Cases, ACompleteRunHasOneForEveryCellAndCheckAndNoneIsBad) {
  const Record record = samples::RecordOf(samples::CompleteRun());
  const std::vector<Case> cases = CasesOf(record);
  const auto of_suite = [&](std::string_view suite) {
    return std::ranges::count(cases, suite, &Case::suite);
  };
  EXPECT_EQ(of_suite("cells"), 32);
  EXPECT_EQ(of_suite("isolation") + of_suite("hosting"), 90);
  EXPECT_EQ(of_suite("not measured"), 1);
  EXPECT_THAT(WorstFirst(cases), ElementsAre());
  EXPECT_EQ(Named(cases, "cells", "hello").place, "engine/embedded/main/lazy");
  EXPECT_EQ(Named(cases, "isolation", "isolation/cwd [INTERP-6] (two daemon groups)").place,
            "engine/daemon/main/lazy");
}

TEST(Cases, NamesAreTheirsAlone) {
  std::set<std::string> names;
  for (const Case& one : CasesOf(samples::RecordOf(samples::FailingRun())))
    EXPECT_TRUE(names.insert(one.suite + "|" + one.place + "|" + one.name).second) << one.name;
}

TEST(Cases, TheWorstComesFirst) {
  const Record record = samples::RecordOf(samples::FailingRun());
  const std::vector<Case> cases = CasesOf(record);
  std::vector<std::string> words;
  for (const Case* one : WorstFirst(cases))
    words.push_back(one->word);
  ASSERT_GE(words.size(), 8U);
  EXPECT_EQ(words[0], "crashed");
  EXPECT_EQ(words[1], "timed_out");
  EXPECT_THAT(Named(cases, "cells", "django_accounts").message, "");
  const Case& failed =
      Named(cases, "isolation", "isolation/django_assign [INTERP-4] (one daemon group, two subs)");
  EXPECT_EQ(failed.ending, Ending::Failed);
  EXPECT_THAT(failed.message, HasSubstr("Expected isolated, found shared."));
  EXPECT_EQ(Named(cases, "run", "answers under load").ending, Ending::Failed);
  EXPECT_EQ(Named(cases, "run", "noise of the machine").ending, Ending::Skipped);
}

TEST(Cases, ARunThatWasCutOffIsNoPass) {
  const auto record = record::ReadRecordText(samples::CutOffText(), "cut off");
  ASSERT_TRUE(record);
  const std::vector<Case> cases = CasesOf(*record);
  EXPECT_EQ(Named(cases, "run", "complete").ending, Ending::Error);
  EXPECT_EQ(std::ranges::count(cases, "not_run", &Case::word), 32 - 9);
  EXPECT_EQ(Named(cases, "cells", "django_secondapp").ending, Ending::Passed);
}

TEST(Cases, AnEmptyRecordIsAnError) {
  EXPECT_EQ(Named(CasesOf({}), "run", "something was measured").ending, Ending::Error);
}

// A red light where the run ends with another code than 0 or the verdict is bad, and nowhere else.
TEST(Cases, AgreeWithTheTallyAndTheVerdict) {
  std::vector<Record> records{Changed([](Record&) {})};
  for (const CellOutcome outcome : {CellOutcome::Misconfigured,
                                    CellOutcome::Failed,
                                    CellOutcome::NotOffered,
                                    CellOutcome::SetupFailed,
                                    CellOutcome::Crashed,
                                    CellOutcome::TimedOut,
                                    CellOutcome::HarnessFault}) {
    records.push_back(Changed([&](Record& record) { record.cells[3].outcome = outcome; }));
  }
  for (const record::Level level : {record::Level::Must, record::Level::Should}) {
    for (const CheckOutcome outcome : {CheckOutcome::Failed,
                                       CheckOutcome::Error,
                                       CheckOutcome::Crashed,
                                       CheckOutcome::TimedOut,
                                       CheckOutcome::Skipped,
                                       CheckOutcome::SetupFailed,
                                       CheckOutcome::DependencyFailed,
                                       CheckOutcome::NotApplicable,
                                       CheckOutcome::ExpectedFailure}) {
      records.push_back(Changed([&](Record& record) {
        record.checks[84].outcome = outcome;
        record.checks[84].level = level;
      }));
    }
  }
  records.push_back(Changed([](Record& record) { record.loads[2].wrong_answers = 1; }));
  records.push_back(Changed([](Record& record) { record.footer->left_behind = {"a process"}; }));
  records.push_back(Changed([](Record& record) { record.placements[1].agrees = false; }));
  records.push_back(Changed([](Record& record) {
    record.not_measured.push_back({"the rest", "interrupted", {}, record::Stopped::Interrupted});
  }));
  records.push_back(Changed([](Record& record) { record.header.merged = record::Merged{2, {}}; }));
  for (const record::RuleStanding standing : {record::RuleStanding::Held,
                                              record::RuleStanding::Broken,
                                              record::RuleStanding::Unconfirmed,
                                              record::RuleStanding::Inconclusive,
                                              record::RuleStanding::NothingMeasured,
                                              record::RuleStanding::LeftOut}) {
    records.push_back(Changed([&](Record& record) {
      record.rules.push_back({"a rule", "checks: failed == 0", standing, {"so it is"}, {}});
    }));
  }
  for (const Record& record : records) {
    const bool is_bad = tally::TallyOf(record).exit_code != tally::ExitCode::Pass &&
                        tally::TallyOf(record).exit_code != tally::ExitCode::Inconclusive;
    const verdict::Verdict verdict = verdict::Judge(record);
    const std::vector<Case> cases = CasesOf(record);
    EXPECT_EQ(!WorstFirst(cases).empty(), is_bad || verdict.standing == verdict::Standing::Bad)
        << verdict.headline << " " << verdict.statements.front().text;
  }
}

TEST(Cases, ExperimentsAreJudgedByMetric) {
  const std::vector<Case> worse = CasesOf(Experiment(30, 12));
  EXPECT_EQ(Named(worse, "experiments", "latency p50").ending, Ending::Failed);
  EXPECT_THAT(Named(worse, "experiments", "latency p50").message, HasSubstr("regressed: +"));
  const std::vector<Case> same = CasesOf(Experiment(0, 12));
  EXPECT_EQ(Named(same, "experiments", "latency p50").ending, Ending::Passed);
  const std::vector<Case> few = CasesOf(Experiment(30, 3));
  EXPECT_EQ(Named(few, "experiments", "latency p50").ending, Ending::Skipped);
  const std::vector<Case> none = CasesOf(Experiment(0, 0));
  EXPECT_EQ(Named(none, "experiments", "comparison").ending, Ending::Error);
}

TEST(Cases, RulesEndAsTheGateDoes) {
  Record record = samples::RecordOf(samples::ComparisonRun());
  std::vector<Case> cases = CasesOf(record);
  EXPECT_EQ(std::ranges::count(cases, "rules", &Case::suite), 6);
  const Case& broken =
      Named(cases, "rules", "half of the requests are answered as fast as by the baseline");
  EXPECT_EQ(broken.ending, Ending::Failed);
  EXPECT_THAT(broken.message, HasSubstr("broken: engine/embedded/main/preload/hello: latency"));
  EXPECT_EQ(Named(cases, "rules", "it costs no more").ending, Ending::Skipped);
  EXPECT_THAT(Named(cases, "rules", "it costs no more").message, HasSubstr("inconclusive: "));
  EXPECT_EQ(Named(cases, "rules", "pss: total < 40 MiB").ending, Ending::Passed);
  EXPECT_EQ(Named(cases, "rules", "starts soon").ending, Ending::Error);
  EXPECT_EQ(Named(cases, "rules", "what must be, is").ending, Ending::Skipped);
  EXPECT_EQ(Named(cases, "rules", "what must be, is").message, "left out: this run has no checks.");
  EXPECT_EQ(Named(cases, "rules", "the gate as a whole").ending, Ending::Passed)
      << "a rule has said it";

  // The candidate failed in a block, and its rules hold in the others.
  std::erase_if(record.rules, [](const record::Rule& rule) {
    return rule.standing != record::RuleStanding::Held;
  });
  record.footer->verdict = "the candidate failed in 1 block where the baseline stood";
  for (const auto& [code, ending] : {std::pair{0, Ending::Passed},
                                     std::pair{1, Ending::Failed},
                                     std::pair{70, Ending::Error},
                                     std::pair{130, Ending::Error}}) {
    record.footer->exit_code = code;
    cases = CasesOf(record);
    EXPECT_EQ(Named(cases, "rules", "the gate as a whole").ending, ending) << code;
  }
  EXPECT_THAT(Named(cases, "rules", "the gate as a whole").message,
              HasSubstr("exit code 130: the candidate failed in 1 block"));
}

TEST(Cases, AnApplicationsModesAreCasesAndOneThatIsBrokenSomewhereIsNoFailure) {
  const Record record = samples::RecordOf(samples::CheckRun());
  const std::vector<Case> cases = CasesOf(record);
  EXPECT_EQ(std::ranges::count(cases, "modes", &Case::suite), 16);
  EXPECT_EQ(Named(cases, "applications", "blog as it is configured").ending, Ending::Passed);
  EXPECT_EQ(Named(cases, "applications", "shop as it is configured").ending, Ending::Failed);
  EXPECT_EQ(Named(cases, "run", "something was measured").ending, Ending::Passed);
  const auto broken = std::ranges::find(cases, "broken", &Case::word);
  ASSERT_NE(broken, cases.end());
  EXPECT_EQ(broken->place, "embedded/sub/lazy");
  EXPECT_EQ(broken->ending, Ending::Skipped);
  EXPECT_THAT(broken->message, HasSubstr("is answered differently here"));
  EXPECT_THAT(broken->reproduce, HasSubstr(" --mode embedded/sub/lazy"));
}

TEST(Cases, WhatDisturbsEachOtherAsItIsConfiguredHasFailed) {
  const Record record = samples::RecordOf(samples::CheckRun());
  const std::vector<Case> cases = CasesOf(record);
  const Case& configured = Named(cases, "applications", "together, as they are configured");
  EXPECT_EQ(configured.ending, Ending::Failed);
  EXPECT_THAT(configured.message, HasSubstr("blog: "));
  EXPECT_EQ(Named(cases, "applications", "together, as is advised").ending, Ending::Passed);
}

TEST(Cases, AnApplicationThatAnswersNowhereHasFailedInEveryModeInWhichItWasAsked) {
  Record record = samples::RecordOf(samples::CheckRun());
  for (record::Subject& subject : record.subjects)
    subject.reference.reset();
  for (record::Replay& replay : record.replays)
    replay.outcome = record::ReplayOutcome::NoAnswer;
  const std::vector<Case> cases = CasesOf(record);
  EXPECT_EQ(Named(cases, "applications", "shop as it is configured").ending, Ending::Failed);
  const auto mode = std::ranges::find(cases, "modes", &Case::suite);
  ASSERT_NE(mode, cases.end());
  EXPECT_EQ(mode->ending, Ending::Failed);
}

}  // namespace reports::cases
