#include "harness/adapters/engine_adapter.h"

#include <gmock/gmock.h>

#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"

namespace harness::adapters {
namespace {

using hosts::base::ErrorKind;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

TEST(EngineAdapter, SaysWhatIsInstalled) {
  const EngineAdapter adapter(FAKE_HOST, InheritedEnvironment());
  const auto version = adapter.Probe();
  ASSERT_TRUE(version) << version.error().Text();
  EXPECT_EQ(version->version, "0.0.0-fake");
  EXPECT_EQ(version->python, "3.11.2");
  EXPECT_EQ(version->modes.size(), 8U);
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

}  // namespace
}  // namespace harness::adapters
