// `wsgilab run` is killed with SIGKILL, and gone on with.

#include <gmock/gmock.h>

#include "harness/command/testing/wsgilab_test.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
namespace record = reports::record;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ResumeTest : public WsgilabTest {
 protected:
  // Two cells, and the checks unless they are left out.
  [[nodiscard]] std::vector<std::string> TwoCells(const std::string& suite = "none") const {
    return {"run",
            "--mode",
            "daemon/main/lazy",
            "--suite",
            suite,
            "-o",
            Out().string(),
            Script("one"),
            Script("two")};
  }

  Ended Resume() { return Call({"run", "--resume", "-o", Out().string()}); }

  // What is in the folder then is what a run without an interruption leaves.
  void ExpectWholeRun(const Ended& ended, int cells, int checks) {
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    const record::Record run = Record(RecordFile());
    EXPECT_TRUE(run.complete);
    EXPECT_EQ(static_cast<int>(run.cells.size()), cells);
    EXPECT_EQ(static_cast<int>(run.checks.size()), checks);
    EXPECT_EQ(CountInRecord("{\"type\":\"cell\""), cells) << "no cell was run twice";
    EXPECT_EQ(CountInRecord("{\"type\":\"check\""), checks) << "no check was made twice";
    ASSERT_TRUE(run.footer);
    EXPECT_EQ(run.footer->exit_code, 0);
    EXPECT_EQ(run.footer->cells, (std::map<std::string, std::int64_t>{{"ok", cells}}));
    EXPECT_EQ(run.footer->checks.contains("passed") ? run.footer->checks.at("passed") : 0, checks);
    EXPECT_EQ(run.resumed_at.size(), 1U);
    EXPECT_TRUE(fs::exists(Out() / "report.html"));
  }
};

TEST_F(ResumeTest, KilledBeforeItsFirstHostServes) {
  auto child = Start(TwoCells(), "slow-start=600000");
  AwaitLines(child, "\"type\":\"header\"", 1);
  KillAndExpectNothingLeft(std::move(child));
  EXPECT_FALSE(Record(RecordFile()).complete);
  const std::string before = RecordText();
  const Ended ended = Resume();
  EXPECT_THAT(ended.output, HasSubstr("going on: 0 of 2 cells and 0 checks are there"));
  EXPECT_THAT(RecordText(), testing::StartsWith(before)) << "what was there stays as it is";
  ExpectWholeRun(ended, 2, 0);
}

TEST_F(ResumeTest, KilledWithinACell) {
  auto child = Start(TwoCells());
  AwaitLines(child, "\"type\":\"placement\"", 2);
  KillAndExpectNothingLeft(std::move(child));
  const record::Record killed = Record(RecordFile());
  ASSERT_EQ(killed.cells.size(), 1U);
  EXPECT_THAT(killed.problems, Not(testing::IsEmpty()));
  // The kernel may have been in the middle of a line.
  const std::string before = RecordText();
  ASSERT_TRUE(hosts::base::WriteFile(RecordFile(), before + "{\"type\":\"loa"));
  const Ended ended = Resume();
  EXPECT_THAT(
      ended.output,
      HasSubstr("going on: 1 of 2 cells and 0 checks are there; the last line was cut off"));
  EXPECT_THAT(RecordText(), testing::StartsWith(before));
  ExpectWholeRun(ended, 2, 0);
  const record::Record run = Record(RecordFile());
  EXPECT_EQ(run.header.started_at, killed.header.started_at);
  EXPECT_GT(run.footer->seconds, *killed.cells[0].seconds + *run.cells[1].seconds)
      << "the seconds of both parts count";
}

TEST_F(ResumeTest, KilledWithinTheChecks) {
  ASSERT_TRUE(hosts::base::WriteFile(Folder() / "pause-at", "Stand/Second.Passes/11\n"));
  auto child = Start(TwoCells("all"));
  AwaitLines(child, "\"type\":\"check\"", 10);
  KillAndExpectNothingLeft(std::move(child));
  const auto made = Record(RecordFile()).checks.size();
  ASSERT_LT(made, 60U) << "one of them waits";
  fs::remove(Folder() / "pause-at");
  const Ended ended = Resume();
  EXPECT_THAT(
      ended.output,
      HasSubstr("going on: 2 of 2 cells and " + std::to_string(made) + " checks are there"));
  EXPECT_THAT(ended.output, HasSubstr(std::to_string(60 - made) + " checks\n"));
  ExpectWholeRun(ended, 2, 60);
}

