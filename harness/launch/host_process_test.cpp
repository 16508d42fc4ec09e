// Every test starts the fake host with one fault and looks at what the harness makes of it.

#include "harness/launch/host_process.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>

#include "harness/launch/cell_directory.h"
#include "hosts/base/files.h"

namespace harness::launch {
namespace {

using hosts::base::ErrorKind;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class HostProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = CellDirectory::Make();
    ASSERT_TRUE(made) << made.error().Text();
    cell_.emplace(std::move(*made));
  }

  [[nodiscard]] LaunchPlan PlanWith(const std::string& faults) const {
    LaunchPlan plan;
    const auto configuration = cell_->path() / "host.conf";
    plan.argv = {FAKE_HOST, "serve", configuration.string(), "--ready-fd", "{ready_fd}"};
    plan.environment = {{"PATH", "/usr/bin:/bin"}, {"WSGILAB_FAKE", faults}};
    plan.directory = cell_->path();
    plan.files = {{configuration, "WSGIScriptAlias / /x.wsgi\n"}};
    plan.log = cell_->log();
    return plan;
  }

  std::optional<CellDirectory> cell_;
};

TEST_F(HostProcessTest, ServesStopsAndLeavesNothing) {
  auto host = HostProcess::Start(PlanWith(""));
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_GT(host->ready().port(), 0);
  EXPECT_EQ(host->ready().supervisor, host->pid());
  EXPECT_GT(host->ready().took.count(), 0);
  const StopReport report = host->Stop();
  EXPECT_TRUE(report.status.is_success()) << report.status.Text();
  EXPECT_FALSE(report.was_killed);
  EXPECT_THAT(report.left_behind, IsEmpty());
}

TEST_F(HostProcessTest, WaitsForASlowOne) {
  const auto host = HostProcess::Start(PlanWith("slow-start=150"));
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_GE(host->ready().took, milliseconds(150));
}

TEST_F(HostProcessTest, OneThatNeverBecomesReadyIsATimeoutAndGone) {
  LaunchPlan plan = PlanWith("never-ready");
  plan.ready_within = milliseconds(200);
  const auto host = HostProcess::Start(plan);
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().kind, ErrorKind::Timeout);
}

TEST_F(HostProcessTest, OneThatEndsAtTheStartIsNamedWithItsLog) {
  const auto host = HostProcess::Start(PlanWith("exit-at-start=78"));
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().kind, ErrorKind::Closed);
  EXPECT_THAT(host.error().Text(), HasSubstr("exit 78"));
  EXPECT_THAT(host.error().Text(), HasSubstr("told to end at the start"));
}

TEST_F(HostProcessTest, AReadyLineThatIsNoneIsRefused) {
  const auto host = HostProcess::Start(PlanWith("garbage-ready"));
  ASSERT_FALSE(host);
  EXPECT_THAT(host.error().Text(), HasSubstr("ready, more or less"));
}

// A host of sh that needs a port: it notes each try in `tries`, and says that the port is taken, the first `taken` times.
LaunchPlan PlanOnTakenPorts(LaunchPlan plan, int taken) {
  plan.argv = {
      "/bin/sh",
      "-c",
      "echo $1 >>tries; [ $(wc -l <tries) -gt $2 ] && echo serving $$ && exec /bin/sleep 100; "
      "echo 'bind: Address already in use' >&2; exit 98",
      "sh",
      "{port}",
      std::to_string(taken)};
  plan.readiness = Readiness::LogSigns;
  plan.log_signs = {{"serving ([0-9]+)"}};
  plan.connect_address = "127.0.0.1:{port}";
  return plan;
}

TEST_F(HostProcessTest, ATakenPortIsTriedAgainWithAnother) {
  const LaunchPlan plan = PlanOnTakenPorts(PlanWith(""), 2);
  const auto host = HostProcess::Start(plan);
  ASSERT_TRUE(host) << host.error().Text();
  const auto tries = hosts::base::ReadFile(plan.directory / "tries");
  ASSERT_TRUE(tries);
  EXPECT_EQ(std::count(tries->begin(), tries->end(), '\n'), 3);
}

TEST_F(HostProcessTest, PortsThatAreAlwaysTakenAreSaidInTheHostsWords) {
  const LaunchPlan plan = PlanOnTakenPorts(PlanWith(""), 1000);
  const auto host = HostProcess::Start(plan);
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().kind, ErrorKind::Closed);
  EXPECT_THAT(host.error().Text(), HasSubstr("Address already in use"));
  const auto tries = hosts::base::ReadFile(plan.directory / "tries");
  ASSERT_TRUE(tries);
  EXPECT_EQ(std::count(tries->begin(), tries->end(), '\n'), 3);
}

TEST_F(HostProcessTest, AProgramThatIsMissingIsNamed) {
  LaunchPlan plan = PlanWith("");
  plan.argv.front() = "/nowhere/wsgilab-host";
  const auto host = HostProcess::Start(plan);
  ASSERT_FALSE(host);
  EXPECT_THAT(host.error().Text(), HasSubstr("/nowhere/wsgilab-host"));
}

TEST_F(HostProcessTest, OneThatIgnoresItsStopSignalIsKilledAndReported) {
  LaunchPlan plan = PlanWith("ignore-stop");
  plan.stop_grace = milliseconds(100);
  auto host = HostProcess::Start(plan);
  ASSERT_TRUE(host) << host.error().Text();
  const StopReport report = host->Stop();
  EXPECT_TRUE(report.was_killed);
  EXPECT_EQ(report.status, (hosts::base::ExitStatus{true, SIGKILL}));
  EXPECT_THAT(report.left_behind, ElementsAre("the host ignored its stop signal for 100 ms"));
}

