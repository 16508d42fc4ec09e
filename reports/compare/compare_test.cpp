#include "reports/compare/compare.h"

#include <gmock/gmock.h>

#include <cmath>

#include "reports/compare/to_json.h"
#include "reports/compare/to_text.h"

namespace reports::compare {
namespace {

using record::ArmRole;
using record::Record;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr double kBaseUs = 1000;

// How many times as long an arm takes as the baseline.
struct Ratios {
  double candidate = 1;
  double again = 1;
  double twin = 1;
  double delayed = 1.05;
};

record::Arm ArmNamed(ArmRole role, std::string name) {
  record::Arm arm;
  arm.name = std::move(name);
  arm.role = role;
  arm.host = "engine";
  arm.mode = "daemon/main/lazy";
  arm.app = "hello";
  arm.program = "engine 1";
  return arm;
}

// One attempt: blocks in which the machine's speed wanders by a third, and each arm by a thousandth beside it.
void AddAttempt(Record& record, int attempt, const Ratios& ratios, int blocks = 20) {
  record::Experiment plan;
  plan.experiment = "e";
  plan.attempt = attempt;
  plan.blocks = blocks;
  plan.windows = 4;
  plan.window_ms = 100;
  plan.margin = 0.02;
  plan.alpha = 0.05;
  const std::vector<std::pair<ArmRole, double>> arms{{ArmRole::Baseline, 1},
                                                     {ArmRole::Candidate, ratios.candidate},
                                                     {ArmRole::Again, ratios.again},
                                                     {ArmRole::Twin, ratios.twin},
                                                     {ArmRole::Delayed, ratios.delayed}};
  for (const auto& [role, ratio] : arms) {
    plan.arms.push_back(ArmNamed(role, std::string(record::Name(role))));
    if (role == ArmRole::Delayed) plan.arms.back().delay_us = 0.05 * kBaseUs;
  }
  for (int block = 1; block <= blocks; ++block) {
    const double mood = 1 + 0.3 * std::sin(block);
    for (std::size_t index = 0; index < arms.size(); ++index) {
      record::Sample sample;
      sample.experiment = "e";
      sample.attempt = attempt;
      sample.block = block;
      sample.arm = plan.arms[index].name;
      const double jitter = 1 + 0.001 * std::sin(block * 7.0 + static_cast<double>(index));
      const double us = kBaseUs * mood * jitter * arms[index].second;
      sample.values = {{"latency_p50_us", us},
                       {"requests_per_s", 1e6 / us},
                       {"pss_kib", 5000 * arms[index].second}};
      Add(record, sample);
    }
  }
  Add(record, plan);
}

TEST(Hiccups, AreTheWorstOfEachSampleAndSaidBesideTheBlocks) {
  Record record;
  AddAttempt(record, 1, {}, 3);
  EXPECT_THAT(ToText(JudgeExperiments(record)), Not(HasSubstr("sleeper"))) << "nobody watched";
  for (record::Sample& sample : record.samples)
    sample.hiccup_max_us = 180;
  record.samples.back().hiccup_max_us = 2100;
  const std::vector<ExperimentResult> results = JudgeExperiments(record);
  EXPECT_EQ(results.front().attempts.front().hiccup_median_us, 180);
  EXPECT_EQ(results.front().attempts.front().hiccup_max_us, 2100);
  EXPECT_THAT(
      ToText(results),
      HasSubstr(
          "the machine kept a sleeper waiting for up to 2.10 ms, 180 µs in a typical sample"));
}

std::vector<ExperimentResult> Judged(const std::vector<Ratios>& attempts,
                                     const std::string& metric = "latency_p50_us") {
  static Record record;  // the results point into it
  record = Record();
  for (std::size_t index = 0; index < attempts.size(); ++index)
    AddAttempt(record, static_cast<int>(index) + 1, attempts[index]);
  for (record::Experiment& plan : record.experiments)
    plan.metrics = {metric};
  return JudgeExperiments(record);
}

Finding FindingOf(const std::vector<Ratios>& attempts) {
  const auto results = Judged(attempts);
  EXPECT_THAT(results, SizeIs(1));
  EXPECT_THAT(results.front().conclusions, SizeIs(1));
  return results.front().conclusions.front().finding;
}

TEST(JudgeExperiments, TheSameIsNoWorse) {
  EXPECT_EQ(FindingOf({{}}), Finding::NoWorse);
}

TEST(JudgeExperiments, FivePercentAreFoundThoughTheMachineWandersByThirty) {
  const auto results = Judged({{.candidate = 1.05}});
  EXPECT_EQ(results.front().conclusions.front().finding, Finding::Regressed);
  EXPECT_TRUE(NeedsConfirmation(results.front()));
  EXPECT_NEAR(results.front().conclusions.front().first.comparison.ratio, 1.05, 0.002);
}

TEST(JudgeExperiments, WhatIsNotFoundAgainIsNotBelieved) {
  EXPECT_EQ(FindingOf({{.candidate = 1.05}, {.candidate = 1.05}}), Finding::Regressed);
  EXPECT_EQ(FindingOf({{.candidate = 1.05}, {.candidate = 1}}), Finding::NotConfirmed);
  EXPECT_EQ(FindingOf({{.candidate = 1.05}, {.candidate = 1.05, .again = 1.05}}),
            Finding::NotConfirmed);
  EXPECT_FALSE(NeedsConfirmation(Judged({{.candidate = 1.05}, {.candidate = 1}}).front()));
}

TEST(JudgeExperiments, FasterIsImproved) {
  EXPECT_EQ(FindingOf({{.candidate = 0.9}}), Finding::Improved);
}

TEST(JudgeExperiments, WhereTheSameDiffersFromItselfNothingIsBelieved) {
  EXPECT_EQ(FindingOf({{.candidate = 1.05, .again = 1.04}}), Finding::Contaminated);
  EXPECT_EQ(FindingOf({{.twin = 1.04}}), Finding::Contaminated);
  EXPECT_EQ(FindingOf({{.again = 0.95}}), Finding::Contaminated);
  EXPECT_EQ(FindingOf({{.again = 1.01}}), Finding::NoWorse) << "within the margin";
}

TEST(JudgeExperiments, AGateThatMissesTheDelayIsBlind) {
  EXPECT_EQ(FindingOf({{.delayed = 1.01}}), Finding::Blind);
  // What it did find, it has found.
  EXPECT_EQ(FindingOf({{.candidate = 1.05, .delayed = 1.01}}), Finding::Regressed);
}

TEST(JudgeExperiments, ForMemoryTheControlsOfTimeSayNothing) {
  const auto results = Judged({{.candidate = 1.05, .again = 1.05}}, "pss_kib");
  EXPECT_EQ(results.front().conclusions.front().finding, Finding::Regressed);
  EXPECT_FALSE(NeedsConfirmation(results.front())) << "time alone is asked twice";
}

TEST(JudgeExperiments, FewerRequestsPerSecondAreWorse) {
  const auto results = Judged({{.candidate = 1.1}}, "requests_per_s");
  EXPECT_EQ(results.front().conclusions.front().finding, Finding::Regressed);
}

TEST(JudgeExperiments, ABlockInWhichAnArmFailedIsLostForAll) {
  Record record;
  AddAttempt(record, 1, {});
  for (record::Sample& sample : record.samples) {
    if (sample.block != 3 || sample.arm != "twin") continue;
    sample.values.clear();
    sample.problem = "launch: it did not start";
  }
  const auto results = JudgeExperiments(record);
  EXPECT_EQ(results.front().attempts.front().lost, 1);
  EXPECT_EQ(results.front().attempts.front().blocks, 19);
  EXPECT_THAT(results.front().problems, ElementsAre("twin: launch: it did not start"));
  EXPECT_EQ(results.front().conclusions.front().first.comparison.pairs, 19);
}

// No worse in thirteen of twenty blocks, and gone in the others: it may have been slow there.
TEST(JudgeExperiments, ABlockThatTheCandidateLostMayHaveBeenAnything) {
  Record record;
  AddAttempt(record, 1, {});
  for (record::Sample& sample : record.samples) {
    if (sample.block > 7 || sample.arm != "candidate") continue;
    sample.values.clear();
    sample.problem = "load: the connection was closed";
  }
  const auto results = JudgeExperiments(record);
  const auto& comparison = results.front().conclusions.front().first.comparison;
  EXPECT_EQ(comparison.pairs, 20);
  EXPECT_EQ(comparison.missing, 7);
  EXPECT_EQ(comparison.verdict, statistics::Verdict::Inconclusive);
}

// Whoever has not measured what the other has cannot win by it.
TEST(JudgeExperiments, AMetricThatIsMissingOnOneSideIsAMissingPair) {
  Record record;
  AddAttempt(record, 1, {.candidate = 0.5});
  record.experiments.front().metrics = {"latency_p50_us"};
  for (record::Sample& sample : record.samples) {
    if (sample.arm == "candidate" && sample.block > 8) sample.values.erase("latency_p50_us");
  }
  const auto results = JudgeExperiments(record);
  const auto& conclusion = results.front().conclusions.front();
  EXPECT_EQ(conclusion.first.comparison.missing, 12);
  EXPECT_EQ(conclusion.finding, Finding::Inconclusive);
}

TEST(FailuresOfTheCandidateAlone, AreCountedWhereTheBaselineStood) {
  Record record;
  AddAttempt(record, 1, {});
  EXPECT_EQ(FailuresOfTheCandidateAlone(record), 0);
  record.samples[1].problem = record.samples[6].problem =
      "load: wrong";  // the candidate's, in blocks 1 and 2
  EXPECT_EQ(FailuresOfTheCandidateAlone(record), 2);
  record.samples[10].problem = "launch: no port";  // the baseline's
  EXPECT_EQ(FailuresOfTheCandidateAlone(record), 0);
}

TEST(JudgeExperiments, NothingMeasuredIsNoConclusion) {
  Record record;
  AddAttempt(record, 1, {}, 0);
  EXPECT_THAT(JudgeExperiments(record).front().conclusions, IsEmpty());
  EXPECT_THAT(ToText(JudgeExperiments(record)), HasSubstr("nothing was measured"));
}

TEST(JudgeExperiments, SaysItInWordsAndForPrograms) {
  const auto results = Judged({{.candidate = 1.05}, {.candidate = 1.05}});
  const std::string text = ToText(results);
  EXPECT_THAT(text, HasSubstr("latency p50"));
  EXPECT_THAT(text, HasSubstr("regressed"));
  EXPECT_THAT(text, HasSubstr("repeated in reversed order"));
  EXPECT_THAT(ToJson(results), HasSubstr("\"finding\": \"regressed\""));
  EXPECT_THAT(ToJson(results), Not(HasSubstr("null")));
}

}  // namespace
}  // namespace reports::compare
