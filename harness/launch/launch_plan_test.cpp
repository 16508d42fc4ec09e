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

TEST(LaunchPlan, ThePortStandsWhereverItsMarkStood) {
  LaunchPlan plan;
  plan.argv = {"/bin/host", "--port={port}"};
  plan.environment = {{"PORT", "{port}"}};
  plan.files = {{"/cell/host.conf", "Listen 127.0.0.1:{port}\nName {port}.example\n"}};
  plan.connect_address = "127.0.0.1:{port}";
  ASSERT_TRUE(NeedsPort(plan));
  const LaunchPlan filled = WithPort(plan, 8081);
  EXPECT_FALSE(NeedsPort(filled));
  EXPECT_EQ(filled.argv.back(), "--port=8081");
  EXPECT_EQ(filled.environment.front().second, "8081");
  EXPECT_EQ(filled.files.front().text, "Listen 127.0.0.1:8081\nName 8081.example\n");
  EXPECT_EQ(filled.connect_address, "127.0.0.1:8081");
}

}  // namespace
}  // namespace harness::launch
