#include "reports/gate/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "reports/golden/golden.h"
#include "reports/record/reader.h"
#include "reports/samples/samples.h"

namespace reports::gate {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHello = "engine/daemon/main/lazy/hello";
constexpr std::string_view kDjango = "engine/daemon/main/lazy/django_accounts";

std::vector<Rule> RulesOf(const std::vector<std::string>& expressions) {
  std::string text;
  for (const std::string& expression : expressions)
    text += "[[rule]]\nexpect = \"" + expression + "\"\n";
  auto rules = ParseRules(text, "gate.toml");
  EXPECT_TRUE(rules) << (rules ? "" : rules.error().Text());
  return rules ? *rules : std::vector<Rule>{};
}

const record::Record& Complete() {
  static const record::Record record = samples::RecordOf(samples::CompleteRun());
  return record;
}
const record::Record& Failing() {
  static const record::Record record = samples::RecordOf(samples::FailingRun());
  return record;
}

Judgement Of(const record::Record& record, const std::string& expression) {
  return Judge(RulesOf({expression}), {.record = &record});
}

// Twelve pairs around `ratio`, as like each other as `scatter` lets them.
PairedAt Pairs(std::string_view cell, double ratio, double scatter = 0.001) {
  PairedAt pairs{std::string(cell), LabelsOfCell(cell), {}, {}};
  for (int i = 0; i < 12; ++i) {
    pairs.base.push_back(100 + i);
    pairs.candidate.push_back((100 + i) * (ratio + scatter * (i % 5 - 2)));
  }
  return pairs;
}

PairedValues Always(std::vector<PairedAt> pairs) {
  return [pairs = std::move(pairs)](const Quantity&) { return pairs; };
}

Judgement Compared(const std::string& expression,
                   std::vector<PairedAt> pairs,
                   PairedValues confirmation = nullptr) {
  return Judge(RulesOf({expression}),
               {.pairs = Always(std::move(pairs)), .confirmation = std::move(confirmation)});
}

}  // namespace

TEST(Judge, HoldsWhatHoldsInEveryCell) {
  const Judgement judgement = Of(Complete(), "latency: p(50) < 10 s");
  ASSERT_EQ(judgement.outcomes.size(), 1U);
  EXPECT_EQ(judgement.outcomes[0].standing, Standing::Held);
  EXPECT_THAT(judgement.reasons, IsEmpty());
  EXPECT_EQ(judgement.exit_code(), 0);
}

TEST(Judge, BreaksARuleThatOneCellBreaks) {
  const Judgement judgement =
      Of(Complete(), "startup{app=django_accounts}: first_request < 100 ms");
  EXPECT_EQ(judgement.outcomes[0].standing, Standing::Broken);
  EXPECT_THAT(judgement.outcomes[0].evidence[0],
              HasSubstr("engine/embedded/main/lazy/django_accounts: startup first_request is "));
  EXPECT_THAT(judgement.outcomes[0].evidence[0], HasSubstr("; < 100 ms is expected"));
  EXPECT_EQ(judgement.exit_code(), 99);
}

TEST(Judge, TellsAWrongProductFromASlowOne) {
  EXPECT_EQ(Of(Failing(), "checks{level=must}: failed == 0").exit_code(), 1);
  EXPECT_EQ(Of(Failing(), "load: wrong_answers == 0").exit_code(), 1);
  EXPECT_EQ(Of(Failing(), "placement: misconfigured == 0").exit_code(), 1);
  EXPECT_EQ(Of(Complete(), "pss{app=hello}: total < 1 MiB").exit_code(), 99);
}

TEST(Judge, NeverPassesWhatWasNotMeasured) {
  EXPECT_EQ(Of(Complete(), "checks{suite=nowhere}: failed == 0").exit_code(), 4);
  EXPECT_EQ(Of(Complete(), "latency{app=nobody}: p(50) < 1 s").exit_code(), 4);
  const Judgement crashed = Of(Failing(), "latency{app=django_accounts}: p(50) < 1 s");
  EXPECT_EQ(crashed.outcomes[0].standing, Standing::NothingMeasured);
  EXPECT_THAT(crashed.outcomes[0].evidence[0], HasSubstr("the cell is crashed"));
  EXPECT_EQ(crashed.exit_code(), 4);
  EXPECT_EQ(Judge({}, {.record = &Complete()}).exit_code(), 4);
}

TEST(Judge, NeverPassesARunThatWasCutOff) {
  const auto record = record::ReadRecordText(samples::CutOffText(), "cut");
  ASSERT_TRUE(record);
  const Judgement judgement = Of(*record, "placement: misconfigured == 0");
  EXPECT_EQ(judgement.outcomes[0].standing, Standing::Held);
  EXPECT_THAT(judgement.problems, testing::Contains(HasSubstr("were not run to their end")));
  EXPECT_EQ(judgement.exit_code(), 4);
}

