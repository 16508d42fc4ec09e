#include "harness/launch/launch_plan.h"

#include <gtest/gtest.h>

namespace harness::launch {
namespace {

TEST(LaunchPlan, ReadsAsWhatAPersonWouldType) {
  LaunchPlan plan;
  plan.argv = {"/bin/host", "serve", "/cell/host.conf", "it's here"};
  plan.environment = {{"LANG", "C.UTF-8"}, {"GREETING", "good day"}};
  plan.directory = "/cell";
  plan.files = {{"/cell/host.conf", "Listen 127.0.0.1:0\n"}};
  EXPECT_EQ(Describe(plan),
            "cd /cell\n"
            "export LANG=C.UTF-8\n"
            "export GREETING='good day'\n"
            "/bin/host serve /cell/host.conf 'it'\\''s here'\n"
            "\n"
            "# /cell/host.conf\n"
            "Listen 127.0.0.1:0\n");
}

}  // namespace
}  // namespace harness::launch