TEST_F(HostProcessTest, AnOrphanInASessionOfItsOwnIsFoundAndEnded) {
  auto host = HostProcess::Start(PlanWith("leave-child"));
  ASSERT_TRUE(host) << host.error().Text();
  const auto family = FamilyOf(host->pid());
  ASSERT_EQ(family.size(), 2U);
  const StopReport report = host->Stop();
  ASSERT_EQ(report.left_behind.size(), 1U);
  EXPECT_THAT(report.left_behind.front(), StartsWith("process "));
  EXPECT_THAT(report.left_behind.front(), HasSubstr("sleep 60"));
  EXPECT_THAT(WaitUntilGone(family, hosts::base::Deadline::After(milliseconds(0))), IsEmpty());
}

TEST_F(HostProcessTest, ASocketLeftBehindIsReported) {
  auto host = HostProcess::Start(PlanWith("leave-socket"));
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_THAT(host->Stop().left_behind, ElementsAre("socket left.sock"));
}

TEST_F(HostProcessTest, ADeathInBetweenIsSeen) {
  auto host = HostProcess::Start(PlanWith(""));
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_FALSE(host->Poll());
  ::kill(host->pid(), SIGKILL);
  EXPECT_EQ(host->Stop().status, (hosts::base::ExitStatus{true, SIGKILL}));
}

TEST_F(HostProcessTest, OneThatOnlyListensIsReadyWhenItAccepts) {
  // The port is known only after the fake has started: a second plan connects to the first one's.
  auto first = HostProcess::Start(PlanWith(""));
  ASSERT_TRUE(first) << first.error().Text();
  LaunchPlan plan = PlanWith("");
  plan.readiness = Readiness::Connect;
  plan.connect_address = "127.0.0.1:" + std::to_string(first->ready().port());
  const auto second = HostProcess::Start(plan);
  ASSERT_TRUE(second) << second.error().Text();
  EXPECT_EQ(second->ready().port(), first->ready().port());
}

// Stands for a server of somebody else's, which has no ready line.
LaunchPlan Foreign(LaunchPlan plan, const std::string& commands) {
  plan.argv = {"/bin/sh", "-c", commands};
  plan.readiness = Readiness::LogSigns;
  plan.connect_address = "127.0.0.1:{port}";
  plan.log_signs = {{R"(worker (\d+) serves)", 2}};
  plan.files = {{plan.directory / "made" / "for" / "it.conf", "x"}};
  return plan;
}

TEST_F(HostProcessTest, OneThatSaysItInItsLogIsReadyWhenAllItsWorkersSaidIt) {
  const auto host = HostProcess::Start(Foreign(
      PlanWith(""), "echo worker 11 serves; sleep 0.1; echo worker 12 serves; exec sleep 60"));
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_THAT(host->ready().server, ElementsAre(11, 12));
  EXPECT_EQ(host->ready().supervisor, host->pid());
  EXPECT_GT(host->ready().port(), 0);
  EXPECT_GE(host->ready().took, milliseconds(100));
  EXPECT_TRUE(std::filesystem::exists(cell_->path() / "made" / "for" / "it.conf"));
}

// Says that it serves before it does, as Granian: its sockets have their port, and listen one by one.
constexpr std::string_view kListensLate = R"(exec python3 -c '
import pathlib, socket, time
def bound():
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind(("127.0.0.1", {port}))
    return one
both = [bound(), bound()]
print("worker 11 serves\nworker 12 serves", flush=True)
for one in both:
    time.sleep(0.1)
    one.listen()
time.sleep(60)'
)";

TEST_F(HostProcessTest, OneThatSaysItTooEarlyIsReadyWhenAllItsSocketsListen) {
  LaunchPlan plan = Foreign(PlanWith(""), std::string(kListensLate));
  plan.listening_sockets = 2;
  const auto host = HostProcess::Start(plan);
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_THAT(host->ready().server, ElementsAre(11, 12));
  EXPECT_GE(host->ready().took, milliseconds(200));
}

TEST_F(HostProcessTest, OneThatNeverListensIsATimeout) {
  LaunchPlan plan =
      Foreign(PlanWith(""), "echo worker 11 serves; echo worker 12 serves; exec sleep 60");
  plan.listening_sockets = 1;
  plan.ready_within = milliseconds(200);
  const auto host = HostProcess::Start(plan);
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().kind, ErrorKind::Timeout);
}

TEST_F(HostProcessTest, WhatAnotherWroteIntoItsLogDoesNotCount) {
  ASSERT_TRUE(hosts::base::WriteFile(cell_->log(), "worker 1 serves\nworker 2 serves\n"));
  const auto host = HostProcess::Start(
      Foreign(PlanWith(""), "echo worker 11 serves; echo worker 12 serves; exec sleep 60"));
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_THAT(host->ready().server, ElementsAre(11, 12));
}

TEST_F(HostProcessTest, OneThatDiesBeforeItsLogSaysAllIsNamedWithItsLog) {
  const auto host = HostProcess::Start(Foreign(PlanWith(""), "echo worker 11 serves; exit 3"));
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().kind, ErrorKind::Closed);
  EXPECT_THAT(host.error().Text(), HasSubstr("exit 3"));
  EXPECT_THAT(host.error().Text(), HasSubstr("worker 11 serves"));
}

TEST_F(HostProcessTest, OneWhoseLogNeverSaysItIsATimeout) {
  LaunchPlan plan = Foreign(PlanWith(""), "echo worker 11 serves; exec sleep 60");
  plan.ready_within = milliseconds(200);
  const auto host = HostProcess::Start(plan);
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().kind, ErrorKind::Timeout);
}

}  // namespace
}  // namespace harness::launch
