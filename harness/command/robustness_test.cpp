// What goes wrong around a run: a disk that is full, a folder that somebody else uses or nobody may write to, programs
// that are missing. One line says what, where and what to do; what was measured stays readable.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "harness/command/testing/wsgilab_test.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RobustnessTest : public WsgilabTest {
 protected:
  [[nodiscard]] std::vector<std::string> OneCell(const std::string& out) const {
    return {"run", "--mode", "daemon/main/lazy", "--suite", "none", "-o", out, Script("one")};
  }

  // The program, started by another one: "prlimit --fsize=9 wsgilab …".
  Ended CallBy(std::vector<std::string> starter, const std::vector<std::string>& words) {
    starter.emplace_back(WSGILAB);
    starter.insert(starter.end(), words.begin(), words.end());
    return CallProgram(std::move(starter));
  }

  Ended CallShell(const std::string& script) { return CallProgram({"/bin/sh", "-c", script}); }

  // What is said is one line, and the last.
  static std::string LastLineOf(const Ended& ended) {
    const size_t end = ended.output.find_last_not_of('\n');
    const size_t begin = ended.output.rfind('\n', end) + 1;
    return ended.output.substr(begin, end + 1 - begin);
  }

 private:
  Ended CallProgram(std::vector<std::string> words) {
    program_ = words.front();  // in the place of wsgilab
    words.erase(words.begin());
    const Ended ended = Call(std::move(words));
    program_ = WSGILAB;
    return ended;
  }
};

TEST_F(RobustnessTest, AFullDiskLeavesWholeLinesAndTheRunCanBeGoneOnWith) {
  // Room for what a cell needs, the longest being the script that it serves, and for part of the records of four.
  const std::vector<std::string> words = {
      "run", "--mode", "*/main/*", "--suite", "none", "-o", Out().string(), Script("one")};
  const Ended full = CallBy({"/usr/bin/prlimit", "--fsize=30000"}, words);
  EXPECT_EQ(full.exit_code, 70) << full.output;
  EXPECT_THAT(
      LastLineOf(full),
      AllOf(HasSubstr("wsgilab: cannot write " + RecordFile().string() + ": File too large"),
            HasSubstr("wsgilab run --resume -o " + Out().string())));
  const std::string before = RecordText();
  EXPECT_LE(before.size(), 30'000U);
  EXPECT_THAT(before, testing::EndsWith("\n"));
  EXPECT_FALSE(Record(RecordFile()).complete);
  EXPECT_EQ(Orphans(), "");
  const Ended resumed = Call({"run", "--resume", "-o", Out().string()});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
  EXPECT_TRUE(Record(RecordFile()).complete);
  EXPECT_THAT(RecordText(), testing::StartsWith(before));
}

// The same with a disk that has no block left: a file system of 8 KiB.
TEST_F(RobustnessTest, ADiskWithoutAFreeBlockIsSaid) {
  fs::create_directory(Folder() / "disk");
  const std::string disk = (Folder() / "disk").string();
  const Ended ended =
      CallShell("exec unshare --map-root-user --mount sh -c 'mount -t tmpfs -o size=8k none " +
                disk + " || exit 99; " WSGILAB " run --mode daemon/main/lazy --suite none -o " +
                disk + "/out " + Script("one") + "; code=$?; cp " + disk + "/out/record.jsonl " +
                Folder().string() + "/kept; exit $code'");
  if (ended.output.find("unshare") != std::string::npos || ended.exit_code == 99) {
    GTEST_SKIP() << "no file system can be mounted here: " << ended.output;
  }
  EXPECT_EQ(ended.exit_code, 70) << ended.output;
  EXPECT_THAT(LastLineOf(ended), HasSubstr("No space left on device"));
  EXPECT_FALSE(Record(Folder() / "kept").complete);
}

TEST_F(RobustnessTest, AReportThatCannotBeWrittenLeavesTheRecordWhole) {
  fs::create_directories(Out() / "report.html" / "in-the-way");
  const Ended ended = Call(OneCell(Out().string()));
  EXPECT_EQ(ended.exit_code, 70) << ended.output;
  EXPECT_THAT(LastLineOf(ended),
              AllOf(HasSubstr("cannot write " + (Out() / "report.html").string()),
                    HasSubstr("the record is whole"),
                    HasSubstr("wsgilab report " + Out().string() + " -o html=FILE")));
  EXPECT_TRUE(Record(RecordFile()).complete);
}

TEST_F(RobustnessTest, AFullDeviceTakesNoReport) {
  ASSERT_EQ(Call(OneCell(Out().string())).exit_code, 0);
  const Ended to_device = Call({"report", Out().string(), "-o", "html=/dev/full"});
  EXPECT_EQ(to_device.exit_code, 70);
  EXPECT_EQ(to_device.output, "wsgilab: cannot write /dev/full: No space left on device\n");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
  const Ended to_output = CallShell(WSGILAB " report " + Out().string() + " >/dev/full");
  EXPECT_EQ(to_output.exit_code, 70);
  EXPECT_EQ(to_output.output,
            "wsgilab: cannot write to standard output: No space left on device\n");
}

TEST_F(RobustnessTest, ProgressThatNobodyTakesDoesNotEndTheRun) {
  const Ended ended = CallShell(WSGILAB " run --mode daemon/main/lazy --suite none -o " +
                                Out().string() + " " + Script("one") + " >/dev/full");
  EXPECT_EQ(ended.exit_code, 70) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("cannot write to standard output"));
  EXPECT_TRUE(Record(RecordFile()).complete);
  EXPECT_TRUE(fs::exists(Out() / "report.html"));
}

