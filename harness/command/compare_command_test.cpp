// wsgilab compare from outside, with the fake host on both sides.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "harness/command/testing/command_fixture.h"
#include "harness/command/testing/fits.h"
#include "hosts/base/files.h"
#include "reports/record/reader.h"

namespace harness::command {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::SizeIs;

class CompareCommandTest : public CommandTest {
 protected:
  Ended Compare(std::vector<std::string> more) {
    std::vector<std::string> words{"compare",
                                   "embedded/main/preload",
                                   "daemon/main/preload",
                                   "--window",
                                   "10ms",
                                   "-o",
                                   Out().string()};
    words.insert(words.end(), more.begin(), more.end());
    return Call(std::move(words));
  }
};

TEST_F(CompareCommandTest, MeasuresBothSidesInEveryBlockAndSaysWhatItFound) {
  const Ended ended = Compare({"--blocks",
                               "6",
                               "--controls",
                               "off",
                               "--once",
                               "--metric",
                               "latency_mean_us",
                               "--json",
                               "--seed",
                               "7"});
  EXPECT_THAT(ended.exit_code, AnyOf(Eq(0), Eq(1), Eq(3))) << ended.output;
  const auto json = nlohmann::json::parse(ended.output, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << ended.output;
  ASSERT_THAT(json["experiments"], SizeIs(1));
  EXPECT_EQ(json["experiments"][0]["conclusions"][0]["first"]["pairs"], 6);
  EXPECT_EQ(json["experiments"][0]["attempts"][0]["seed"], 7);
  ExpectFits("compare", ended.output, folder_->path());
  ExpectFits("record", *hosts::base::ReadFile(Out() / "record.jsonl"), folder_->path());
  const auto record = reports::record::ReadRecord(Out() / "record.jsonl");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->complete);
  EXPECT_EQ(record->footer->exit_code, ended.exit_code);
  EXPECT_THAT(record->samples, SizeIs(12));
  EXPECT_TRUE(std::filesystem::exists(Out() / "report.html"));
}

TEST_F(CompareCommandTest, WhatAStartTakesIsComparedAsWell) {
  const Ended ended =
      Compare({"--blocks", "6", "--controls", "off", "--metric", "ready_ms", "--margin", "0%"});
  EXPECT_THAT(ended.output, HasSubstr("time to ready"));
}

TEST_F(CompareCommandTest, APlanThatCouldNeverFindAnythingIsRefused) {
  const Ended ended = Compare({"--blocks", "3"});
  EXPECT_EQ(ended.exit_code, 78) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("it could never fail"));
}

TEST_F(CompareCommandTest, WhatIsWrittenWronglyIsSaidInOneLine) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> calls = {
      {{"compare", "deamon", "daemon/main/lazy"}, "nothing to compare"},
      {{"compare", "daemon/main/lazy", "daemon/sub/lazy", "--app", "nobody"}, "there are"},
      {{"compare", "daemon/main/lazy", "daemon/sub/lazy", "--margin", "many"}, "is no share"},
      {{"compare", "daemon/main/lazy", "daemon/sub/lazy", "--metric", "speed"}, "latency_p50_us"},
      {{"compare", "daemon/main/lazy", "daemon/sub/lazy", "--controls", "some"},
       "full, light, off"},
      {{"compare", "daemon/main/lazy", "daemon/sub/lazy", "--mode", "daemon/*"},
       "names a mode already"},
      {{"compare", "daemon/main/lazy", "daemon/sub/lazy", "--within", "5"}, "--within"},
      {{"compare", "daemon/main/lazy"}, "B is required"},
  };
  for (const auto& [words, said] : calls) {
    const Ended ended = Call(words);
    EXPECT_EQ(ended.exit_code, 2) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr(said));
    EXPECT_EQ(std::ranges::count(ended.output, '\n'), 1) << ended.output;
  }
}

TEST_F(CompareCommandTest, AFolderThatHoldsARunIsLeftAlone) {
  std::filesystem::create_directories(Out());
  ASSERT_TRUE(hosts::base::WriteFile(Out() / "record.jsonl", "somebody's\n"));
  const Ended ended = Compare({"--blocks", "6"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(*hosts::base::ReadFile(Out() / "record.jsonl"), Eq("somebody's\n"));
}

TEST_F(CompareCommandTest, TwoRecordsArePutSideBySideAndNotJudged) {
  const Ended run = Call({"run",
                          "--mode",
                          "daemon/main/lazy",
                          "--app",
                          "hello",
                          "-o",
                          (folder_->path() / "a").string()});
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const std::string a = (folder_->path() / "a").string();
  const Ended ended = Call({"compare", a, a});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.output, HasSubstr("+0.0 %"));
  EXPECT_THAT(Call({"compare", a, "daemon/main/lazy"}).output, HasSubstr("one side is a record"));
}

TEST_F(CompareCommandTest, AnEngineHasNoPackagesOfAnotherPython) {
  environment_ = {{"WSGILAB_ENGINES", std::string("3.11=") + FAKE_HOST}};
  const std::filesystem::path venv = folder_->path() / "venv";
  std::filesystem::create_directories(venv);
  ASSERT_TRUE(hosts::base::WriteFile(venv / "pyvenv.cfg", "version = 3.10.9\n"));
  const Ended ended = Call({"compare",
                            "engine-3.11:embedded/main/preload",
                            "engine-3.11:daemon/main/preload",
                            "--app",
                            "flask_notes",
                            "--venv",
                            venv.string(),
                            "-o",
                            Out().string()});
  EXPECT_EQ(ended.exit_code, 2) << ended.output;
  EXPECT_THAT(ended.output,
              HasSubstr("engine-3.11:daemon/main/preload: " + venv.string() +
                        " has packages for Python 3.10, not 3.11"));
}

}  // namespace
}  // namespace harness::command
