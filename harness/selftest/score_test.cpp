#include "harness/selftest/score.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "harness/selftest/to_text.h"

namespace harness::selftest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Trial TrialOf(std::string name, Verdicts verdicts) {
  return {Mutant{std::move(name), "does wrong", {"*"}}, std::move(verdicts), {}};
}

TEST(ScoreTest, IsCompleteWhenEveryCheckFailsOnItsMutant) {
  const Score score = ScoreOf({"a", "b"},
                              {{"a", Verdict::Passed}, {"b", Verdict::Passed}},
                              {TrialOf("m", {{"a", Verdict::Failed}, {"b", Verdict::Failed}})});
  EXPECT_TRUE(score.is_sound());
  EXPECT_TRUE(score.is_complete());
  EXPECT_EQ(score.checks_killed, 2U);
  EXPECT_EQ(score.mutants_killed, 1U);
}

TEST(ScoreTest, ACheckWithoutAMutantSurvives) {
  const Score score =
      ScoreOf({"a", "b"}, {{"a", Verdict::Passed}}, {TrialOf("m", {{"a", Verdict::Failed}})});
  EXPECT_FALSE(score.is_complete());
  EXPECT_THAT(score.surviving_checks, ElementsAre("b"));
  EXPECT_TRUE(score.is_sound()) << "b was not asked at all";
}

TEST(ScoreTest, AMutantThatNoCheckSeesSurvives) {
  const Score score =
      ScoreOf({"a"}, {{"a", Verdict::Passed}}, {TrialOf("m", {{"a", Verdict::Passed}})});
  EXPECT_THAT(score.surviving_mutants, ElementsAre("m"));
  EXPECT_THAT(score.surviving_checks, ElementsAre("a"));
  EXPECT_EQ(score.misses.size(), 1U);
}

TEST(ScoreTest, ATableThatPromisesTooMuchIsNotComplete) {
  const Score score = ScoreOf({"a", "b"},
                              {{"a", Verdict::Passed}, {"b", Verdict::Passed}},
                              {TrialOf("m", {{"a", Verdict::Failed}, {"b", Verdict::Passed}}),
                               TrialOf("n", {{"b", Verdict::Failed}})});
  EXPECT_EQ(score.checks_killed, 2U);
  EXPECT_THAT(score.surviving_checks, IsEmpty());
  ASSERT_EQ(score.misses.size(), 1U);
  EXPECT_EQ(score.misses[0].check, "b");
  EXPECT_FALSE(score.is_complete());
}

TEST(ScoreTest, FailingWithoutAMutantProvesNothing) {
  const Score score =
      ScoreOf({"a"}, {{"a", Verdict::Failed}}, {TrialOf("m", {{"a", Verdict::Failed}})});
  EXPECT_FALSE(score.is_sound());
  EXPECT_EQ(score.checks_killed, 0U);
  EXPECT_EQ(score.mutants, 0U);
}

TEST(ScoreTest, WhatCannotRunHereIsToldApart) {
  const Score score = ScoreOf(
      {"root"}, {{"root", Verdict::CannotRun}}, {TrialOf("m", {{"root", Verdict::CannotRun}})});
  EXPECT_THAT(score.cannot_run, ElementsAre("root"));
  EXPECT_EQ(score.checks, 0U);
  EXPECT_TRUE(score.is_complete());
}

TEST(ScoreTest, PatternsThatFitNothingAreTold) {
  Trial trial = TrialOf("m", {{"a", Verdict::Failed}});
  trial.mutant.kills = {"a", "gone.*"};
  const Score score = ScoreOf({"a"}, {{"a", Verdict::Passed}}, {trial});
  EXPECT_THAT(score.without_checks, ElementsAre("m: gone.*"));
  EXPECT_FALSE(score.is_complete());
}

TEST(ScoreTest, WhoMayFailOnAMutantIsKilledByItOrNot) {
  Trial trial =
      TrialOf("m", {{"a", Verdict::Failed}, {"b", Verdict::Passed}, {"c", Verdict::Failed}});
  trial.mutant.kills = {"a"};
  trial.mutant.may_kill = {"b", "c"};
  const Verdicts unmutated{{"a", Verdict::Passed}, {"b", Verdict::Passed}, {"c", Verdict::Passed}};
  const Score score = ScoreOf({"a", "b", "c"}, unmutated, {trial});
  EXPECT_TRUE(score.misses.empty());
  EXPECT_THAT(score.surviving_checks, ElementsAre("b"));
  EXPECT_EQ(score.checks_killed, 2U);
}

TEST(ScoreTest, WhatBrokeHasProvedNothing) {
  const Score score = ScoreOf({"a", "b"},
                              {{"a", Verdict::Passed}, {"b", Verdict::Passed}},
                              {TrialOf("m", {{"a", Verdict::Broke}, {"b", Verdict::TimedOut}})});
  EXPECT_THAT(score.surviving_checks, ElementsAre("a"));
  ASSERT_EQ(score.misses.size(), 1U);
  EXPECT_EQ(score.misses[0].verdict, Verdict::Broke);
  EXPECT_THAT(ToText(score), HasSubstr("\n  m: a (broke)\n"));
}

