#include "harness/adapters/engine_adapter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"
#include "hosts/base/files.h"

namespace harness::adapters {
namespace {

using hosts::base::ErrorKind;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

// An engine of which nothing is known but what its `version` says.
class ProgramThatSays {
 public:
  explicit ProgramThatSays(const std::string& version)
      : directory_(*hosts::base::TemporaryDirectory::Make("wsgilab-program")) {
    const std::string text =
        fmt::format("#!/bin/sh\n[ \"$1\" = version ] || exit 2\necho '{}'\n", version);
    EXPECT_TRUE(hosts::base::WriteFile(path(), text));
    std::filesystem::permissions(path(), std::filesystem::perms::owner_all);
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "wsgilab-host"; }

 private:
  hosts::base::TemporaryDirectory directory_;
};

TEST(EngineAdapter, SaysWhatIsInstalled) {
  const EngineAdapter adapter(FAKE_HOST, InheritedEnvironment());
  const auto version = adapter.Probe();
  ASSERT_TRUE(version) << version.error().Text();
  EXPECT_EQ(version->version, "0.0.0-fake");
  EXPECT_EQ(version->python, "3.11.2");
  EXPECT_EQ(version->modes.size(), 8U);
  ASSERT_EQ(version->deviations.size(), 1U);
  EXPECT_EQ(version->deviations[0].rule, "FAKE-1");
  EXPECT_EQ(version->deviations[0].kind, "on purpose");
}

TEST(EngineAdapter, HasTheModesOfItsPython) {
  const EngineAdapter old(FAKE_HOST, InheritedEnvironment());
  EXPECT_FALSE(old.WhyNotOffered(*hosts::deployment::ParseMode("daemon/sub/lazy")));
  const auto own_gil = *hosts::deployment::ParseMode("daemon/sub-own-gil/lazy");
  EXPECT_THAT(old.WhyNotOffered(own_gil).value_or(""),
              HasSubstr("needs Python 3.12 or later; this engine has 3.11.2"));
  const EngineAdapter missing("/nowhere/wsgilab-host", {});
  EXPECT_THAT(missing.WhyNotOffered(own_gil).value_or(""), HasSubstr("WSGILAB_HOST"));
  const ProgramThatSays program(
      R"({"engine":"0.1.0","python":"3.14.0","modes":["daemon/sub-own-gil/lazy"]})");
  EXPECT_FALSE(EngineAdapter(program.path(), InheritedEnvironment()).WhyNotOffered(own_gil));
}

TEST(EngineAdapter, OneFromBeforeTheDeviationsHasNone) {
  const ProgramThatSays program(R"({"engine":"0.0.9","python":"3.11.2"})");
  const auto version = EngineAdapter(program.path(), InheritedEnvironment()).Probe();
  ASSERT_TRUE(version) << version.error().Text();
  EXPECT_EQ(version->version, "0.0.9");
  EXPECT_TRUE(version->deviations.empty());
}

TEST(EngineAdapter, AMissingProgramIsUnsupportedWithAWayOut) {
  const EngineAdapter adapter("/nowhere/wsgilab-host", {});
  const auto version = adapter.Probe();
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, ErrorKind::Unsupported);
  EXPECT_THAT(version.error().Text(), HasSubstr("WSGILAB_HOST"));
}

TEST(EngineAdapter, AProgramThatFailsIsUnsupported) {
  EXPECT_FALSE(EngineAdapter("/bin/false", {}).Probe());
  EXPECT_FALSE(EngineAdapter("/bin/echo", {}).Probe());
}

TEST(EngineAdapter, PlansWithoutStartingAndThePlanStarts) {
  const EngineAdapter adapter(FAKE_HOST, InheritedEnvironment());
  const auto cell = launch::CellDirectory::Make();
  ASSERT_TRUE(cell);
  ServedDeployment deployment;
  deployment.environment = {{"WSGILAB_DATA", cell->data().string()}};
  ServedScript script;
  script.script = cell->scripts() / "hello.wsgi";
  deployment.scripts = {script};
  const auto plan = adapter.Plan(deployment, cell->path());
  ASSERT_TRUE(plan) << plan.error().Text();
  EXPECT_FALSE(std::filesystem::exists(cell->path() / "host.conf"));
  EXPECT_THAT(plan->environment, Contains(Pair("WSGILAB_DATA", cell->data().string())));
  auto host = launch::HostProcess::Start(*plan);
  ASSERT_TRUE(host) << host.error().Text();
  EXPECT_TRUE(host->Stop().left_behind.empty());
}

std::string ConfigurationOf(const std::string& python, const ServedDeployment& deployment) {
  const EngineAdapter adapter({.python = python, .program = FAKE_HOST}, {});
  const auto plan = adapter.Plan(deployment, "/cell");
  return plan ? plan->files.front().text : plan.error().Text();
}

TEST(EngineAdapter, OfAFreeThreadedPythonServesWithoutAGil) {
  ServedDeployment deployment;
  deployment.scripts.emplace_back().script = "/site/hello.wsgi";
  EXPECT_THAT(ConfigurationOf("3.14t", deployment), HasSubstr("\nWSGIFreeThreading On\n"));
  EXPECT_THAT(ConfigurationOf("3.14", deployment), Not(HasSubstr("WSGIFreeThreading")));
  EXPECT_TRUE(
      EngineAdapter({.python = "3.14t", .program = FAKE_HOST}, {}).provable().runs_without_gil);
  EXPECT_FALSE(
      EngineAdapter({.python = "3.14", .program = FAKE_HOST}, {}).provable().runs_without_gil);
  const ProgramThatSays program(R"({"engine":"0.1.0","python":"3.14.0","free_threaded":true})");
  EXPECT_TRUE(EngineAdapter(program.path(), InheritedEnvironment()).provable().runs_without_gil);
  EXPECT_FALSE(EngineAdapter(FAKE_HOST, InheritedEnvironment()).provable().runs_without_gil);
  ServedDeployment own = deployment;
  own.daemon_groups.emplace_back().name = "desk";
  own.scripts.front().process_group = "desk";
  own.scripts.front().application_group = "a";
  own.scripts.front().has_own_gil = true;
  EXPECT_THAT(ConfigurationOf("3.14t", own), Not(HasSubstr("WSGIFreeThreading")));
  ServedDeployment said = deployment;
  said.extra_directives = {"WsgiFreeThreading Off"};
  EXPECT_THAT(ConfigurationOf("3.14t", said), Not(HasSubstr("WSGIFreeThreading On")));
}

}  // namespace
}  // namespace harness::adapters
