// wsgilab gate from outside, with the fake host in the place of the engine.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "harness/command/testing/command_fixture.h"
#include "harness/command/testing/fits.h"
#include "hosts/base/files.h"
#include "reports/record/json.h"
#include "reports/record/reader.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::SizeIs;

class GateCommandTest : public CommandTest {
 protected:
  std::string Rules(const std::string& expression) {
    const fs::path path = folder_->path() / "gate.toml";
    EXPECT_TRUE(hosts::base::WriteFile(path, "[[rule]]\nexpect = \"" + expression + "\"\n"));
    return path.string();
  }
  // The record of a run without cells.
  std::string ChecksAlone() {
    const fs::path path = folder_->path() / "checks.jsonl";
    reports::record::Check check;
    check.suite = check.check = "hosting";
    check.outcome = reports::record::CheckOutcome::Passed;
    EXPECT_TRUE(hosts::base::WriteFile(path,
                                       reports::record::ToJsonLine(reports::record::Header{}) +
                                           "\n" + reports::record::ToJsonLine(check) + "\n" +
                                           reports::record::ToJsonLine(reports::record::Footer{}) +
                                           "\n"));
    return path.string();
  }
  std::string ARun() {
    const std::string run = (folder_->path() / "run").string();
    const Ended ended = Call({"run", "--mode", "daemon/main/lazy", "--app", "hello", "-o", run});
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    return run;
  }
};

TEST_F(GateCommandTest, ARunIsHeldAgainstTheDefaultRules) {
  const std::string run = ARun();
  const Ended ended = Call({"gate", run});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("held: no cell fails"));
}

TEST_F(GateCommandTest, TheExitCodeSaysWhatBecameOfTheRules) {
  const std::string run = ARun();
  EXPECT_EQ(Call({"gate", run, "--rules", Rules("pss: total < 1 KiB")}).exit_code, 99);
  EXPECT_EQ(Call({"gate", run, "--rules", Rules("pss: total < 1 KiB"), "--simple-exit"}).exit_code,
            1);
  EXPECT_EQ(Call({"gate", run, "--rules", Rules("cells: ok >= 2")}).exit_code, 1);
  const Ended as_json = Call({"gate", run, "--rules", Rules("cells: ok == 1"), "--json"});
  EXPECT_EQ(as_json.exit_code, 0) << as_json.output;
  const auto json = nlohmann::json::parse(as_json.output, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << as_json.output;
  EXPECT_EQ(json["rules"][0]["standing"], "held");
}

TEST_F(GateCommandTest, TimesOfAnotherRunAreNotJudgedAndItsSizesAre) {
  const std::string run = ARun();
  const Ended time =
      Call({"gate", run, "--baseline", run, "--rules", Rules("latency: p(50) <= baseline * 1.02")});
  EXPECT_EQ(time.exit_code, 3) << time.output;
  EXPECT_THAT(time.output, HasSubstr("in turns"));
  EXPECT_EQ(
      Call({"gate", run, "--baseline", run, "--rules", Rules("pss: total <= baseline * 1.02")})
          .exit_code,
      0);
}

TEST_F(GateCommandTest, ARuleThatCannotBeReadOrCannotFailIs78AndSaysWhere) {
  const std::string run = ARun();
  for (const auto& [expression, said] : std::vector<std::pair<std::string, std::string>>{
           {"latencyy: p(50) < 20 ms", "gate.toml:2"},
           {"cells: failed >= 0", "gate.toml:2"},
           {"latency{app=nobody}: p(50) < 20 ms", "no cell of this run"},
           {"latency: p(50) <= baseline * 1.02", "--baseline"},
           {"checks{level=must}: failed == 0", "no checks"}}) {
    const Ended ended = Call({"gate", run, "--rules", Rules(expression)});
    EXPECT_EQ(ended.exit_code, 78) << expression << ended.output;
    EXPECT_THAT(ended.output, HasSubstr(said));
  }
}

TEST_F(GateCommandTest, ACandidateIsMeasuredBesideItsBaseline) {
  const Ended ended = Call({"gate",
                            "daemon/main/lazy",
                            "--baseline",
                            "daemon/main/lazy",
                            "--blocks",
                            "6",
                            "--window",
                            "10ms",
                            "--json",
                            "-o",
                            Out().string()});
  EXPECT_THAT(ended.exit_code, AnyOf(Eq(0), Eq(1), Eq(3))) << ended.output;
  const auto json = nlohmann::json::parse(ended.output, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << ended.output;
  EXPECT_THAT(json["rules"], SizeIs(1));
  EXPECT_THAT(json["experiments"], SizeIs(1));
  ExpectFits("gate", ended.output, folder_->path());
  const auto record = reports::record::ReadRecord(Out() / "record.jsonl");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->footer->exit_code, ended.exit_code);
  ASSERT_THAT(record->rules, SizeIs(1));
  EXPECT_EQ(json["rules"][0]["standing"], std::string(Name(record->rules[0].standing)));
  EXPECT_THAT(record->experiments.front().arms, SizeIs(5)) << "the controls run along";
}

TEST_F(GateCommandTest, ACandidateThatFailsWhereItsBaselineStandsIsAFailureOfTheProduct) {
  const fs::path candidate = folder_->path() / "candidate";
  ASSERT_TRUE(hosts::base::WriteFile(
      candidate, "#!/bin/sh\nWSGILAB_FAKE=drop-every=40 exec " FAKE_HOST " \"$@\"\n"));
  ASSERT_EQ(::chmod(candidate.c_str(), 0755), 0);
  const Ended ended = Call({"gate",
                            candidate.string(),
                            "--baseline",
                            FAKE_HOST,
                            "--blocks",
                            "6",
                            "--window",
                            "10ms",
                            "-o",
                            Out().string()});
  EXPECT_EQ(ended.exit_code, 1) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("where the baseline stood"));
  EXPECT_THAT(Call({"report", Out().string(), "-o", "junit=-"}).output,
              AnyOf(HasSubstr("<failure"), HasSubstr("<error")));
}

