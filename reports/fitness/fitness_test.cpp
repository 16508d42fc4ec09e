#include "reports/fitness/fitness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/fitness/fitness_text.h"
#include "reports/golden/golden.h"
#include "reports/samples/samples.h"

namespace reports::fitness {

namespace {

using record::Import;
using record::ImportOutcome;
using record::Replay;
using record::ReplayOutcome;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kModes[] = {"embedded/main/lazy",
                                  "embedded/main/preload",
                                  "embedded/sub/lazy",
                                  "embedded/sub/preload",
                                  "daemon/main/lazy",
                                  "daemon/main/preload",
                                  "daemon/sub/lazy",
                                  "daemon/sub/preload"};

Replay Heard(const std::string& arrangement, ReplayOutcome outcome = ReplayOutcome::Same) {
  Replay line;
  line.app = "shop";
  line.arrangement = arrangement;
  line.request = "GET /";
  line.outcome = outcome;
  if (outcome == ReplayOutcome::Same) line.status = 200;
  if (outcome != ReplayOutcome::Same) line.detail = "status 500 instead of 200";
  return line;
}

record::Record Sound() {
  record::Record record;
  record.header.command = "wsgilab check shop/wsgi.py";
  record::Subject subject;
  subject.app = "shop";
  subject.script = "/srv/shop/wsgi.py";
  subject.callable = "application";
  subject.reference = "daemon/main/lazy";
  record.subjects.push_back(subject);
  for (const char* mode : kModes)
    record.replays.push_back(Heard(mode));
  return record;
}

void AddCell(record::Record& record, const std::string& mode, double first_ms, double median_us) {
  record::Cell cell;
  cell.cell = "engine/" + mode + "/shop";
  cell.app = "shop";
  const auto slash = mode.find('/');
  cell.process = mode.substr(0, slash);
  cell.interpreter = mode.substr(slash + 1, mode.rfind('/') - slash - 1);
  cell.loading = mode.substr(mode.rfind('/') + 1);
  cell.outcome = record::CellOutcome::Ok;
  record.cells.push_back(cell);
  record::Startup startup;
  startup.cell = cell.cell;
  startup.first_request_ms = first_ms;
  record.startups.push_back(startup);
  record::Load load;
  load.cell = cell.cell;
  load.latency_us.p50 = median_us;
  record.loads.push_back(load);
}

Import Tried(const std::string& interpreter, ImportOutcome outcome, bool is_used = true) {
  Import line;
  line.app = "shop";
  line.distribution = "lxml";
  line.version = "5.1";
  line.interpreter = interpreter;
  line.outcome = outcome;
  line.is_used = is_used;
  if (outcome == ImportOutcome::Fails) {
    line.module = "lxml.etree";
    line.error = "ImportError: not in a subinterpreter";
  }
  return line;
}

const ModeFitness& Of(const Fitness& fitness, const std::string& mode) {
  return *std::ranges::find(fitness.modes, mode, &ModeFitness::mode);
}

TEST(FitnessOf, ASoundApplicationIsRecommendedWhereItTakesLeastWithIt) {
  const auto record = Sound();
  const auto all = FitnessOf(record);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].recommended, "daemon/main/preload");
  EXPECT_EQ(all[0].headline, "shop: host it as daemon/main/preload; works in 8 of 8 modes");
  EXPECT_EQ(Of(all[0], "daemon/main/preload").verdict, Verdict::Recommended);
  EXPECT_EQ(Of(all[0], "embedded/sub/lazy").verdict, Verdict::Works);
}

