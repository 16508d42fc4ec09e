// Whole runs against the fake host: for each of its faults, the outcome that the record must name.

#include "harness/run/run.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <memory>

#include "harness/adapters/engine_adapter.h"
#include "harness/launch/descendants.h"
#include "hosts/base/files.h"
#include "reports/record/reader.h"
#include "reports/statistics/theil_sen.h"

namespace harness::run {
namespace {

namespace fs = std::filesystem;
namespace record = reports::record;
using record::CellOutcome;
using std::chrono::milliseconds;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A host whose faults are waited for no longer than a test wants to; what it does well may take its time on a busy machine.
class HastyAdapter final : public adapters::HostAdapter {
 public:
  explicit HastyAdapter(const std::string& faults, std::string name = "engine")
      : engine_(FAKE_HOST, {{"PATH", "/usr/bin:/bin"}, {"WSGILAB_FAKE", faults}}),
        faults_(faults),
        name_(std::move(name)) {}
  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] hosts::base::Result<adapters::HostVersion> Probe() const override {
    return engine_.Probe();
  }
  [[nodiscard]] std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const override {
    return engine_.WhyNotOffered(mode);
  }
  [[nodiscard]] hosts::base::Result<launch::LaunchPlan> Plan(
      const adapters::ServedDeployment& deployment, const fs::path& directory) const override {
    auto plan = engine_.Plan(deployment, directory);
    if (!plan) return plan;
    plan->ready_within = milliseconds(faults_ == "never-ready" ? 500 : 20'000);
    plan->stop_grace = milliseconds(faults_ == "ignore-stop" ? 200 : 20'000);
    return plan;
  }

 private:
  adapters::EngineAdapter engine_;
  std::string faults_;
  std::string name_;
};

// A host of this name with these faults.
struct FaultyHost {
  std::string name;
  std::string faults;
};

class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-run");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
  }

  record::Record RunWith(const std::string& faults,
                         const std::vector<std::string>& modes = {"daemon/sub/preload"}) {
    return RunWith(std::vector<FaultyHost>{{"engine", faults}}, modes);
  }

  record::Record RunWith(const std::vector<FaultyHost>& hosts,
                         const std::vector<std::string>& modes) {
    std::vector<std::unique_ptr<HastyAdapter>> adapters;
    RunOrder order;
    order.name = "test";
    order.command = "wsgilab run";
    order.record = folder_->path() / "record.jsonl";
    order.profile = {"test",
                     milliseconds(10),
                     milliseconds(50),
                     milliseconds(50),
                     2,
                     2,
                     0.5,
                     milliseconds(1500),
                     memory_slices_,
                     milliseconds(10)};
    order.surroundings = {"S = @SCRIPT@; C = @CALLABLE@; D = @DATABASES@", "/venv"};
    const auto hello = matrix::ReadApp(fs::path(WSGILAB_SOURCE_FOLDER) / "apps" / "hello");
    EXPECT_TRUE(hello) << hello.error().Text();
    for (const FaultyHost& host : hosts) {
      adapters.push_back(std::make_unique<HastyAdapter>(host.faults, host.name));
      order.hosts.push_back({adapters.back().get(), *adapters.back()->Probe()});
      for (const std::string& mode : modes) {
        order.expansion.cells.push_back({host.name, *hosts::deployment::ParseMode(mode), *hello});
      }
    }
    order.expansion.not_offered = not_offered_;
    order.why_no_checks = "not here";
    const RunObserver observer{
        .cell_begins = [](std::string_view, size_t, size_t) {},
        .phase_begins = [](std::string_view) {},
        .cell_ends = [this](const record::Cell&) { ++cells_seen_; },
        .checks_begin = [](int) {},
        .check_ends = [](const record::Check&) {},
        .is_interrupted = [this] { return cells_seen_ >= interrupt_after_; },
    };
    exit_code_ = run::Run(order, observer);
    EXPECT_TRUE(exit_code_) << exit_code_.error().Text();
    auto read = record::ReadRecord(order.record);
    EXPECT_TRUE(read) << read.error().Text();
    EXPECT_TRUE(read->complete);
    return *read;
  }

  // The only cell's line, in a run with one fault.
  record::Cell CellWith(const std::string& faults) { return RunWith(faults).cells.at(0); }