TEST_F(GateCommandTest, WhatCannotBeMeasuredBesideABaselineIsRefusedBefore) {
  for (const auto& [expression, said] : std::vector<std::pair<std::string, std::string>>{
           {"latency: p(50) < 20 ms", "--run"},
           {"private_dirty: total <= baseline * 1.1", "not measured beside a baseline"},
           {"latency{mode=embedded}: p(50) <= baseline * 1.02",
            "no cell of this run has mode=embedded"}}) {
    const Ended ended = Call({"gate",
                              "daemon/main/lazy",
                              "--baseline",
                              "daemon/main/lazy",
                              "--rules",
                              Rules(expression),
                              "-o",
                              Out().string()});
    EXPECT_EQ(ended.exit_code, 78) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr(said));
    EXPECT_FALSE(fs::exists(Out())) << "nothing was begun";
  }
}

// Story: a copy of what is printed was refused, as a run had no checks or there was no baseline.
TEST_F(GateCommandTest, TheDefaultRulesCanBePrintedAndACopyServesInEveryCase) {
  const Ended printed = Call({"gate", "--print-rules"});
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_THAT(printed.output, HasSubstr("baseline * 1.02"));
  const std::string copy = (folder_->path() / "copy.toml").string();
  ASSERT_TRUE(hosts::base::WriteFile(copy, printed.output));
  const std::string run = ARun();
  const Ended alone = Call({"gate", run, "--rules", copy});
  EXPECT_EQ(alone.exit_code, 0) << alone.output;
  EXPECT_THAT(alone.output, HasSubstr("left out: what must be, is: this run has no checks\n"));
  EXPECT_THAT(alone.output, HasSubstr("name one with --baseline\n"));
  EXPECT_THAT(alone.output, HasSubstr("held: no cell fails"));

  const std::string checks = ChecksAlone();
  const Ended of_checks = Call({"gate", checks, "--rules", copy});
  EXPECT_EQ(of_checks.exit_code, 0) << of_checks.output;
  EXPECT_THAT(of_checks.output, HasSubstr("held: what must be, is"));
  EXPECT_THAT(of_checks.output, HasSubstr("left out: no cell fails: this run has no cells\n"));
  EXPECT_EQ(Call({"gate", checks, "--baseline", checks, "--rules", copy}).exit_code, 0);

  for (const bool has_run : {false, true}) {
    std::vector<std::string> words{"gate", "daemon/main/lazy", "--baseline", "daemon/main/lazy"};
    for (const char* word : {"--blocks", "6", "--window", "10ms", "--rules"})
      words.emplace_back(word);
    words.push_back(copy);
    words.insert(words.end(), {"-o", (folder_->path() / (has_run ? "with" : "without")).string()});
    if (has_run) words.insert(words.end(), {"--run", run});
    const Ended ended = Call(words);
    EXPECT_THAT(ended.exit_code, AnyOf(Eq(0), Eq(1), Eq(3))) << ended.output;
    EXPECT_EQ(ended.output.find("left out: no cell fails: ") == std::string::npos, has_run)
        << ended.output;
  }
}

