#include "reports/gate/experiments.h"

#include <gmock/gmock.h>

namespace reports::gate {
namespace {

using record::ArmRole;
using testing::HasSubstr;
using testing::SizeIs;

Rule RuleOf(const std::string& expression) {
  auto rules = ParseRules("[[rule]]\nexpect = \"" + expression + "\"\n", "gate.toml");
  EXPECT_TRUE(rules) << (rules ? "" : rules.error().Text());
  return rules->front();
}

struct Ratios {
  double candidate = 1;
  double again = 1;
  double delayed = 1.05;
};

record::Arm ArmOf(ArmRole role) {
  record::Arm arm;
  arm.name = record::Name(role);
  arm.role = role;
  arm.host = "engine";
  arm.mode = "daemon/main/lazy";
  arm.app = "hello";
  if (role == ArmRole::Delayed) arm.delay_us = 50;
  return arm;
}

record::Record Experimented(const std::vector<Ratios>& attempts) {
  record::Record record;
  int number = 0;
  for (const Ratios& ratios : attempts) {
    record::Experiment plan;
    plan.experiment = "e";
    plan.attempt = ++number;
    plan.margin = 0.02;
    plan.alpha = 0.05;
    plan.metrics = {"latency_p50_us", "ready_ms"};
    for (const ArmRole role :
         {ArmRole::Baseline, ArmRole::Candidate, ArmRole::Again, ArmRole::Delayed})
      plan.arms.push_back(ArmOf(role));
    Add(record, plan);
    for (int block = 1; block <= 16; ++block) {
      for (const record::Arm& arm : plan.arms) {
        const double ratio = arm.role == ArmRole::Candidate ? ratios.candidate
                             : arm.role == ArmRole::Again   ? ratios.again
                             : arm.role == ArmRole::Delayed ? ratios.delayed
                                                            : 1;
        record::Sample sample;
        sample.experiment = "e";
        sample.attempt = number;
        sample.block = block;
        sample.arm = arm.name;
        sample.values = {{"latency_p50_us", 1000 * ratio * (1 + 0.0005 * (block % 3))},
                         {"ready_ms", 20}};
        Add(record, sample);
      }
    }
  }
  return record;
}

RuleOutcome Of(const record::Record& record,
               const std::string& expression = "latency: p(50) <= baseline * 1.02") {
  const std::vector<Rule> rules{RuleOf(expression)};
  Inputs inputs{.pairs = PairsOf(record, 1), .doubt = DoubtOf(record)};
  if (record.experiments.size() > 1) inputs.confirmation = PairsOf(record, 2);
  return Judge(rules, inputs).outcomes.front();
}

TEST(Experiments, ARuleHoldsOrIsBrokenTwice) {
  EXPECT_EQ(Of(Experimented({{}})).standing, Standing::Held);
  EXPECT_EQ(Of(Experimented({{.candidate = 1.05}})).standing, Standing::Unconfirmed);
  EXPECT_EQ(Of(Experimented({{.candidate = 1.05}, {.candidate = 1.05}})).standing,
            Standing::Broken);
  EXPECT_EQ(Of(Experimented({{.candidate = 1.05}, {.candidate = 1.0}})).standing,
            Standing::Inconclusive);
}

TEST(Experiments, WhatTheControlsSayAgainstItIsSaid) {
  const RuleOutcome contaminated =
      Of(Experimented({{.candidate = 1.05, .again = 1.05}, {.candidate = 1.05, .again = 1.05}}));
  EXPECT_EQ(contaminated.standing, Standing::Inconclusive);
  EXPECT_THAT(contaminated.evidence.front(), HasSubstr("environment-contaminated"));
  const RuleOutcome blind = Of(Experimented({{.delayed = 1.0}}));
  EXPECT_EQ(blind.standing, Standing::Inconclusive);
  EXPECT_THAT(blind.evidence.front(), HasSubstr("gate-blind"));
  EXPECT_EQ(
      Of(Experimented({{.candidate = 1.05, .delayed = 1.0}, {.candidate = 1.05, .delayed = 1.0}}))
          .standing,
      Standing::Broken)
      << "what was found twice was found";
}

TEST(Experiments, ABlockThatTheCandidateLostIsAPairWithoutValues) {
  record::Record record = Experimented({{}});
  for (record::Sample& sample : record.samples) {
    if (sample.block <= 5 && sample.arm == "candidate") sample.problem = "it died";
    if (sample.block == 6 && sample.arm == "again") sample.problem = "it died";
  }
  const auto pairs =
      PairsOf(record, 1)(RuleOf("latency: p(50) <= baseline * 1.02").expression.quantity);
  ASSERT_THAT(pairs, SizeIs(1));
  EXPECT_THAT(pairs[0].base, SizeIs(15));
  EXPECT_EQ(Of(record).standing, Standing::Inconclusive);
}

TEST(Experiments, TimesAreInTheUnitOfRules) {
  const record::Record record = Experimented({{}});
  const auto pairs =
      PairsOf(record, 1)(RuleOf("startup: ready <= baseline * 1.1").expression.quantity);
  ASSERT_THAT(pairs, SizeIs(1));
  EXPECT_EQ(pairs[0].base.front(), 20'000);
  EXPECT_EQ(pairs[0].where, "engine/daemon/main/lazy/hello");
}

TEST(Experiments, WhatTheyDoNotMeasureHasNoMetric) {
  EXPECT_EQ(MetricOf(RuleOf("latency: p(75) <= baseline * 1.1").expression.quantity), nullptr);
  EXPECT_EQ(MetricOf(RuleOf("private_dirty: total <= baseline * 1.1").expression.quantity),
            nullptr);
  for (const char* known : {"latency: p(99.9) <= baseline * 1.1",
                            "latency: mean <= baseline * 1.1",
                            "rate: requests_per_s >= baseline * 0.9",
                            "cpu: per_request <= baseline * 1.1",
                            "pss: total <= baseline * 1.1",
                            "startup: first_request <= baseline * 1.1"})
    EXPECT_NE(MetricOf(RuleOf(known).expression.quantity), nullptr) << known;
}

record::Record RunWith(double p50, std::int64_t pss) {
  record::Record record;
  record::Cell cell;
  cell.cell = "engine/daemon/main/lazy/hello";
  Add(record, cell);
  record::Load load;
  load.cell = cell.cell;
  load.loop = record::Loop::Open;
  load.latency_us.p50 = p50;
  load.generator.state = record::GeneratorState::Verified;
  Add(record, load);
  record::Resources resources;
  resources.cell = cell.cell;
  resources.when = record::When::AfterLoad;
  resources.pss_kib = pss;
  Add(record, resources);
  return record;
}

TEST(AgainstRecord, SizesAreHeldAgainstItAndTimesAreNotJudged) {
  const Rule size = RuleOf("pss: total <= baseline * 1.10");
  EXPECT_EQ(AgainstRecord(size, RunWith(100, 1000), RunWith(100, 1090)).standing, Standing::Held);
  EXPECT_EQ(AgainstRecord(size, RunWith(100, 1000), RunWith(100, 1110)).standing, Standing::Broken);
  const RuleOutcome time =
      AgainstRecord(RuleOf("latency: p(50) <= baseline * 1.05"), RunWith(100, 1), RunWith(100, 1));
  EXPECT_EQ(time.standing, Standing::Inconclusive);
  EXPECT_THAT(time.evidence.front(), HasSubstr("in turns"));
}

TEST(AgainstRecord, WhatOneOfThemLacksIsNothingMeasured) {
  record::Record none = RunWith(100, 1000);
  none.resources.clear();
  const Rule size = RuleOf("pss: total <= baseline * 1.10");
  EXPECT_EQ(AgainstRecord(size, none, RunWith(100, 1000)).standing, Standing::NothingMeasured);
  EXPECT_EQ(AgainstRecord(size, RunWith(100, 1000), none).standing, Standing::NothingMeasured);
}

}  // namespace
}  // namespace reports::gate