TEST(ScoreTest, AMutantWhoseChecksCannotRunIsNamed) {
  const Score score =
      ScoreOf({"a"}, {{"a", Verdict::CannotRun}}, {TrialOf("m", {{"a", Verdict::CannotRun}})});
  EXPECT_THAT(score.untried, ElementsAre("m"));
  EXPECT_THAT(ToText(score), HasSubstr("none of whose checks can run here (1):\n  m\n"));
}

TEST(ScoreTest, OutcomesThatJudgeAreKillsAndOthersAreNot) {
  using reports::record::CheckOutcome;
  EXPECT_EQ(VerdictOf(CheckOutcome::Failed), Verdict::Failed);
  EXPECT_EQ(VerdictOf(CheckOutcome::Crashed), Verdict::Failed);
  EXPECT_EQ(VerdictOf(CheckOutcome::TimedOut), Verdict::TimedOut);
  EXPECT_EQ(VerdictOf(CheckOutcome::Error), Verdict::Broke);
  EXPECT_EQ(VerdictOf(CheckOutcome::SetupFailed), Verdict::Broke);
  EXPECT_EQ(VerdictOf(CheckOutcome::DependencyFailed), Verdict::CannotRun);
}

TEST(ScoreTest, WhatIsKnownToBeUnprovenIsExcusedAsLongAsItIsTrue) {
  Score score = ScoreOf(
      {"a.1", "a.2", "b"}, {{"b", Verdict::Passed}}, {TrialOf("m", {{"b", Verdict::Failed}})});
  Excuse({{"a.*", "not yet"}}, score);
  EXPECT_THAT(score.surviving_checks, IsEmpty());
  EXPECT_THAT(score.unproven, ElementsAre("a.1", "a.2"));
  EXPECT_TRUE(score.is_complete());
  Excuse({{"b", "not yet"}}, score);
  EXPECT_THAT(score.stale, ElementsAre("b"));
  EXPECT_FALSE(score.is_complete());
}

// The second answer took the place of the first, and nobody knew that a check sees its fault only now and then.
TEST(ScoreTest, WhatWasSeenAtTheSecondAskingOnlyIsAKillAndNamed) {
  Trial trial = TrialOf("m",
                        {{"late", Verdict::Passed},
                         {"late and slow", Verdict::Passed},
                         {"never", Verdict::Passed},
                         {"slow", Verdict::TimedOut},
                         {"was only slow", Verdict::TimedOut}});
  TakeSecondAnswers({{"late", Verdict::Failed},
                     {"late and slow", Verdict::TimedOut},
                     {"never", Verdict::Passed},
                     {"slow", Verdict::Failed},
                     {"was only slow", Verdict::Passed}},
                    trial.verdicts,
                    trial.seen_late);
  EXPECT_THAT(trial.seen_late, ElementsAre("late", "late and slow"));
  EXPECT_EQ(trial.verdicts["was only slow"], Verdict::Passed);
  EXPECT_EQ(trial.verdicts["slow"], Verdict::Failed);

  Verdicts unmutated;
  std::vector<std::string> checks;
  for (const auto& [check, verdict] : trial.verdicts) {
    unmutated[check] = Verdict::Passed;
    checks.push_back(check);
  }
  const Score score = ScoreOf(checks, unmutated, {trial});
  EXPECT_EQ(score.checks_killed, 3U);
  EXPECT_THAT(ToText(score),
              HasSubstr("seen at the second asking only (2):\n  m: late\n  m: late and slow\n"));
  const auto json = nlohmann::json::parse(ToJson(score, {trial}));
  const nlohmann::json first = {{"mutant", "m"}, {"check", "late"}};
  EXPECT_EQ(json["seen_at_the_second_asking_only"][0], first);
  EXPECT_EQ(json["seen_at_the_second_asking_only"].size(), 2U);
  // Without a mutant there is nothing to see.
  unmutated["late"] = Verdict::Failed;
  EXPECT_EQ(ScoreOf(checks, unmutated, {trial}).seen_late.size(), 1U);
}

TEST(ScoreTest, IsSaidInWordsAndForPrograms) {
  const std::vector<Trial> trials = {TrialOf("m", {{"a", Verdict::Passed}})};
  const Score score = ScoreOf({"a"}, {{"a", Verdict::Passed}}, trials);
  const std::string text = ToText(score);
  EXPECT_THAT(text, HasSubstr("mutants that no check sees (1):\n  m\n"));
  EXPECT_THAT(text, HasSubstr("checks killed: 0 of 1, mutants killed: 0 of 1"));
  const auto json = nlohmann::json::parse(ToJson(score, trials));
  EXPECT_EQ(json["surviving_mutants"], nlohmann::json({"m"}));
  EXPECT_EQ(json["trials"][0]["checks"]["a"], "passed");
}

}  // namespace
}  // namespace harness::selftest