TEST_F(GateCommandTest, WhereEveryRuleIsLeftOutNothingWasMeasured) {
  const fs::path rules = folder_->path() / "gate.toml";
  ASSERT_TRUE(hosts::base::WriteFile(
      rules, "[[rule]]\nexpect = \"checks: failed == 0\"\noptional = true\n"));
  const Ended of_run = Call({"gate", ARun(), "--rules", rules.string(), "-o", Out().string()});
  EXPECT_EQ(of_run.exit_code, 4) << of_run.output;
  const auto record = reports::record::ReadRecord(Out() / "record.jsonl");
  ASSERT_TRUE(record);
  ASSERT_THAT(record->rules, SizeIs(1));
  EXPECT_EQ(record->rules[0].standing, reports::record::RuleStanding::LeftOut);
  const Ended measured = Call(
      {"gate", "daemon/main/lazy", "--baseline", "daemon/main/lazy", "--rules", rules.string()});
  EXPECT_EQ(measured.exit_code, 4) << measured.output;
  EXPECT_THAT(measured.output, HasSubstr("--run"));
}

TEST_F(GateCommandTest, TheRecordOfARunIsCopiedWithWhatBecameOfTheRules) {
  const std::string run = ARun();
  const auto before = *hosts::base::ReadFile(run + "/record.jsonl");
  const std::vector<std::string> words{
      "gate", run, "--rules", Rules("pss: total < 1 KiB"), "-o", Out().string()};
  EXPECT_EQ(Call(words).exit_code, 99);
  EXPECT_EQ(*hosts::base::ReadFile(run + "/record.jsonl"), before);
  EXPECT_TRUE(fs::exists(Out() / "report.html"));
  const auto text = *hosts::base::ReadFile(Out() / "record.jsonl");
  EXPECT_TRUE(text.starts_with(before.substr(0, before.rfind("{\"type\":\"footer\"")) +
                               "{\"type\":\"rule\""))
      << "its lines are as they were";
  ExpectFits("record", text, folder_->path());
  const auto record = reports::record::ReadRecord(Out() / "record.jsonl");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->complete);
  EXPECT_EQ(record->footer->exit_code, 99);
  ASSERT_THAT(record->rules, SizeIs(1));
  EXPECT_THAT(*record->rules[0].where, HasSubstr("gate.toml:2:"));
  EXPECT_THAT(Call({"report", Out().string(), "-o", "junit=-"}).output,
              HasSubstr("<failure type=\"broken\""));

  const Ended again = Call(words);
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.output, HasSubstr("holds a run already: name another folder"));
  const std::string third = (folder_->path() / "third").string();
  EXPECT_EQ(
      Call({"gate", Out().string(), "--rules", Rules("cells: ok == 1"), "-o", third}).exit_code, 0);
  const auto replaced = reports::record::ReadRecord(fs::path(third) / "record.jsonl");
  ASSERT_TRUE(replaced);
  EXPECT_THAT(replaced->rules, SizeIs(1)) << "those of the gate before are not its own";
  EXPECT_EQ(replaced->footer->exit_code, 0);
}

TEST_F(GateCommandTest, SidesThatDoNotFitAreMisuse) {
  EXPECT_EQ(Call({"gate"}).exit_code, 2);
  EXPECT_EQ(Call({"gate", "daemon/main/lazy"}).exit_code, 2);
  const std::string run = ARun();
  EXPECT_EQ(Call({"gate", run, "--baseline", "daemon/main/lazy"}).exit_code, 2);
  EXPECT_EQ(Call({"gate", "daemon/main/lazy", "--baseline", run}).exit_code, 2);
}

}  // namespace
}  // namespace harness::command