TEST(FitnessOf, WhatIsAnsweredDifferentlyIsBrokenWithItsEvidence) {
  auto record = Sound();
  record.replays[6] = Heard("daemon/sub/lazy", ReplayOutcome::Differs);
  record.replays[6].log_tail = {"ImportError: in the log"};
  record.replays[5] = Heard("daemon/main/preload", ReplayOutcome::NoAnswer);
  const auto all = FitnessOf(record);
  const auto& broken = Of(all[0], "daemon/sub/lazy");
  EXPECT_EQ(broken.verdict, Verdict::Broken);
  EXPECT_THAT(broken.reasons.front().text, HasSubstr("status 500 instead of 200"));
  EXPECT_THAT(broken.reasons.front().evidence, ElementsAre("ImportError: in the log"));
  EXPECT_EQ(all[0].recommended, "daemon/main/lazy");
  EXPECT_THAT(RenderFitness(record, 100), HasSubstr("ImportError: in the log"));
}

TEST(FitnessOf, AnImportThatFailsInASubInterpreterIsACaveatThereOnly) {
  auto record = Sound();
  record.imports = {Tried("main", ImportOutcome::Works), Tried("sub", ImportOutcome::Fails)};
  const auto all = FitnessOf(record);
  EXPECT_EQ(Of(all[0], "daemon/sub/preload").verdict, Verdict::Caveat);
  EXPECT_THAT(Of(all[0], "daemon/sub/preload").reasons.front().text,
              HasSubstr("lxml 5.1 (lxml.etree) cannot be imported: ImportError"));
  EXPECT_EQ(Of(all[0], "daemon/sub/preload").reasons.front().rule, "INTERP-10");
  EXPECT_EQ(Of(all[0], "embedded/main/lazy").verdict, Verdict::Works);
}

TEST(FitnessOf, WhatIsNotUsedIsSaidAndNotHeldAgainstAMode) {
  auto record = Sound();
  record.imports = {Tried("main", ImportOutcome::Works, false),
                    Tried("sub", ImportOutcome::Fails, false)};
  const auto all = FitnessOf(record);
  EXPECT_EQ(Of(all[0], "daemon/sub/preload").verdict, Verdict::Works);
  EXPECT_THAT(all[0].findings,
              Contains(HasSubstr("lxml 5.1 cannot be imported in a sub-interpreter")));
}

TEST(FitnessOf, SaysWhetherItCanHaveAGilOfItsOwnWhereThatWasTried) {
  auto record = Sound();
  record.imports = {Tried("main", ImportOutcome::Works), Tried("sub", ImportOutcome::Works)};
  EXPECT_THAT(FitnessOf(record)[0].findings, Not(Contains(HasSubstr("WSGIPerInterpreterGIL"))));
  record.imports.push_back(Tried("sub-own-gil", ImportOutcome::Works));
  EXPECT_THAT(FitnessOf(record)[0].findings, Contains(HasSubstr("beside each other")));
  record.imports.back() = Tried("sub-own-gil", ImportOutcome::Fails);
  const auto all = FitnessOf(record);
  EXPECT_THAT(all[0].findings, Contains(HasSubstr("not for it: lxml 5.1 cannot")));
  EXPECT_EQ(Of(all[0], "daemon/sub/preload").verdict, Verdict::Works);
}

TEST(FitnessOf, AnImportThatFailsAfterAnotherInterpreterIsACaveatWhereOthersMayBe) {
  auto record = Sound();
  record.imports = {Tried("main", ImportOutcome::Works),
                    Tried("sub", ImportOutcome::Works),
                    Tried("sub after main", ImportOutcome::Fails),
                    Tried("main after sub", ImportOutcome::Fails)};
  const auto all = FitnessOf(record);
  EXPECT_EQ(Of(all[0], "embedded/main/preload").verdict, Verdict::Caveat);
  EXPECT_THAT(Of(all[0], "embedded/sub/lazy").reasons.front().text,
              HasSubstr("when the main interpreter of its process"));
  // A daemon process is its own.
  EXPECT_EQ(Of(all[0], "daemon/main/preload").verdict, Verdict::Recommended);
  EXPECT_THAT(Of(all[0], "daemon/main/preload").reasons.front().text,
              HasSubstr("let nothing else run in that process"));
}

