#include "harness/run/interference.h"

#include <gmock/gmock.h>

#include <set>

namespace harness::run {
namespace {

using hosts::deployment::InterpreterKind;
using testing::SizeIs;

TEST(Arrangements, AreSevenAndNoTwoAreHostedAlike) {
  std::set<std::string> seen;
  for (const Arrangement& arrangement : AllArrangements()) {
    const auto deployment = DeploymentOf(arrangement, "/s/busy.wsgi", "/s/quiet.wsgi");
    ASSERT_THAT(deployment.scripts, SizeIs(2));
    std::string how;
    for (const adapters::ServedScript& script : deployment.scripts)
      how += script.url + " " + script.process_group + " " + script.application_group +
             (script.has_own_gil ? " own;" : ";");
    EXPECT_TRUE(seen.insert(how).second) << how;
  }
  EXPECT_THAT(seen, SizeIs(7));
}

TEST(Arrangements, SayWhatIsSharedAsTheDeploymentHasIt) {
  for (const Arrangement& arrangement : AllArrangements()) {
    const auto deployment = DeploymentOf(arrangement, "/s/busy.wsgi", "/s/quiet.wsgi");
    const adapters::ServedScript& a = deployment.scripts[0];
    const adapters::ServedScript& b = deployment.scripts[1];
    EXPECT_EQ(arrangement.same_process(), a.process_group == b.process_group) << arrangement.name;
    EXPECT_EQ(arrangement.same_interpreter(),
              arrangement.same_process() && a.application_group == b.application_group)
        << arrangement.name;
    std::set<std::string> groups;
    for (const adapters::DaemonGroup& group : deployment.daemon_groups)
      EXPECT_TRUE(groups.insert(group.name).second) << "a group is there once";
    for (const adapters::ServedScript& script : deployment.scripts) {
      EXPECT_TRUE(script.process_group.empty() || groups.contains(script.process_group));
    }
  }
}

}  // namespace
}  // namespace harness::run
