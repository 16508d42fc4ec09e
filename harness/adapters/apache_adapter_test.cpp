#include "harness/adapters/apache_adapter.h"

#include <gmock/gmock.h>

#include "harness/adapters/engine_adapter.h"
#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"
#include "hosts/base/files.h"

namespace harness::adapters {
namespace {

using hosts::base::ErrorKind;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

ServedDeployment Hello(const std::filesystem::path& script, std::string process_group) {
  ServedDeployment deployment;
  ServedScript served;
  served.script = script;
  served.process_group = std::move(process_group);
  deployment.scripts = {served};
  if (!served.process_group.empty()) {
    deployment.daemon_groups.emplace_back();
    deployment.daemon_groups.back().name = served.process_group;
  }
  return deployment;
}

std::string ConfigurationOf(const ServedDeployment& deployment) {
  const ApacheAdapter adapter({"/a/apache2", "/a/modules", "/a/mod_wsgi.so"}, {});
  const auto plan = adapter.Plan(deployment, "/cell");
  EXPECT_TRUE(plan);
  return plan ? plan->files.front().text : "";
}

TEST(ApacheAdapter, ThePlanListensOnAPortThatIsChosenLater) {
  const ApacheAdapter adapter({"/a/apache2", "/a/modules", "/a/mod_wsgi.so"}, {{"LANG", "C"}});
  const auto plan = adapter.Plan(Hello("/cell/hello.wsgi", ""), "/cell");
  ASSERT_TRUE(plan) << plan.error().Text();
  EXPECT_TRUE(launch::NeedsPort(*plan));
  EXPECT_EQ(plan->readiness, launch::Readiness::Answer);
  EXPECT_THAT(plan->argv,
              testing::ElementsAre("/a/apache2", "-f", "/cell/apache.conf", "-D", "FOREGROUND"));
  EXPECT_THAT(plan->files.front().text,
              AllOf(HasSubstr("Listen 127.0.0.1:{port}\n"),
                    HasSubstr("LoadModule wsgi_module /a/mod_wsgi.so\n"),
                    HasSubstr("LoadModule mpm_event_module /a/modules/mod_mpm_event.so\n"),
                    HasSubstr("WSGIScriptAlias / /cell/hello.wsgi")));
}

TEST(ApacheAdapter, EmbeddedThreadsAreAsAskedFor) {
  EXPECT_THAT(ConfigurationOf(Hello("/cell/hello.wsgi", "")),
              AllOf(HasSubstr("ThreadsPerChild 5\n"), HasSubstr("MaxRequestWorkers 5\n")));
}

TEST(ApacheAdapter, InFrontOfDaemonProcessesThereAreThreadsToSpare) {
  EXPECT_THAT(ConfigurationOf(Hello("/cell/hello.wsgi", "d")),
              AllOf(HasSubstr("threads=5 display-name=%{GROUP}\n"),
                    HasSubstr("ThreadsPerChild 20\n"),
                    HasSubstr("MaxRequestWorkers 20\n")));
}

TEST(ApacheAdapter, WhatIsMissingIsNamedWithAWayOut) {
  const auto version =
      ApacheAdapter({"/nowhere/apache2", "/nowhere", "/nowhere/mod_wsgi.so"}, {}).Probe();
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, ErrorKind::Unsupported);
  EXPECT_THAT(version.error().Text(),
              AllOf(HasSubstr("/nowhere/apache2"), HasSubstr("scripts/setup --peers")));
}

TEST(ApacheAdapter, ADaemonProcessIsReadyWhenItsThreadsTakeRequests) {
  const ApacheAdapter adapter({"/a/apache2", "/a/modules", "/a/mod_wsgi.so"}, {});
  const auto plan = adapter.Plan(Hello("/cell/hello.wsgi", "shop.example"), "/cell");
  ASSERT_TRUE(plan);
  ASSERT_THAT(plan->log_signs, SizeIs(1));
  // 4.9.4 and 6.1.1
  for (const char* line :
       {"[wsgi:debug] [pid 7:tid 9] src/server/mod_wsgi.c(9180): mod_wsgi (pid=7): "
        "Started thread 0 in daemon process 'shop.example'.\n",
        "[wsgi:debug] [pid 7:tid 9] src/server/wsgi_daemon.c(2098): Starting "
        "thread 0 in daemon process 'shop.example'.\n"}) {
    const auto seen = launch::LookForSigns(line, plan->log_signs);
    EXPECT_TRUE(seen.complete) << line;
    EXPECT_THAT(seen.daemons.at("shop.example"), testing::ElementsAre(7));
  }
  EXPECT_THAT(plan->files.front().text, HasSubstr("LogLevel warn wsgi:debug\n"));
}

TEST(ApacheAdapter, HasThreadsForKeptConnectionsAndSomeToSpare) {
  ServedDeployment deployment = Hello("/cell/hello.wsgi", "");
  deployment.kept_connections = 16;
  EXPECT_THAT(ConfigurationOf(deployment), HasSubstr("ThreadsPerChild 26\n"));
}

class InstalledApache : public testing::Test {
 protected:
  void SetUp() override {
    const ApachePrograms programs = FindApache();
    if (!std::filesystem::exists(programs.program) || !std::filesystem::exists(programs.mod_wsgi)) {
      GTEST_SKIP() << "Apache with mod_wsgi is not installed: run scripts/setup --peers";
    }
  }
  ApacheAdapter adapter_{FindApache(), InheritedEnvironment()};
};

TEST_F(InstalledApache, SaysItsVersionsWhileItRuns) {
  const auto version = adapter_.Probe();
  ASSERT_TRUE(version) << version.error().Text();
  EXPECT_THAT(version->version, HasSubstr("mod_wsgi "));
  EXPECT_THAT(version->python, HasSubstr("3."));
  EXPECT_THAT(version->modes, SizeIs(8));
}

TEST_F(InstalledApache, ServesADaemonGroupWhoseProcessIsNamed) {
  const auto cell = launch::CellDirectory::Make();
  ASSERT_TRUE(cell);
  const auto script = cell->scripts() / "hello.wsgi";
  ASSERT_TRUE(hosts::base::WriteFile(script, "def application(environ, start_response): pass\n"));
  const auto plan = adapter_.Plan(Hello(script, "d"), cell->path());
  ASSERT_TRUE(plan) << plan.error().Text();
  auto host = launch::HostProcess::Start(*plan);
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_EQ(host->ready().supervisor, host->pid());
  EXPECT_THAT(host->ready().server, SizeIs(1));
  ASSERT_TRUE(host->ready().daemons.contains("d"));
  EXPECT_THAT(host->ready().daemons.at("d"), SizeIs(1));
  EXPECT_THAT(host->ready().software, HasSubstr("mod_wsgi/"));
  EXPECT_THAT(host->Stop().left_behind, testing::IsEmpty());
}

TEST_F(InstalledApache, KilledItIsGoneWithAllItsProcesses) {
  const auto cell = launch::CellDirectory::Make();
  ASSERT_TRUE(cell);
  const auto plan = adapter_.Plan(Hello(cell->scripts() / "hello.wsgi", "d"), cell->path());
  ASSERT_TRUE(plan) << plan.error().Text();
  auto host = launch::HostProcess::Start(*plan);
  ASSERT_TRUE(host) << host.error().Text();
  const auto family = launch::FamilyOf(host->pid());
  ASSERT_GE(family.size(), 3U);
  host->Kill();
  EXPECT_THAT(
      launch::WaitUntilGone(family, hosts::base::Deadline::After(std::chrono::milliseconds(0))),
      testing::IsEmpty());
}

}  // namespace
}  // namespace harness::adapters