TEST_F(RobustnessTest, TwoRunsInOneFolderAreRefusedToTheSecond) {
  auto first = Start(OneCell(Out().string()), "slow-start=3000");
  AwaitLines(first, "\"type\":\"header\"", 1);
  for (const bool is_resumption : {false, true}) {
    auto words = OneCell(Out().string());
    if (is_resumption) words.emplace_back("--resume");
    output_ = "second";
    const Ended second = Call(words);
    output_ = "output";
    EXPECT_EQ(second.exit_code, 2) << second.output;
    EXPECT_THAT(second.output,
                AllOf(HasSubstr(RecordFile().string() + " is being written by process " +
                                std::to_string(first.pid())),
                      HasSubstr("wsgilab run --mode daemon/main/lazy"),
                      HasSubstr("name another folder with -o")));
    EXPECT_EQ(std::count(second.output.begin(), second.output.end(), '\n'), 1) << second.output;
  }
  const Ended ended = Await(std::move(first));
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_TRUE(Record(RecordFile()).complete);
  EXPECT_EQ(CountInRecord("\"type\":\"header\""), 1);
}

TEST_F(RobustnessTest, AFolderThatCannotBeWrittenToIsTheCallersSlip) {
  ASSERT_TRUE(hosts::base::WriteFile(Folder() / "file", ""));
  const std::vector<std::pair<std::string, std::string>> folders = {
      {"/proc/wsgilab-out", "cannot make /proc/wsgilab-out: "},
      {"/sys/kernel", "/sys/kernel"},
      {(Folder() / "file").string(), (Folder() / "file").string()},
  };
  for (const auto& [folder, what] : folders) {
    const Ended ended = Call(OneCell(folder));
    EXPECT_EQ(ended.exit_code, 2) << ended.output;
    EXPECT_THAT(ended.output, AllOf(HasSubstr(what), HasSubstr("name another folder with -o")));
    EXPECT_EQ(std::count(ended.output.begin(), ended.output.end(), '\n'), 1) << ended.output;
  }
}

TEST_F(RobustnessTest, AComparisonThatIsKilledLeavesNothing) {
  auto child = Start({"compare",
                      "embedded/main/preload",
                      "daemon/main/preload",
                      "--app",
                      "hello",
                      "--window",
                      "10ms",
                      "--blocks",
                      "60",
                      "--controls",
                      "off",
                      "-o",
                      Out().string()});
  AwaitLines(child, "\"type\":\"sample\"", 2);
  KillAndExpectNothingLeft(std::move(child));
  EXPECT_FALSE(Record(RecordFile()).complete);
}

TEST_F(RobustnessTest, AHostThatIsMissingIsSaidBeforeAnythingIsWritten) {
  changed_ = {{"WSGILAB_HOST", "/nowhere/wsgilab-host"}};
  const Ended ended = Call(OneCell(Out().string()));
  EXPECT_EQ(ended.exit_code, 2) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("/nowhere/wsgilab-host"), HasSubstr("WSGILAB_HOST")));
  EXPECT_FALSE(fs::exists(Out()));
}

TEST_F(RobustnessTest, AHostThatVanishesFailsItsCellOnly) {
  const fs::path host = Folder() / "host";
  fs::copy_file(FAKE_HOST, host);
  changed_ = {{"WSGILAB_HOST", host.string()}};
  auto child = Start({"run",
                      "--mode",
                      "daemon/main/lazy",
                      "--suite",
                      "none",
                      "-o",
                      Out().string(),
                      Script("one"),
                      Script("two")});
  AwaitLines(child, "\"type\":\"startup\"", 1);
  fs::remove(host);
  const Ended ended = Await(std::move(child));
  EXPECT_EQ(ended.exit_code, 70) << ended.output;
  const auto run = Record(RecordFile());
  ASSERT_EQ(run.cells.size(), 2U);
  EXPECT_EQ(run.cells[1].outcome, reports::record::CellOutcome::SetupFailed);
  EXPECT_THAT(*run.cells[1].reason, HasSubstr("cannot start " + host.string()));

  fs::copy_file(FAKE_HOST, host);
  const Ended again = Call({"run", "--resume", "-o", Out().string()});
  EXPECT_EQ(again.exit_code, 0) << again.output;
  EXPECT_THAT(again.output, HasSubstr("going on: 1 of 2 cells"));
}

TEST_F(RobustnessTest, ChecksThatAreMissingAreAFaultOfTheHarness) {
  changed_ = {{"WSGILAB_CHECKS", "/nowhere/wsgilab-checks"}};
  const Ended ended = Call({"run", "--checks-only", "-o", Out().string()});
  EXPECT_EQ(ended.exit_code, 70) << ended.output;
  const auto run = Record(RecordFile());
  ASSERT_FALSE(run.not_measured.empty());
  EXPECT_THAT(run.not_measured.back().reason, HasSubstr("/nowhere/wsgilab-checks"));
  EXPECT_TRUE(run.not_measured.back().stopped);
  EXPECT_THAT(LastLineOf(ended), HasSubstr("there is no /nowhere/wsgilab-checks"));
}

}  // namespace
}  // namespace harness::command
