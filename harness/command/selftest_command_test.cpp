// `wsgilab selftest` from outside, with a program of three checks of which a mutant makes some fail.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "harness/command/testing/fits.h"
#include "hosts/base/child_process.h"
#include "hosts/base/files.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using hosts::base::ChildProcess;
using hosts::base::Deadline;
using testing::HasSubstr;
using testing::Not;

// Stands for wsgilab-checks: S.A fails on mutant "one", S.B on "two", S.C on none; S.R cannot run here. On the mutant
// "ends" it ends before it has said anything of S.B; on "late" S.A fails when it is asked again; on "slow" S.A times out always, and S.B when it is asked first;
// on "mute" S.A cannot start its host. What the file `broken` names fails always.
constexpr std::string_view kChecks = R"sh(#!/bin/sh
records= filter=
while [ $# -gt 0 ]; do
  case $1 in
    --gtest_list_tests) printf 'S.\n  A\n  B\n  C\n  R\n'; exit 0 ;;
    --records) records=$2; shift ;;
    --gtest_filter=*) filter=${1#--gtest_filter=} ;;
  esac
  shift
done
code=0
for check in $(echo "$filter" | tr ':' ' '); do
  outcome=passed
  case $WSGILAB_MUTANT/$check in
    one/S.A | two/S.B) outcome=failed code=1 ;;
    */S.R) outcome=skipped ;;
    ends/S.B) kill -9 $$ ;;
    late/S.A) [ -e "$0.asked" ] && outcome=failed code=1; : >"$0.asked" ;;
    slow/S.A) outcome=timed_out code=1 ;;
    slow/S.B) [ -e "$0.asked" ] || outcome=timed_out code=1; : >"$0.asked" ;;
    mute/S.A) outcome=setup_failed code=1 ;;
  esac
  [ "$(cat "$(dirname "$0")/broken")" != "$check" ] || outcome=failed code=1
  printf '{"type":"check","suite":"s","check":"%s","level":"must","mode":"","title":"t","outcome":"%s","ms":1.0}\n' "$check" "$outcome" >>"$records"
done
exit $code
)sh";

struct Ended {
  int exit_code = -1;
  std::string output;
};

class SelftestCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(folder_);
    fs::create_directories(folder_->path() / "bin");
    fs::create_directories(folder_->path() / "mutated");
    Write("checks", kChecks);
    ASSERT_EQ(::chmod((folder_->path() / "checks").c_str(), 0755), 0);
    Write("broken", "");
  }

  void Write(const std::string& name, std::string_view text) {
    ASSERT_TRUE(hosts::base::WriteFile(folder_->path() / name, text));
  }
  void WriteTable(std::string_view mutants, std::string_view unproven = "") {
    Write("mutated/mutants.json",
          "{\"mutants\": [" + std::string(mutants) + "], \"unproven\": [" + std::string(unproven) +
              "]}");
  }

  Ended Call(std::vector<std::string> more = {}) {
    hosts::base::SpawnOptions options;
    options.argv = {WSGILAB,
                    "selftest",
                    "--mutants-host",
                    (folder_->path() / "bin" / "wsgilab-host").string(),
                    "--checks",
                    (folder_->path() / "checks").string()};
    options.argv.insert(options.argv.end(), more.begin(), more.end());
    options.environment = {{"PATH", "/usr/bin:/bin"}, {"TMPDIR", folder_->path().string()}};
    options.output = folder_->path() / "output";
    auto child = ChildProcess::Start(std::move(options));
    CHECK(child.has_value(), "wsgilab can be started");
    const auto status = child->Wait(Deadline::After(std::chrono::seconds(60)));
    EXPECT_TRUE(status) << "wsgilab did not end";
    Ended ended;
    if (status && !status->signaled) ended.exit_code = status->value;
    if (const auto text = hosts::base::ReadFile(folder_->path() / "output")) ended.output = *text;
    fs::remove(folder_->path() / "output");
    return ended;
  }

  hosts::base::Result<hosts::base::TemporaryDirectory> folder_ =
      hosts::base::TemporaryDirectory::Make("wsgilab-selftest");
};

constexpr std::string_view kOne = R"({"name": "one", "what": "a", "kills": ["S.A"]})";
constexpr std::string_view kTwo = R"({"name": "two", "what": "b", "kills": ["S.B"]})";
const std::string kBoth = std::string(kOne) + ", " + std::string(kTwo);