TEST(FitnessOf, WhereNoModeIsWithoutACaveatTheFirstOfThemIsNamed) {
  auto record = Sound();
  std::erase_if(record.replays, [](const Replay& replay) {
    return replay.arrangement.find("/sub/") == std::string::npos;
  });
  record.imports = {Tried("main", ImportOutcome::Works), Tried("sub", ImportOutcome::Fails)};
  const auto all = FitnessOf(record);
  EXPECT_EQ(all[0].recommended, "daemon/sub/preload");
  EXPECT_EQ(Of(all[0], "daemon/sub/preload").verdict, Verdict::Caveat);
  EXPECT_THAT(all[0].why, Contains(HasSubstr("No mode is without a caveat")));
}

TEST(FitnessOf, ACopyThatDisturbsIsACaveatOfItsInterpreter) {
  auto record = Sound();
  auto line = Heard("two copies: in two sub-interpreters", ReplayOutcome::Differs);
  line.mode = "sub";
  record.replays.push_back(line);
  const auto all = FitnessOf(record);
  EXPECT_EQ(Of(all[0], "embedded/sub/lazy").verdict, Verdict::Caveat);
  EXPECT_EQ(Of(all[0], "embedded/main/lazy").verdict, Verdict::Works);
  EXPECT_EQ(Of(all[0], "daemon/sub/lazy").verdict, Verdict::Works);
}

TEST(FitnessOf, ALongFirstRequestIsACaveatOfLazyLoading) {
  auto record = Sound();
  AddCell(record, "daemon/main/lazy", 900, 3000);
  AddCell(record, "daemon/main/preload", 12, 3100);
  AddCell(record, "embedded/main/lazy", 90, 2000);
  AddCell(record, "embedded/main/preload", 12, 2000);
  const auto all = FitnessOf(record);
  EXPECT_EQ(Of(all[0], "daemon/main/lazy").verdict, Verdict::Caveat);
  EXPECT_EQ(Of(all[0], "daemon/main/lazy").reasons.front().rule, "PRELOAD-1");
  EXPECT_EQ(Of(all[0], "embedded/main/lazy").verdict, Verdict::Works);
  EXPECT_THAT(all[0].why, Contains(HasSubstr("took 12.0 ms instead of 900 ms")));
  EXPECT_THAT(all[0].why,
              Contains(HasSubstr("quicker in embedded/main/preload (2.00 ms instead of 3.10 ms)")));
}

TEST(FitnessOf, TheGainIsBoundedByWhatTheApplicationTakes) {
  auto record = Sound();
  record.overheads.push_back({"shop", "daemon/main/preload", "GET /", 100, 900, 1000});
  EXPECT_THAT(FitnessOf(record)[0].findings, Contains(HasSubstr("could spare more than 10 %")));
}

TEST(FitnessOf, WithoutAModeNothingIsRecommended) {
  auto record = Sound();
  record.subjects[0].reference.reset();
  for (auto& replay : record.replays)
    replay = Heard(replay.arrangement,
                   replay.arrangement == "daemon/main/lazy" ? ReplayOutcome::NoAnswer
                                                            : ReplayOutcome::NotAsked);
  const auto all = FitnessOf(record);
  EXPECT_EQ(all[0].recommended, std::nullopt);
  EXPECT_THAT(all[0].headline, HasSubstr("no mode can be recommended"));
}

TEST(RenderFitness, IsAsItWas) {
  const auto record = samples::RecordOf(samples::CheckRun());
  const std::filesystem::path folder = WSGILAB_REPORTS_FOLDER "/fitness/testdata";
  golden::ExpectGolden(folder / "check.txt", RenderFitness(record, 100));
  golden::ExpectGolden(folder / "check.json", RenderFitnessJson(record));
}

TEST(RenderFitness, HoldsNothingThatMovesTheCursor) {
  auto record = Sound();
  record.replays[0] = Heard("embedded/main/lazy", ReplayOutcome::Differs);
  record.replays[0].detail = "a\x1b[2Jb\r\nc";
  const auto text = RenderFitness(record, 80);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

}  // namespace

}  // namespace reports::fitness