  std::optional<hosts::base::TemporaryDirectory> folder_;
  std::vector<matrix::NotOffered> not_offered_;
  int memory_slices_ = 3;
  int cells_seen_ = 0;
  int interrupt_after_ = 1000;
  hosts::base::Result<ExitCode> exit_code_ = ExitCode::HarnessFault;
};

TEST_F(RunTest, AGoodCellHasEveryLine) {
  const record::Record run = RunWith("");
  ASSERT_THAT(run.cells, SizeIs(1));
  EXPECT_EQ(run.cells[0].outcome, CellOutcome::Ok) << run.cells[0].reason.value_or("");
  const std::string id = "engine/daemon/sub/preload/hello";
  EXPECT_EQ(run.cells[0].cell, id);
  EXPECT_THAT(*run.cells[0].reproduce, HasSubstr("--mode daemon/sub/preload"));
  ASSERT_THAT(run.placements, SizeIs(1));
  EXPECT_TRUE(run.placements[0].agrees);
  ASSERT_NE(record::FindStartup(run, id), nullptr);
  EXPECT_GT(*record::FindStartup(run, id)->first_request_ms, 0);
  ASSERT_NE(record::FindTour(run, id), nullptr);
  EXPECT_TRUE(record::FindTour(run, id)->passed);
  const record::Load* open = record::FindLoad(run, id, record::Loop::Open);
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(open->sent, open->done + open->failed + open->unfinished);
  EXPECT_EQ(open->wrong_answers, 0);
  for (const auto when :
       {record::When::Ready, record::When::AfterFirstRequest, record::When::AfterLoad}) {
    EXPECT_NE(record::FindResources(run, id, when), nullptr);
  }
  ASSERT_TRUE(run.footer);
  EXPECT_THAT(run.footer->left_behind, IsEmpty());
  EXPECT_EQ(*exit_code_, ExitCode::Pass);
}

TEST_F(RunTest, AWorkerThatWasNeverReachedMakesTheLoadUnverified) {
  const record::Record run = RunWith("deaf-worker");
  const std::string id = "engine/daemon/sub/preload/hello";
  EXPECT_EQ(run.cells[0].outcome, CellOutcome::Ok) << run.cells[0].reason.value_or("");
  ASSERT_THAT(run.loads, SizeIs(2));
  for (const record::Load& load : run.loads) {
    EXPECT_EQ(load.generator.state, record::GeneratorState::Unverified);
    EXPECT_THAT(load.generator.reason.value_or(""), HasSubstr("1 of 2 processes"));
  }
  const auto& workers = record::FindStartup(run, id)->workers;
  ASSERT_THAT(workers, SizeIs(2));
  EXPECT_GT(workers[0].requests, 80) << "ten bursts of eight";
  EXPECT_TRUE(workers[0].first_request_ms);
  EXPECT_EQ(workers[1].requests, 0);
}

TEST_F(RunTest, AGoodCellSaysWhatItsRequestsCostAndHowItsMemoryGrew) {
  const record::Record run = RunWith("");
  const std::string id = "engine/daemon/sub/preload/hello";
  const record::Startup* startup = record::FindStartup(run, id);
  ASSERT_NE(startup, nullptr);
  ASSERT_THAT(startup->workers, SizeIs(1));
  EXPECT_EQ(startup->workers[0].pid, *run.placements[0].found.pid);
  EXPECT_DOUBLE_EQ(*startup->workers[0].first_request_ms, *startup->first_request_ms);
  ASSERT_TRUE(startup->modules);
  EXPECT_EQ(startup->modules->before_script, 38);
  const record::Resources* after = record::FindResources(run, id, record::When::AfterLoad);
  ASSERT_NE(after, nullptr);
  ASSERT_TRUE(after->per_request);
  EXPECT_GT(*after->per_request->file_reads, 0.5) << "it reads each request";
  EXPECT_LT(*after->per_request->file_reads, 5);
  EXPECT_TRUE(after->per_request->voluntary_switches);
  EXPECT_TRUE(after->private_clean_kib);
  EXPECT_TRUE(after->shared_kib);
  std::vector<std::int64_t> requests;
  for (const record::Resources& resources : run.resources) {
    if (resources.when == record::When::AtRequests) requests.push_back(*resources.requests);
  }
  // After the tour, in the warm-up, behind the load. Parts of the warm-up in which a busy machine answered nothing are one.
  ASSERT_THAT(requests, SizeIs(testing::AllOf(testing::Gt(1 + 3), testing::Le(1 + 5 + 3))));
  EXPECT_GT(requests.front(), 2);
  EXPECT_TRUE(std::ranges::is_sorted(requests));
  EXPECT_GT(requests[requests.size() - 3], *after->requests);
  EXPECT_LT(requests[requests.size() - 4], *after->requests);
  for (const record::Load& load : run.loads)
    EXPECT_GT(*load.generator.hiccup_max_us, 0);
}

// The instrument is held against a host that keeps 4 KiB of each request.
TEST_F(RunTest, AHostThatLeaksWithEveryRequestIsSeenToAndByHowMuch) {
#ifdef WSGILAB_SANITIZE
  GTEST_SKIP() << "a sanitizer keeps memory of its own";
#endif
  memory_slices_ = 12;
  const record::Record run = RunWith("leak=4");
  const std::string id = "engine/daemon/sub/preload/hello";
  const record::Resources* after = record::FindResources(run, id, record::When::AfterLoad);
  ASSERT_NE(after, nullptr);
  std::vector<reports::statistics::Point> points;
  for (const record::Resources& resources : run.resources) {
    if (*resources.requests < *after->requests) continue;
    points.push_back(
        {static_cast<double>(*resources.requests), static_cast<double>(*resources.pss_kib)});
  }
  const auto slope = reports::statistics::TheilSen(points);
  ASSERT_TRUE(slope) << points.size();
  EXPECT_NEAR(slope->estimate, 4, 0.4) << "KiB for each request";
  EXPECT_GT(slope->low, 3);
}

TEST_F(RunTest, TheRecordHoldsTheDeviationsOfTheHost) {
  const record::Record run = RunWith("", {});
  ASSERT_THAT(run.header.hosts, SizeIs(1));
  ASSERT_THAT(run.header.hosts[0].deviations, SizeIs(1));
  EXPECT_EQ(run.header.hosts[0].deviations[0].rule, "FAKE-1");
  EXPECT_EQ(run.header.hosts[0].deviations[0].why, "to be caught");
}

TEST_F(RunTest, EveryModeIsProvedToBeWhereItShouldBe) {
  std::vector<std::string> modes;
  for (const auto& mode : hosts::deployment::AllModes()) {
    if (mode.interpreter != hosts::deployment::InterpreterKind::SubOwnGil) {
      modes.push_back(Name(mode));  // the fake host has not the others
    }
  }
  const record::Record run = RunWith("", modes);
  ASSERT_THAT(run.placements, SizeIs(8));
  for (const record::Placement& placement : run.placements) {
    EXPECT_TRUE(placement.agrees) << placement.cell << ": " << placement.differences.at(0);
  }
}

TEST_F(RunTest, AWrongPlaceIsMisconfiguredAndHasNoNumbers) {
  const record::Record run = RunWith("wrong-place");
  EXPECT_EQ(run.cells[0].outcome, CellOutcome::Misconfigured);
  EXPECT_THAT(*run.cells[0].reason, HasSubstr("main interpreter"));
  EXPECT_FALSE(run.placements[0].agrees);
  EXPECT_THAT(run.loads, IsEmpty());
  EXPECT_THAT(run.startups, IsEmpty());
  EXPECT_EQ(*exit_code_, ExitCode::Failure);
}

TEST_F(RunTest, AWrongBodyFailsTheCell) {
  const record::Cell cell = CellWith("wrong-body");
  EXPECT_EQ(cell.outcome, CellOutcome::Failed);
  EXPECT_THAT(*cell.reason, HasSubstr("Hello from someone!"));
}

TEST_F(RunTest, OneThatNeverBecomesReadyTimesOut) {
  EXPECT_EQ(CellWith("never-ready").outcome, CellOutcome::TimedOut);
}

TEST_F(RunTest, OneThatEndsAtTheStartHasCrashedAndItsLogIsKept) {
  const record::Cell cell = CellWith("exit-at-start=3");
  EXPECT_EQ(cell.outcome, CellOutcome::Crashed);
  ASSERT_FALSE(cell.log_tail.empty());
  EXPECT_THAT(cell.log_tail.back(), HasSubstr("told to end"));
}

TEST_F(RunTest, OneThatDiesUnderLoadHasCrashed) {
  const record::Cell cell = CellWith("die-after=50");
  EXPECT_EQ(cell.outcome, CellOutcome::Crashed);
  EXPECT_THAT(*cell.reason, HasSubstr("signal 9"));
}

TEST_F(RunTest, DroppedConnectionsFailTheCell) {
  const record::Cell cell = CellWith("drop-every=10");
  EXPECT_EQ(cell.outcome, CellOutcome::Failed);
  EXPECT_THAT(*cell.reason, HasSubstr("broke off"));
}

TEST_F(RunTest, AnAnswerToAnotherRequestFailsTheCell) {
  const record::Record run = RunWith("swap-token-every=20");
  EXPECT_EQ(run.cells[0].outcome, CellOutcome::Failed);
  EXPECT_THAT(*run.cells[0].reason, HasSubstr("got what belongs to another request"));
  ASSERT_THAT(run.loads, testing::Not(testing::IsEmpty()));
  EXPECT_GT(run.loads[0].crosstalk.value_or(0), 0);
  EXPECT_EQ(run.loads[0].lost_tokens, 0);
}

TEST_F(RunTest, WhatIsLeftBehindFailsTheCellAndIsInTheFooter) {
  const record::Record run = RunWith("leave-child");
  EXPECT_EQ(run.cells[0].outcome, CellOutcome::Failed);
  EXPECT_THAT(*run.cells[0].reason, HasSubstr("sleep 60"));
  EXPECT_THAT(run.footer->left_behind, SizeIs(1));
}

TEST_F(RunTest, ACellThatIgnoresItsStopSignalIsReportedAndGone) {
  EXPECT_THAT(*CellWith("ignore-stop").reason, HasSubstr("ignored its stop signal"));
}

TEST_F(RunTest, OneBadCellDoesNotEndTheRun) {
  const record::Record run = RunWith("wrong-body", {"embedded/main/lazy", "daemon/main/lazy"});
  EXPECT_THAT(run.cells, SizeIs(2));
}

TEST_F(RunTest, EachFaultCostsTheCellsOfItsHostOnly) {
  const std::vector<std::pair<FaultyHost, CellOutcome>> hosts = {
      {{"good", ""}, CellOutcome::Ok},
      {{"crashes-at-start", "exit-at-start=3"}, CellOutcome::Crashed},
      {{"crashes-later", "die-after=50"}, CellOutcome::Crashed},
      {{"hangs", "hang"}, CellOutcome::TimedOut},
      {{"never-ready", "never-ready"}, CellOutcome::TimedOut},
      {{"ignores-stop", "ignore-stop"}, CellOutcome::Failed},
      {{"rubbish-when-ready", "garbage-ready"}, CellOutcome::Failed},
      {{"rubbish-as-answers", "rubbish"}, CellOutcome::Failed},
      {{"leaves-a-child", "leave-child"}, CellOutcome::Failed},
      {{"still-good", ""}, CellOutcome::Ok},
  };
  std::vector<FaultyHost> faulty;
  for (const auto& [host, outcome] : hosts)
    faulty.push_back(host);
  const record::Record run = RunWith(faulty, {"embedded/main/lazy", "daemon/main/preload"});
  ASSERT_THAT(run.cells, SizeIs(2 * hosts.size()));
  for (size_t index = 0; index < run.cells.size(); ++index) {
    const auto& [host, outcome] = hosts[index / 2];
    EXPECT_EQ(run.cells[index].host, host.name);
    EXPECT_EQ(run.cells[index].outcome, outcome)
        << host.name << ": " << run.cells[index].reason.value_or("no reason");
    EXPECT_EQ(run.cells[index].reason.has_value(), outcome != CellOutcome::Ok) << host.name;
  }
  ASSERT_TRUE(run.footer);
  EXPECT_EQ(*exit_code_, ExitCode::Failure);
  EXPECT_THAT(run.footer->left_behind, SizeIs(4))
      << "of two cells a child, which is ended; of two that the host did not stop";
  std::vector<launch::ProcessId> left = launch::FamilyOf(::getpid());
  std::erase_if(left, [](const launch::ProcessId& one) { return one.pid == ::getpid(); });
  EXPECT_THAT(launch::WaitUntilGone(left, hosts::base::Deadline::After(std::chrono::seconds(5))),
              IsEmpty())
      << "nothing is left running";
}

// The fake host says that both applications are in one interpreter, and answers neither as it should.
TEST_F(RunTest, ANeighbourIsMeasuredWhereTheArrangementIsWhatItsNameSaysAndNowhereElse) {
  HastyAdapter adapter("");
  RunOrder order;
  order.name = "test";
  order.record = folder_->path() / "record.jsonl";
  order.hosts.push_back({&adapter, *adapter.Probe()});
  InterferenceOrder wanted;
  wanted.adapter = &adapter;
  wanted.busy_script = wanted.quiet_script = "/nowhere.wsgi";
  wanted.surroundings = {"S = @SCRIPT@; C = @CALLABLE@; D = @DATABASES@", ""};
  wanted.window = milliseconds(60);
  order.interferences.push_back(wanted);
  bool has_seen_two = false;
  bool is_cut_off = true;
  RunObserver observer{
      .cell_begins = [](std::string_view, size_t, size_t) {},
      .phase_begins =
          [&](std::string_view phase) { has_seen_two |= phase.ends_with("beside sleep"); },
      .cell_ends = [](const record::Cell&) {},
      .checks_begin = [](int) {},
      .check_ends = [](const record::Check&) {},
      .is_interrupted = [&] { return is_cut_off && has_seen_two; },
  };
  const auto cut_off = run::Run(order, observer);
  ASSERT_TRUE(cut_off) << cut_off.error().Text();
  EXPECT_EQ(*cut_off, ExitCode::Interrupted);
  EXPECT_THAT(record::ReadRecord(order.record)->interferences, SizeIs(2)) << "cpu and gil";

  is_cut_off = false;
  order.beginning = Beginning::Resumed;
  std::size_t known = 0;
  observer.goes_on = [&](const Done& done) { known = done.interferences; };
  const auto exit_code = run::Run(order, observer);
  ASSERT_TRUE(exit_code) << exit_code.error().Text();
  EXPECT_EQ(*exit_code, ExitCode::Pass);
  const auto text = hosts::base::ReadFile(order.record);
  ASSERT_TRUE(text);
  std::size_t lines = 0;
  constexpr std::string_view kLine = "{\"type\":\"interference\"";
  for (std::size_t at = text->find(kLine); at != std::string::npos; at = text->find(kLine, at + 1))
    ++lines;
  EXPECT_EQ(known, 2U);
  EXPECT_EQ(lines, 2U * 4) << "nothing was measured twice";
  const auto read = record::ReadRecord(order.record);
  ASSERT_TRUE(read) << read.error().Text();
  ASSERT_THAT(read->interferences, SizeIs(2 * 4)) << "embedded/main and daemon/main";
  for (const record::Interference& line : read->interferences) {
    EXPECT_THAT(line.arrangement, testing::EndsWith("/main"));
    EXPECT_TRUE(line.same_interpreter);
    EXPECT_EQ(line.beside.planned, 30);
    EXPECT_EQ(line.beside.bad, line.beside.done) << "every answer is wrong";
    EXPECT_GT(line.neighbour_requests, 0);
  }
  EXPECT_THAT(
      read->not_measured,
      Contains(Field(&record::NotMeasured::reason,
                     HasSubstr("A and B ran in one process and one interpreter, asked for were "
                               "two processes and two interpreters"))));
}

TEST_F(RunTest, WhatIsNotOfferedIsInTheRecordWithItsReason) {
  not_offered_ = {{"engine/daemon/sub-own-gil/lazy/hello", "needs Python 3.12"}};
  const record::Record run = RunWith("", {});
  ASSERT_THAT(run.cells, SizeIs(1));
  EXPECT_EQ(run.cells[0].outcome, CellOutcome::NotOffered);
  EXPECT_EQ(run.cells[0].interpreter, "sub-own-gil");
  EXPECT_EQ(*exit_code_, ExitCode::NothingMeasured);
}

TEST_F(RunTest, AnInterruptionLeavesAWholeRecord) {
  interrupt_after_ = 1;
  const record::Record run = RunWith("", {"embedded/main/lazy", "daemon/main/lazy"});
  EXPECT_THAT(run.cells, SizeIs(1));
  EXPECT_EQ(*exit_code_, ExitCode::Interrupted);
  EXPECT_EQ(run.footer->exit_code, 130);
  EXPECT_THAT(run.not_measured,
              Contains(Field(&record::NotMeasured::reason, "the run was interrupted")));
}

TEST_F(RunTest, ARecordThatExistsIsNotOverwritten) {
  RunWith("");
  const HastyAdapter adapter("");
  RunOrder order;
  order.record = folder_->path() / "record.jsonl";
  EXPECT_FALSE(run::Run(order, {}));
}

TEST_F(RunTest, SettingsAreReadBackFromTheRunningHost) {
  const record::Record read = RunWith("");
  ASSERT_THAT(read.settings, SizeIs(1));
  const record::Settings& settings = read.settings.front();
  EXPECT_EQ(settings.asked.threads, 5);
  EXPECT_EQ(settings.found.at_once, 5);
  EXPECT_EQ(settings.found.processes, 1);
  EXPECT_EQ(settings.found.keep_alive, true);
  EXPECT_THAT(settings.differences, IsEmpty());
}

TEST_F(RunTest, AHostWithFewerThreadsThanAskedForSaysSoAndIsStillMeasured) {
  const record::Record read = RunWith("one-by-one");
  EXPECT_EQ(read.cells.front().outcome, CellOutcome::Ok);
  EXPECT_THAT(read.settings.front().differences,
              testing::ElementsAre(HasSubstr("had 1 requests in the application")));
}

}  // namespace
}  // namespace harness::run
