#include "harness/run/cell_setup.h"

#include <gmock/gmock.h>

#include "harness/adapters/directive_writer.h"

namespace harness::run {
namespace {

using adapters::GroupsBy;
using testing::ElementsAre;
using testing::HasSubstr;

matrix::Cell Cell(const std::string& mode) {
  matrix::App app;
  app.name = "desk";
  app.script = "/apps/desk/wsgi.py";
  app.project = "/apps/desk";
  app.needs_venv = true;
  return {"engine", *hosts::deployment::ParseMode(mode), app};
}

adapters::ServedDeployment Served(const std::string& mode) {
  return DeploymentOf(Cell(mode), {"", "/venv"}, "/cell/scripts/desk.wsgi", "/cell/data");
}

TEST(AskedPlacement, IsTheModesGroups) {
  const auto embedded = AskedPlacement(Cell("embedded/main/lazy"));
  EXPECT_EQ(embedded.process_group, "");
  EXPECT_EQ(embedded.application_group, "");
  EXPECT_EQ(embedded.loading, "lazy");
  const auto daemon = AskedPlacement(Cell("daemon/sub/preload"));
  EXPECT_EQ(daemon.process_group, "desk");
  EXPECT_EQ(daemon.application_group, "desk");
  EXPECT_EQ(daemon.interpreter, "sub");
  EXPECT_EQ(daemon.loading, "preload");
}

TEST(DeploymentOf, LoadingIsHowTheGroupsAreWritten) {
  EXPECT_EQ(Served("daemon/main/preload").scripts.front().groups_by, GroupsBy::BothOptions);
  EXPECT_EQ(Served("daemon/main/lazy").scripts.front().groups_by, GroupsBy::Directives);
}

TEST(DeploymentOf, ThePythonEnvironmentGoesWhereTheApplicationRuns) {
  const auto embedded = Served("embedded/sub/lazy");
  EXPECT_EQ(embedded.python_home, "/venv");
  EXPECT_THAT(embedded.python_path, ElementsAre("/apps/desk"));
  EXPECT_TRUE(embedded.daemon_groups.empty());
  const auto daemon = Served("daemon/main/lazy");
  EXPECT_EQ(daemon.python_home, "");
  EXPECT_EQ(daemon.daemon_groups.front().python_home, "/venv");
  EXPECT_EQ(daemon.daemon_groups.front().home, "/apps/desk");
}

TEST(DeploymentOf, CanBeWrittenAsDirectivesInEveryMode) {
  for (const auto& mode : hosts::deployment::AllModes()) {
    EXPECT_TRUE(adapters::WriteDirectives(Served(Name(mode)))) << Name(mode);
  }
}

TEST(DeploymentOf, ProcessesAndThreadsAreOfWhatRunsTheApplication) {
  const Surroundings wanted{"", "/venv", 4, 2};
  const auto embedded =
      DeploymentOf(Cell("embedded/main/lazy"), wanted, "/cell/scripts/desk.wsgi", "/cell/data");
  EXPECT_EQ(embedded.server_processes, 4);
  EXPECT_EQ(embedded.server_threads, 2);
  const auto daemon =
      DeploymentOf(Cell("daemon/main/lazy"), wanted, "/cell/scripts/desk.wsgi", "/cell/data");
  EXPECT_EQ(daemon.server_processes, 1);
  EXPECT_EQ(daemon.daemon_groups.front().processes, 4);
  EXPECT_EQ(daemon.daemon_groups.front().threads, 2);
}

TEST(WriteCellScript, FillsTheMarksWithPythonLiterals) {
  const char* const marks = "S = @SCRIPT@\nC = @CALLABLE@\nD = @DATABASES@\n";
  const auto text = WriteCellScript(marks, "/it's/\\here.wsgi");
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "S = '/it\\'s/\\\\here.wsgi'\nC = 'application'\nD = {}\n");
  EXPECT_THAT(
      *WriteCellScript(marks, "/x", "app", {{"/a.db", "/c/0-a.db"}, {"/b.db", "/c/1-b.db"}}),
      HasSubstr("D = {'/a.db': '/c/0-a.db', '/b.db': '/c/1-b.db'}\n"));
  EXPECT_THAT(WriteCellScript("S = 1\n", "/x").error().Text(), HasSubstr("@SCRIPT@"));
}

}  // namespace
}  // namespace harness::run
