#include "hosts/base/child_process.h"

#include <gtest/gtest.h>

#include "hosts/base/files.h"

namespace hosts::base {

namespace {
SpawnOptions Shell(std::string script) {
  SpawnOptions options;
  options.argv = {"/bin/sh", "-c", std::move(script)};
  options.environment = CurrentEnvironment();
  return options;
}
}  // namespace

TEST(ChildProcess, TellsHowItEnded) {
  auto child = ChildProcess::Start(Shell("exit 3"));
  ASSERT_TRUE(child);
  EXPECT_EQ(child->Wait(Deadline::After(std::chrono::seconds(10))).value(), (ExitStatus{false, 3}));
}

TEST(ChildProcess, GivesTheEnvironmentWholeAndSendsOutputToTheFile) {
  auto directory = TemporaryDirectory::Make("wsgilab-child");
  ASSERT_TRUE(directory);
  auto options = Shell("echo \"$GREETING${HOME:-none}\"; echo problem >&2");
  options.environment = {{"GREETING", "hello"}};
  options.output = directory->path() / "out";
  auto child = ChildProcess::Start(std::move(options));
  ASSERT_TRUE(child);
  ASSERT_TRUE(child->Wait(Deadline::After(std::chrono::seconds(10))));
  EXPECT_EQ(ReadFile(directory->path() / "out").value(), "hellonone\nproblem\n");
}

TEST(ChildProcess, StopKillsWhatIgnoresTheStopSignalAndItsChildren) {
  auto options = Shell("trap '' TERM; sleep 100 & echo started; wait; wait; sleep 100");
  options.stop_grace = std::chrono::milliseconds(50);
  auto child = ChildProcess::Start(std::move(options));
  ASSERT_TRUE(child);
  EXPECT_TRUE(child->Stop().signaled);
  EXPECT_FALSE(child->is_running());
}

TEST(ChildProcess, AMissingProgramIsAnErrorThatNamesIt) {
  SpawnOptions options;
  options.argv = {"/nonexistent/program"};
  const auto child = ChildProcess::Start(std::move(options));
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().message, "cannot start /nonexistent/program: No such file or directory");
}

}  // namespace hosts::base