TEST_F(ResumeTest, AShardStaysAShard) {
  auto words = TwoCells("all");
  words.insert(words.end(), {"--shard", "2/2"});
  auto child = Start(words);
  AwaitLines(child, "\"type\":\"startup\"", 1);
  KillAndExpectNothingLeft(std::move(child));
  ExpectWholeRun(Resume(), 1, 30);
  EXPECT_EQ(Record(RecordFile()).header.shard->index, 2);
}

TEST_F(ResumeTest, OneThatWasInterruptedIsGoneOnWithToo) {
  auto child = Start(TwoCells());
  AwaitLines(child, "\"type\":\"placement\"", 2);
  child.Signal(SIGINT);
  EXPECT_EQ(Await(std::move(child)).exit_code, 130);
  ASSERT_TRUE(Record(RecordFile()).complete);
  const Ended ended = Resume();
  ExpectWholeRun(ended, 2, 0);
  for (const record::NotMeasured& line : Record(RecordFile()).not_measured)
    EXPECT_FALSE(line.stopped) << line.what << ": it has been made up for";
}

TEST_F(ResumeTest, TheSameOptionsMayBeSaidAgain) {
  auto child = Start(TwoCells());
  AwaitLines(child, "\"type\":\"placement\"", 2);
  KillAndExpectNothingLeft(std::move(child));
  auto words = TwoCells();
  words.emplace_back("--resume");
  ExpectWholeRun(Call(words), 2, 0);
}

TEST_F(ResumeTest, AnotherRunIsRefusedAndNothingIsChanged) {
  auto child = Start(TwoCells());
  AwaitLines(child, "\"type\":\"startup\"", 1);
  KillAndExpectNothingLeft(std::move(child));
  const std::string before = RecordText();
  const std::string out = Out().string();
  const std::vector<std::pair<std::vector<std::string>, std::string>> others = {
      {{"--mode", "daemon/main/lazy", Script("one")},
       "cells only in the first: engine/daemon/main/lazy/two"},
      {{"--mode", "daemon/main/*", Script("one"), Script("two")},
       "cells only in the second: engine/daemon/main/preload/one"},
      {{"--mode", "daemon/main/lazy", "--profile", "full", Script("one"), Script("two")},
       "the profile of the first is smoke, of the second full"},
      {{"--mode", "daemon/main/lazy", "--shard", "1/2", Script("one"), Script("two")},
       "the first is no shard, the second shard 1/2"},
      {{"--mode", "daemon/main/lazy", "--suite", "all", Script("one"), Script("two")},
       "checks only in the second: 60 checks of engine"},
  };
  for (const auto& [options, why] : others) {
    std::vector<std::string> words = {"run", "--resume", "-o", out};
    words.insert(words.end(), options.begin(), options.end());
    const Ended ended = Call(words);
    EXPECT_EQ(ended.exit_code, 2) << ended.output;
    EXPECT_THAT(ended.output, AllOf(HasSubstr("is of another run"), HasSubstr(why)));
    EXPECT_EQ(RecordText(), before);
  }
}

TEST_F(ResumeTest, WhatIsFinishedIsNotRunAgain) {
  ASSERT_EQ(Call(TwoCells()).exit_code, 0);
  const std::string before = RecordText();
  const Ended ended = Resume();
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.output, HasSubstr("is finished"));
  EXPECT_EQ(RecordText(), before);
}

TEST_F(ResumeTest, WithoutARunThereIsNothingToGoOnWith) {
  const Ended nowhere = Call({"run", "--resume"});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.output, HasSubstr("add -o DIR"));
  EXPECT_THAT(Resume().output, HasSubstr("there is no run in"));
  fs::create_directories(Out());
  ASSERT_TRUE(hosts::base::WriteFile(RecordFile(), "{\"type\":\"head"));
  const Ended half = Resume();
  EXPECT_EQ(half.exit_code, 2);
  EXPECT_THAT(half.output, HasSubstr("begin anew in another folder"));
}

}  // namespace
}  // namespace harness::command