TEST(Judge, DoesNotJudgeByNumbersThatNobodyVouchesFor) {
  const std::string labels = "latency{mode=embedded/main/lazy,app=hello,loop=closed}";
  EXPECT_EQ(Of(Failing(), labels + ": p(50) < 10 s").outcomes[0].standing, Standing::Inconclusive);
  EXPECT_EQ(Of(Failing(), labels + ": p(50) < 1 us").outcomes[0].standing, Standing::Inconclusive);
  EXPECT_EQ(Of(Failing(), labels + ": p(50) < 1 us").exit_code(), 3);
}

// A latency that is this or more is over a limit that it is over; whether it is under one it is under, nobody knows.
TEST(Judge, JudgesByABoundWhereItIsBeyondDoubt) {
  const auto standing = [](std::vector<std::string> lower_bounds, const std::string& expression) {
    record::Record record = Complete();
    for (record::Load& load : record.loads) {
      load.generator.state = record::GeneratorState::LowerBound;
      load.lower_bounds = lower_bounds;
    }
    return Of(record, expression).outcomes[0].standing;
  };
  const std::string latency = "latency{mode=daemon/main/lazy,app=hello}: p(99)";
  const std::string rate = "rate{mode=daemon/main/lazy,app=hello}: requests_per_s";
  EXPECT_EQ(standing({"p99"}, latency + " < 1 us"), Standing::Broken);
  EXPECT_EQ(standing({"p99"}, latency + " < 10 s"), Standing::Inconclusive);
  EXPECT_EQ(standing({"max"}, latency + " < 10 s"), Standing::Held);
  EXPECT_EQ(standing({}, latency + " < 10 s"), Standing::Held);
  EXPECT_EQ(standing({}, latency + " < 1 us"), Standing::Inconclusive);
  EXPECT_EQ(standing({}, rate + " > 1/s"), Standing::Held);
  EXPECT_EQ(standing({}, rate + " > 1000000/s"), Standing::Inconclusive);
}

TEST(Judge, SaysWhenTheHarnessItselfFailed) {
  record::Record record = Complete();
  record.cells[3].outcome = record::CellOutcome::HarnessFault;
  EXPECT_EQ(Of(record, "cells: failed == 0").exit_code(), 70);
}

TEST(Judge, HoldsWhatIsNoWorseThanTheBaseline) {
  const Judgement judgement =
      Compared("latency: p(50) <= baseline * 1.05", {Pairs(kHello, 1.01), Pairs(kDjango, 0.9)});
  EXPECT_EQ(judgement.outcomes[0].standing, Standing::Held);
  ASSERT_EQ(judgement.outcomes[0].comparisons.size(), 2U);
  EXPECT_EQ(judgement.outcomes[0].comparisons[1].verdict, statistics::Verdict::Improved);
  EXPECT_EQ(judgement.exit_code(), 0);
}

// Slower than allowed, but once: an alarm only when it is so again.
TEST(Judge, WantsARegressionConfirmed) {
  const std::string rule = "latency: p(50) <= baseline * 1.05";
  const std::vector<PairedAt> slower{Pairs(kHello, 1.0), Pairs(kDjango, 1.1)};

  const Judgement once = Compared(rule, slower);
  EXPECT_EQ(once.outcomes[0].standing, Standing::Unconfirmed);
  EXPECT_TRUE(once.needs_confirmation);
  EXPECT_EQ(once.exit_code(), 3);

  const Judgement again = Compared(rule, slower, Always(slower));
  EXPECT_EQ(again.outcomes[0].standing, Standing::Broken);
  EXPECT_FALSE(again.needs_confirmation);
  EXPECT_EQ(again.exit_code(), 1);
  EXPECT_THAT(again.outcomes[0].evidence[0], HasSubstr("measured again: regressed"));

  const Judgement not_again = Compared(rule, slower, Always({Pairs(kDjango, 1.0)}));
  EXPECT_EQ(not_again.outcomes[0].standing, Standing::Inconclusive);
  EXPECT_EQ(not_again.exit_code(), 3);

  const Judgement not_measured = Compared(rule, slower, Always({}));
  EXPECT_EQ(not_measured.outcomes[0].standing, Standing::Inconclusive);
}

TEST(Judge, OnlyConfirmsWhatRegressed) {
  const Judgement judgement = Compared(
      "latency: p(50) <= baseline * 1.05", {Pairs(kHello, 1.0)}, Always({Pairs(kHello, 2.0)}));
  EXPECT_EQ(judgement.exit_code(), 0);
}

TEST(Judge, SaysWhatItCouldHaveSeenWhereItIsInconclusive) {
  const Judgement judgement =
      Compared("latency: p(50) <= baseline * 1.05", {Pairs(kHello, 1.0, 0.2)});
  EXPECT_EQ(judgement.outcomes[0].standing, Standing::Inconclusive);
  EXPECT_THAT(judgement.outcomes[0].evidence[0], HasSubstr("would have been seen"));
  EXPECT_EQ(judgement.exit_code(), 3);
}

