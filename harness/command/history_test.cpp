// wsgilab mock from outside, and what is made of its records: reports, gates, merges, trends, side by side.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>

#include "harness/command/testing/command_fixture.h"
#include "harness/command/testing/fits.h"
#include "hosts/base/files.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class HistoryTest : public CommandTest {
 protected:
  std::string Mock(const std::string& name, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"mock", "-o", (folder_->path() / name).string()};
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = Call(std::move(words));
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    return (folder_->path() / name).string();
  }
  // A history of 16 runs, in which flask_notes is slower in daemons from the 9th on.
  std::vector<std::string> History() {
    const std::string folder = Mock("history",
                                    {"--app",
                                     "flask_notes",
                                     "--mode",
                                     "*/main/lazy",
                                     "--runs",
                                     "16",
                                     "--step",
                                     "9",
                                     "--slower",
                                     "daemon/*=20%"});
    std::vector<std::string> words{"trend"};
    for (const auto& entry : fs::directory_iterator(folder))
      words.push_back(entry.path().string());
    EXPECT_EQ(words.size(), 17U);
    return words;
  }
  Ended Trend(std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return Call(std::move(words));
  }
};

TEST_F(HistoryTest, AMockIsARecordThatEveryReportCallsSynthetic) {
  const std::string run = Mock("run", {"--seed", "5"});
  ExpectFits("record", *hosts::base::ReadFile(fs::path(run) / "record.jsonl"), folder_->path());
  const Ended text = Call({"report", run});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.output,
              AllOf(HasSubstr("Synthetic, not measured: 4 applications in 8 hosting modes"),
                    HasSubstr("with the seed 5")));
  const fs::path page = folder_->path() / "page.html";
  EXPECT_EQ(Call({"report", run, "-o", "html=" + page.string()}).exit_code, 0);
  EXPECT_THAT(*hosts::base::ReadFile(page),
              AllOf(HasSubstr("Synthetic, not measured"), HasSubstr("Nothing of it was measured")));
  const Ended gate = Call({"gate", run});
  EXPECT_EQ(gate.exit_code, 0) << gate.output;
  EXPECT_THAT(gate.output, HasSubstr("Nothing of it was measured"));
  EXPECT_THAT(Call({"run", "--resume", "-o", run}).output, HasSubstr("holds a synthetic record"));
  EXPECT_THAT(Call({"mock", "-o", run}).output,
              HasSubstr("holds a run already: name another folder with -o"))
      << "it knows no --resume";
}

TEST_F(HistoryTest, WhatIsOrderedIsFoundByAGate) {
  const std::string run = Mock("failing", {"--fail", "2"});
  const Ended gate = Call({"gate", run, "--json"});
  EXPECT_EQ(gate.exit_code, 1) << gate.output;
  ExpectFits("gate", gate.output, folder_->path());
  for (const std::vector<std::string>& slip : {std::vector<std::string>{"--slower", "fast"},
                                               {"--noise", "much"},
                                               {"--app", "hallo"},
                                               {"--step", "2"}}) {
    std::vector<std::string> words{"mock", "-o", Out().string()};
    words.insert(words.end(), slip.begin(), slip.end());
    EXPECT_EQ(Call(words).exit_code, 2) << slip.front();
    EXPECT_FALSE(fs::exists(Out())) << slip.front();
  }
}

TEST_F(HistoryTest, ShardsOfAMockAreMerged) {
  const std::string one = Mock("one", {"--shard", "1/2"});
  const std::string two = Mock("two", {"--shard", "2/2"});
  const Ended merged = Call({"merge", one, two, "-o", (folder_->path() / "merged/").string()});
  EXPECT_EQ(merged.exit_code, 0) << merged.output;
  EXPECT_THAT(
      Call({"report", (folder_->path() / "merged").string()}).output,
      HasSubstr("Synthetic, not measured: 4 applications in 8 hosting modes: all 32 cells"));
}

TEST_F(HistoryTest, ATrendNamesTheRunSinceWhichSomethingIsSlower) {
  const std::vector<std::string> words = History();
  const Ended text = Trend(words, {});
  EXPECT_EQ(text.exit_code, 0) << text.output;
  EXPECT_THAT(text.output,
              AllOf(HasSubstr("engine/daemon/main/lazy/flask_notes"),
                    HasSubstr("worse since run 9 (2026-02-08"),
                    HasSubstr("16 of 16 runs are synthetic")));
  const Ended failed = Trend(words, {"--fail-on-change", "--json", "--metric", "latency_p50_us"});
  EXPECT_EQ(failed.exit_code, 1) << failed.output;
  ExpectFits("trend", failed.output, folder_->path());
  EXPECT_EQ(nlohmann::json::parse(failed.output)["series"].size(), 2U);
  EXPECT_EQ(Trend(words, {"--fail-on-change", "--margin", "60%"}).exit_code, 0);
  EXPECT_EQ(Trend(words, {"--fail-on-change", "--mode", "embedded/*", "--margin", "10%"}).exit_code,
            0);
  EXPECT_EQ(Trend(words, {"-k", "gunicorn"}).exit_code, 4);
  EXPECT_EQ(Trend(words, {"--metric", "speed"}).exit_code, 2);
  EXPECT_EQ(Trend({words.begin(), words.begin() + 4}, {"--fail-on-change"}).exit_code, 3);
  const fs::path page = folder_->path() / "trend.html";
  const fs::path table = folder_->path() / "trend.csv";
  EXPECT_EQ(Trend(words, {"-o", "html=" + page.string(), "-o", "csv=" + table.string()}).exit_code,
            0);
  EXPECT_THAT(*hosts::base::ReadFile(page),
              AllOf(HasSubstr("<svg"), HasSubstr("since run 9"), Not(HasSubstr("<script"))));
  EXPECT_THAT(*hosts::base::ReadFile(table),
              HasSubstr("engine/daemon/main/lazy/flask_notes,latency_p50_us,0,"));
}

TEST_F(HistoryTest, TwoRunsStandSideBySideAndAreNotJudged) {
  const std::string one = Mock("one");
  const std::string two = Mock("two", {"--seed", "2", "--slower", "50%"});
  const Ended text = Call({"report", "--compare", one, two});
  EXPECT_EQ(text.exit_code, 0) << text.output;
  EXPECT_THAT(text.output,
              AllOf(HasSubstr("latency p50"), HasSubstr("Nothing of it was measured")));
  const Ended compared = Call({"compare", one, two});
  EXPECT_EQ(compared.exit_code, 3);
  EXPECT_EQ(compared.output, text.output) << "another door to the same";
  const fs::path page = folder_->path() / "both.html";
  const Ended json = Call({"report", "--compare", one, two, "-o", "json=-"});
  EXPECT_EQ(json.exit_code, 0) << json.output;
  ExpectFits("side-by-side", json.output, folder_->path());
  EXPECT_EQ(Call({"report", "--compare", one, two, "-o", "html=" + page.string()}).output,
            "wrote " + page.string() + "\n");
  EXPECT_THAT(*hosts::base::ReadFile(page), AllOf(HasSubstr("side by side"), HasSubstr("+5")));
  EXPECT_EQ(Call({"report"}).exit_code, 2);
  EXPECT_EQ(Call({"report", one, "--compare", one, two}).exit_code, 2);
  EXPECT_EQ(Call({"report", "--compare", one, "/nowhere"}).exit_code, 2);
  const std::string other = Mock("other", {"--host", "apache"});
  EXPECT_EQ(Call({"report", "--compare", one, other}).exit_code, 4);
}

}  // namespace
}  // namespace harness::command
