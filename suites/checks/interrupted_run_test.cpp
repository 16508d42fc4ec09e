// `wsgilab run` is interrupted while its checks wait for a host: nothing of them is left.

#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"

namespace suites::checks {
namespace {

namespace fs = std::filesystem;
using hosts::base::Deadline;

bool HasStage(const fs::path& folder) {
  std::error_code problem;  // what goes while we look
  for (fs::recursive_directory_iterator at(folder, problem), end; !problem && at != end;
       at.increment(problem)) {
    if (at->path().filename().string().starts_with("wsgilab-check.")) return true;
  }
  return false;
}

TEST(InterruptedRun, LeavesNoStages) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-test");
  ASSERT_TRUE(folder);
  const fs::path out = folder->path() / "out";
  hosts::base::SpawnOptions options;
  options.argv = {WSGILAB, "run", "--suite", "http1", "--checks-only", "-o", out.string()};
  options.environment = {{"PATH", "/usr/bin:/bin"},
                         {"TMPDIR", folder->path().string()},
                         {"WSGILAB_HOST", FAKE_HOST},
                         {"WSGILAB_FAKE", "hang"}};
  options.output = folder->path() / "output";
  auto child = hosts::base::ChildProcess::Start(std::move(options));
  ASSERT_TRUE(child);
  const Deadline deadline = Deadline::After(std::chrono::seconds(60));
  while (!HasStage(folder->path()) && !deadline.has_passed())
    ASSERT_FALSE(child->Wait(Deadline::After(std::chrono::milliseconds(10)))) << "it has ended";
  ASSERT_FALSE(deadline.has_passed()) << "no check has begun";
  child->Signal(SIGINT);
  const auto ended = child->Wait(deadline);
  ASSERT_TRUE(ended) << "it does not end";
  EXPECT_EQ(ended->Text(), "exit 130");
  for (const auto& entry : fs::directory_iterator(folder->path())) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(name == "out" || name == "output") << name << " is left";
  }
}

}  // namespace
}  // namespace suites::checks