TEST_F(SelftestCommandTest, WhatSurvivesIsNamedAndOne) {
  WriteTable(kBoth);
  const Ended ended = Call();
  EXPECT_EQ(ended.exit_code, 1) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("checks that no mutant makes fail"));
  EXPECT_THAT(ended.output, HasSubstr("\n  S.C\n"));
  EXPECT_THAT(ended.output, Not(HasSubstr("\n  S.A\n")));
  EXPECT_THAT(ended.output, HasSubstr("mutants killed: 2 of 2"));
}

TEST_F(SelftestCommandTest, WhatCannotRunHereDoesNotSurviveThoughNoMutantNamesIt) {
  WriteTable(kBoth, R"({"checks": "S.C", "reason": "not yet"})");
  const Ended ended = Call();
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("cannot run here (1):\n  S.R\n"));
}

TEST_F(SelftestCommandTest, AMutantThatNothingSeesSurvives) {
  WriteTable(kBoth + R"(, {"name": "three", "what": "c", "kills": ["S.C"]})");
  const Ended ended = Call({"--json"});
  EXPECT_EQ(ended.exit_code, 1);
  const auto json = nlohmann::json::parse(ended.output.substr(ended.output.find("{\n")));
  EXPECT_EQ(json["surviving_mutants"], nlohmann::json({"three"}));
  EXPECT_EQ(json["mutants_killed"], 2);
  ExpectFits("selftest", ended.output.substr(ended.output.find("{\n")), folder_->path());
}

TEST_F(SelftestCommandTest, WhatIsKnownIsExcusedAndAllIsWell) {
  WriteTable(kBoth, R"({"checks": "S.[CR]", "reason": "not yet"})");
  const Ended ended = Call();
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("known to be unproven"));
}

TEST_F(SelftestCommandTest, SomeCanBeChosen) {
  WriteTable(kBoth);
  EXPECT_EQ(Call({"-k", "^one$"}).exit_code, 0);
  EXPECT_EQ(Call({"-k", "^none$"}).exit_code, 4);
  EXPECT_EQ(Call({"-k", "("}).exit_code, 2);
  const Ended ended = Call({"-k", "^one$", "--against", "S.[AB]"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("one: S.B"));
}

TEST_F(SelftestCommandTest, FailingWithoutAMutantIsAFaultOfOurs) {
  WriteTable(kBoth);
  Write("broken", "S.A");
  const Ended ended = Call();
  EXPECT_EQ(ended.exit_code, 70) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("fail without any mutant"));
}

TEST_F(SelftestCommandTest, ACheckThatEndsTheProgramHasProvedNothingAndTheNextIsAsked) {
  WriteTable(R"({"name": "ends", "what": "a", "kills": ["S.B", "S.C"]})");
  const Ended ended = Call({"-k", "ends"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("ends: S.B (broke)"));
  EXPECT_THAT(ended.output, HasSubstr("ends: S.C (passed)"));
}

TEST_F(SelftestCommandTest, WhatTimedOutIsAskedAgain) {
  WriteTable(R"({"name": "slow", "what": "a", "kills": ["S.A", "S.B", "S.C"]})");
  const Ended ended = Call({"-k", "slow"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, Not(HasSubstr("slow: S.A"))) << "it timed out twice";
  EXPECT_THAT(ended.output, HasSubstr("slow: S.B (passed)"));
}

TEST_F(SelftestCommandTest, WhatFailsOnlyWhenItIsAskedAgainIsNamed) {
  WriteTable(R"({"name": "late", "what": "a", "kills": ["S.A"]})");
  const Ended ended = Call({"-k", "late"});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("seen at the second asking only (1):\n  late: S.A\n"));
}

TEST_F(SelftestCommandTest, AHostThatDoesNotStartProvesNothing) {
  WriteTable(R"({"name": "mute", "what": "a", "kills": ["S.A"]})");
  const Ended ended = Call({"-k", "mute"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("mute: S.A (broke)"));
}

TEST_F(SelftestCommandTest, APatternThatFitsNoCheckIsAnError) {
  WriteTable(R"({"name": "one", "what": "a", "kills": ["S.A", "S.Gone"]})");
  const Ended ended = Call({"-k", "one"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("one: S.Gone"));
}

TEST_F(SelftestCommandTest, WithoutAHostItSaysWhatToBuild) {
  const Ended ended = Call();
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, HasSubstr("cmake --build --preset mutants"));
}

}  // namespace
}  // namespace harness::command
