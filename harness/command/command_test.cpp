// The program wsgilab from outside, with the fake host in the place of the engine.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include "harness/command/testing/command_fixture.h"
#include "harness/command/testing/fits.h"
#include "hosts/base/child_process.h"
#include "hosts/base/files.h"
#include "reports/record/reader.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using hosts::base::ChildProcess;
using hosts::base::Deadline;
using testing::AllOf;
using testing::HasSubstr;

TEST_F(CommandTest, EveryVerbHasHelpWithAnExample) {
  for (const char* verb : {"run",
                           "list",
                           "hosts",
                           "explain",
                           "serve",
                           "report",
                           "schema",
                           "mock",
                           "trend",
                           "merge",
                           "load",
                           "selftest",
                           "compare",
                           "gate"}) {
    const Ended ended = Call({verb, "--help"});
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_THAT(ended.output,
                AllOf(HasSubstr("Example"), HasSubstr("wsgilab " + std::string(verb))));
  }
}

TEST_F(CommandTest, MisuseIsOneLineAndTwo) {
  const std::vector<std::vector<std::string>> calls = {
      {},
      {"walk"},
      {"run", "--mode", "daemon/sup/*"},
      {"run", "--app", "helo"},
      {"run", "--profile", "tiny"},
      {"run", "--app", "hello", "--suite", "some"},
      {"run", "/nowhere/app.wsgi"},
      {"serve", "/nowhere/site.conf"},
      {"report", "/nowhere"},
      {"schema", "nothing"},
  };
  for (const auto& words : calls) {
    const Ended ended = Call(words);
    EXPECT_EQ(ended.exit_code, 2) << testing::PrintToString(words);
    EXPECT_THAT(ended.output, testing::StartsWith("wsgilab: "));
    EXPECT_EQ(std::count(ended.output.begin(), ended.output.end(), '\n'), 1) << ended.output;
  }
}

TEST_F(CommandTest, NothingMatchedIsFour) {
  EXPECT_EQ(Call({"run", "-k", "no such cell"}).exit_code, 4);
  EXPECT_EQ(Call({"list", "-k", "no such cell"}).exit_code, 4);
}

// On a Python before 3.12 it is not, and both say why.
TEST_F(CommandTest, AnOwnGilIsOfferedWhereTheEnginesPythonHasIt) {
  const auto hosts = nlohmann::json::parse(Call({"hosts", "--json"}).output);
  const auto& engine = hosts["hosts"][0];
  const auto list = nlohmann::json::parse(
      Call({"list", "--json", "--mode", "*/sub-own-gil/*", "--app", "hello"}).output);
  if (engine["modes"].size() == 12U) {
    EXPECT_EQ(list["cells"].size(), 4U);
    return;
  }
  EXPECT_EQ(engine["modes"].size(), 8U);
  EXPECT_EQ(list["cells"].size(), 0U);
  ASSERT_EQ(list["not_offered"].size(), 4U);
  EXPECT_THAT(list["not_offered"][0]["reason"].get<std::string>(),
              HasSubstr("needs Python 3.12 or later; this engine has "));
  const fs::path script = folder_->path() / "mine.wsgi";
  ASSERT_TRUE(hosts::base::WriteFile(script, "application = None\n"));
  const Ended refused = Call({"serve", script.string(), "--mode", "daemon/sub-own-gil/lazy"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.output, HasSubstr("daemon/sub-own-gil/lazy is not offered: "));
}

TEST_F(CommandTest, HostsAndListSpeakJson) {
  const auto hosts = nlohmann::json::parse(Call({"hosts", "--json"}).output);
  EXPECT_EQ(hosts["hosts"][0]["name"], "engine");
  EXPECT_EQ(hosts["hosts"][0]["modes"].size(), 8U);
  EXPECT_EQ(hosts["hosts"].size(), 8U);
  for (const auto& host : hosts["hosts"]) {
    EXPECT_EQ(host["installed"], host["name"] == "engine") << host;
    if (host["name"] != "engine") {
      EXPECT_THAT(host["reason"].get<std::string>(), HasSubstr("scripts/setup --peers"));
    }
  }
  const auto list = nlohmann::json::parse(
      Call({"list", "--json", "--mode", "daemon/sub*", "--app", "hello"}).output);
  EXPECT_EQ(list["cells"],
            nlohmann::json({"engine/daemon/sub/lazy/hello", "engine/daemon/sub/preload/hello"}));
  EXPECT_EQ(list["not_offered"].size(), 2U);
}

class SeveralEngines : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    environment_ = {{"WSGILAB_ENGINES", std::string("3.11=") + FAKE_HOST + ":3.14=" + FAKE_HOST}};
  }

  // An environment for that Python, as venv makes it.
  std::string MakeVenv(const std::string& name, const std::string& python) {
    const fs::path venv = folder_->path() / name;
    fs::create_directories(venv);
    EXPECT_TRUE(hosts::base::WriteFile(venv / "pyvenv.cfg", "version = " + python + "\n"));
    return venv.string();
  }

  [[nodiscard]] reports::record::Record Run(std::vector<std::string> words) {
    words.insert(words.begin(), {"run", "--mode", "daemon/main/lazy", "-o", Out().string()});
    const Ended ended = Call(words);
    auto record = reports::record::ReadRecord(Out() / "record.jsonl");
    EXPECT_TRUE(record) << ended.output;
    return record ? std::move(*record) : reports::record::Record{};
  }
};