TEST(Judge, OfABaselineThatIsNotThereMeasuresNothing) {
  EXPECT_EQ(Judge(RulesOf({"latency: p(50) <= baseline"}), {.record = &Complete()}).exit_code(), 4);
  PairedAt empty{std::string(kHello), LabelsOfCell(kHello), {}, {}};
  const Judgement judgement =
      Compared("latency: p(50) <= baseline * 1.05", {Pairs(kDjango, 1.0), empty});
  EXPECT_EQ(judgement.outcomes[0].standing, Standing::NothingMeasured);
  EXPECT_EQ(judgement.exit_code(), 4);
}

TEST(Judge, LooksAtTheCellsOfTheRuleAlone) {
  const std::vector<PairedAt> pairs{Pairs(kHello, 3.0), Pairs(kDjango, 1.0)};
  EXPECT_EQ(Compared("latency{app=django_*}: p(50) <= baseline * 1.05", pairs).exit_code(), 0);
}

// Less of what is better is worse.
TEST(Judge, KnowsThatFewerRequestsPerSecondAreWorse) {
  const std::string rule = "rate: requests_per_s >= baseline * 0.97";
  const std::vector<PairedAt> fewer{Pairs(kHello, 0.9)};
  EXPECT_EQ(Compared(rule, fewer, Always(fewer)).exit_code(), 1);
  EXPECT_EQ(Compared(rule, {Pairs(kHello, 1.2)}).exit_code(), 0);
}

// Forty comparisons of which one is doubtful: alone it would be called regressed.
TEST(Judge, SharesWhatMayGoWrongAmongAllRulesAndCells) {
  PairedAt doubtful = Pairs(kHello, 1.1);
  for (std::size_t i = 0; i < 2; ++i)
    doubtful.candidate[i] = doubtful.base[i];  // two of twelve say otherwise
  const std::string rule = "latency: p(50) <= baseline * 1.05";
  EXPECT_TRUE(Compared(rule, {doubtful}).needs_confirmation);
  std::vector<PairedAt> many(40, Pairs(kDjango, 1.0));
  many.push_back(doubtful);
  EXPECT_FALSE(Compared(rule, many).needs_confirmation);
}

TEST(Judge, NamesEveryReasonOnceTheHighestFirst) {
  const Judgement judgement = Judge(RulesOf({"latency{app=nobody}: p(50) < 1 s",
                                             "checks: failed == 0",
                                             "tour: failed == 0",
                                             "pss: total < 1 KiB"}),
                                    {.record = &Failing()});
  EXPECT_THAT(
      judgement.reasons,
      ElementsAre(Reason::ProductFailure, Reason::ThresholdBroken, Reason::NothingMeasured));
  EXPECT_EQ(judgement.exit_code(), 1);
}

TEST(Judge, IsWrittenIntoTheRecord) {
  Judgement judgement = Judge(RulesOf({"pss: total < 1 KiB"}), {.record = &Complete()});
  judgement.outcomes.push_back({.name = "more",
                                .expression = "checks: failed == 0",
                                .standing = Standing::LeftOut,
                                .where = "",
                                .evidence = {"no checks"},
                                .comparisons = {}});
  const auto lines = LinesOf(judgement);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].name, "pss: total < 1 KiB");
  EXPECT_EQ(lines[0].standing, record::RuleStanding::Broken);
  EXPECT_EQ(lines[0].where, "gate.toml:2:11");
  EXPECT_FALSE(lines[0].evidence.empty());
  EXPECT_EQ(lines[1].standing, record::RuleStanding::LeftOut);
  EXPECT_EQ(lines[1].where, std::nullopt);
  EXPECT_THAT(JudgementText(judgement), testing::Not(HasSubstr("left out")))
      << "that has been said";
}

TEST(Judge, IsWrittenForPeople) {
  auto rules = DefaultRules({.cells = true, .checks = true, .baseline = true});
  const auto more = RulesOf({"latency{mode=daemon,app=hello}: p(50) < 100 us",
                             "latency{mode=daemon,app=django_accounts}: p(99) < 20 ms"});
  rules.insert(rules.end(), more.begin(), more.end());
  const std::vector<PairedAt> pairs{Pairs(kHello, 1.1), Pairs(kDjango, 1.0, 0.2)};
  golden::ExpectGolden(WSGILAB_GATE_FOLDER "/testdata/failing.txt",
                       JudgementText(Judge(rules,
                                           {.record = &Failing(),
                                            .pairs = Always(pairs),
                                            .confirmation = Always({Pairs(kHello, 1.08)})})));
}

// The page's table is the one that is parsed by.
TEST(Vocabulary, IsTheTableOfThePage) {
  golden::ExpectGolden(WSGILAB_GATE_FOLDER "/metrics.md", MetricsTable());
}

}  // namespace reports::gate