TEST_F(SeveralEngines, AreListedWithThePythonThatTheyHave) {
  const Ended ended = Call({"hosts", "--json"});
  ExpectFits("hosts", ended.output, folder_->path());
  const auto hosts = nlohmann::json::parse(ended.output)["hosts"];
  EXPECT_EQ(hosts[1]["name"], "engine-3.11");
  EXPECT_EQ(hosts[1]["python"], "3.11.2");
  EXPECT_EQ(hosts[1]["gils"], nlohmann::json({"shared"}));
  EXPECT_EQ(hosts[2]["name"], "engine-3.14");
  EXPECT_EQ(hosts[2]["installed"], false);
  EXPECT_THAT(hosts[2]["reason"].get<std::string>(), HasSubstr("has Python 3.11, not 3.14"));
  EXPECT_THAT(Call({"hosts"}).output, HasSubstr("GIL: shared"));
}

TEST_F(SeveralEngines, HaveCellsWhereTheyAreAskedFor) {
  EXPECT_EQ(Run({"--app", "hello"}).cells.size(), 1U);
  fs::remove_all(Out());
  const auto both = Run({"--app", "hello", "--host", "engine", "--host", "engine-3.11"});
  ASSERT_EQ(both.cells.size(), 2U);
  for (const auto& cell : both.cells)
    EXPECT_EQ(cell.outcome, reports::record::CellOutcome::Ok) << cell.cell;
  EXPECT_NE(reports::record::FindCell(both, "engine-3.11/daemon/main/lazy/hello"), nullptr);
}

TEST_F(SeveralEngines, HaveNoPackagesOfAnotherPython) {
  const std::string venv = MakeVenv("venv", "3.10.9");
  const auto without = Run({"--app", "flask_notes", "--host", "engine-3.11", "--venv", venv});
  ASSERT_EQ(without.cells.size(), 1U);
  EXPECT_EQ(without.cells[0].cell, "engine-3.11/daemon/main/lazy/flask_notes");
  EXPECT_EQ(without.cells[0].outcome, reports::record::CellOutcome::NotOffered);
  EXPECT_THAT(without.cells[0].reason.value_or(""),
              HasSubstr("has packages for Python 3.10, not 3.11"));
}

TEST_F(CommandTest, ARunEndsWithRecordReportAndSummary) {
  const std::vector<std::string> words = {
      "run", "--mode", "daemon/sub/lazy", "--app", "hello", "-o", Out().string()};
  const Ended ended = Call(words);
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr((Out() / "report.html").string()));
  EXPECT_TRUE(fs::exists(Out() / "report.html"));
  const auto record = reports::record::ReadRecord(Out() / "record.jsonl");
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_TRUE(record->complete);
  EXPECT_EQ(record->cells.size(), 1U);
  EXPECT_THAT(record->header.command, HasSubstr("wsgilab run --mode daemon/sub/lazy"));
  ExpectFits("record", *hosts::base::ReadFile(Out() / "record.jsonl"), folder_->path());

  const Ended again = Call(words);
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.output, HasSubstr("holds a run already: go on with it with --resume"));

  const fs::path page = folder_->path() / "page.html";
  const Ended reported = Call({"report", Out().string(), "-o", "html=" + page.string()});
  EXPECT_EQ(reported.exit_code, 0);
  EXPECT_EQ(reported.output, "wrote " + page.string() + "\n");
  EXPECT_EQ(*hosts::base::ReadFile(page), *hosts::base::ReadFile(Out() / "report.html"));
  const fs::path results = Out() / "benchmark.json";
  EXPECT_EQ(Call({"report", Out().string(), "-o", "benchmark=" + results.string()}).exit_code, 0);
  EXPECT_THAT(*hosts::base::ReadFile(results), HasSubstr("latency_p50"));
}

TEST_F(CommandTest, TheEngineAloneIsRunUnlessOthersAreAskedFor) {
  const std::vector<std::string> words = {
      "list", "--json", "--mode", "embedded/main/*", "--app", "hello"};
  EXPECT_EQ(nlohmann::json::parse(Call(words).output)["cells"].size(), 2U);
  std::vector<std::string> all = words;
  all.insert(all.end(), {"--host", "*"});
  const auto list = nlohmann::json::parse(Call(all).output);
  // engine, apache, apache-pypi and uwsgi have both, the four others one
  EXPECT_EQ(list["cells"].size(), 12U);
  EXPECT_EQ(list["not_offered"].size(), 4U);
}

TEST_F(CommandTest, OfTheOptionsThatChooseOnlyTheHostGoesWithInterference) {
  const std::vector<std::vector<std::string>> others = {{"--shard", "1/2"},
                                                        {"--checks-only"},
                                                        {"--app", "hello"},
                                                        {"--mode", "daemon/*"},
                                                        {"-k", "sub"},
                                                        {"--threads", "2"},
                                                        {"my.wsgi"}};
  for (const std::vector<std::string>& other : others) {
    std::vector<std::string> words{"run", "--interference", "-o", Out().string()};
    words.insert(words.end(), other.begin(), other.end());
    const Ended ended = Call(words);
    EXPECT_EQ(ended.exit_code, 2) << other.front() << ": " << ended.output;
    EXPECT_THAT(ended.output, HasSubstr("wsgilab: --interference")) << other.front();
    EXPECT_FALSE(fs::exists(Out()));
  }
}

TEST_F(CommandTest, AHostThatIsNotInstalledIsNotMeasuredAndNeverAPass) {
  std::vector<std::string> words = {
      "run", "--host", "granian", "--app", "hello", "-o", Out().string()};
  const Ended alone = Call(words);
  EXPECT_EQ(alone.exit_code, 4) << alone.output;
  EXPECT_THAT(alone.output, HasSubstr("scripts/setup --peers"));
  fs::remove_all(Out());
  // A host that offers all it was asked for leaves nothing to report at all.
  const Ended empty = Call({"run", "--host", "apache", "--app", "hello", "-o", Out().string()});
  EXPECT_EQ(empty.exit_code, 4) << empty.output;
  EXPECT_THAT(empty.output, HasSubstr("wsgilab: apache is not measured: "));
  EXPECT_THAT(empty.output, testing::Not(HasSubstr("the record is empty")));
  fs::remove_all(Out());

  words.insert(words.end(), {"--host", "engine", "--mode", "embedded/main/preload"});
  const Ended beside = Call(words);
  EXPECT_EQ(beside.exit_code, 0) << beside.output;
  const auto record = reports::record::ReadRecord(Out() / "record.jsonl");
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_EQ(record->cells.size(), 1U);
  const auto& left_out = record->not_measured;
  ASSERT_TRUE(std::ranges::any_of(left_out, [](const reports::record::NotMeasured& one) {
    return one.what == "1 cell of granian";
  }));
  EXPECT_THAT(record->footer->verdict, HasSubstr("not measured: 1 more"));
}

TEST_F(CommandTest, AScriptOfOnesOwnIsRunInItsPlace) {
  const fs::path script = folder_->path() / "mine.wsgi";
  ASSERT_TRUE(hosts::base::WriteFile(script, "application = None\n"));
  const Ended ended =
      Call({"run", "--mode", "embedded/main/lazy", "-o", Out().string(), script.string()});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("engine/embedded/main/lazy/mine"));
}

TEST_F(CommandTest, MicroBenchmarksJoinTheRecord) {
  const std::string results =
      WSGILAB_SOURCE_FOLDER "/reports/google_benchmark/testdata/benchmark_rooms.json";
  const Ended ended = Call({"run",
                            "--mode",
                            "embedded/main/lazy",
                            "--app",
                            "hello",
                            "--micro",
                            results,
                            "-o",
                            Out().string()});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  const auto record = reports::record::ReadRecord(Out() / "record.jsonl");
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->micros.empty());
  EXPECT_EQ(Call({"run", "--app", "hello", "--micro", "/nowhere.json"}).exit_code, 2);
}

TEST_F(CommandTest, InterruptedItStopsTheHostAndEndsTheRecord) {
  ChildProcess child = Start({"run", "--profile", "full", "--app", "hello", "-o", Out().string()});
  // As soon as the record says that the first cell is being served, it is interrupted.
  const Deadline deadline = Deadline::After(std::chrono::seconds(30));
  std::string seen;
  while (seen.find("\"startup\"") == std::string::npos && !deadline.has_passed()) {
    ASSERT_FALSE(child.Wait(Deadline::After(std::chrono::milliseconds(10))));
    if (const auto text = hosts::base::ReadFile(Out() / "record.jsonl")) seen = *text;
  }
  child.Signal(SIGINT);
  const Ended ended = Await(std::move(child));
  EXPECT_EQ(ended.exit_code, 130) << ended.output;
  const auto record = reports::record::ReadRecord(Out() / "record.jsonl");
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_TRUE(record->complete);
  EXPECT_EQ(record->footer->exit_code, 130);
  // Nothing of it is left but what it was asked to write.
  for (const auto& entry : fs::directory_iterator(folder_->path())) {
    EXPECT_EQ(entry.path(), Out());
  }
}

}  // namespace
}  // namespace harness::command
