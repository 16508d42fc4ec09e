// `wsgilab run` is interrupted, or killed, while its checks wait for a host: nothing of them is left.

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/launch/descendants.h"
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

class InterruptedRun : public testing::Test {
 protected:
  void SetUp() override {
    harness::launch::BecomeSubreaper();
    ASSERT_TRUE(folder_);
  }

  // A run whose checks wait for a host that never answers.
  hosts::base::ChildProcess StartOneThatWaits() {
    hosts::base::SpawnOptions options;
    options.argv = {WSGILAB,
                    "run",
                    "--suite",
                    "http1",
                    "--checks-only",
                    "-o",
                    (folder_->path() / "out").string()};
    options.environment = {{"PATH", "/usr/bin:/bin"},
                           {"TMPDIR", folder_->path().string()},
                           {"WSGILAB_HOST", FAKE_HOST},
                           {"WSGILAB_FAKE", "hang"}};
    options.output = folder_->path() / "output";
    auto child = hosts::base::ChildProcess::Start(std::move(options));
    CHECK(child.has_value(), "wsgilab can be started");
    while (!HasStage(folder_->path()) && !deadline_.has_passed()) {
      EXPECT_FALSE(child->Wait(Deadline::After(std::chrono::milliseconds(10)))) << "it has ended";
    }
    EXPECT_FALSE(deadline_.has_passed()) << "no check has begun";
    return std::move(*child);
  }

  void ExpectNothingLeft() const {
    std::string left;
    for (const auto& process :
         harness::launch::WaitUntilGone(Children(), Deadline::After(std::chrono::seconds(30)))) {
      left += harness::launch::NameOf(process) + "; ";
    }
    EXPECT_EQ(left, "");
    for (const auto& entry : fs::directory_iterator(folder_->path())) {
      const std::string name = entry.path().filename();
      EXPECT_TRUE(name == "out" || name == "output") << name << " is left";
    }
  }

  // All that came home, the keeper among them: it is the last to end.
  [[nodiscard]] static std::vector<harness::launch::ProcessId> Children() {
    auto family = harness::launch::FamilyOf(::getpid());
    std::erase_if(family, [](const auto& process) { return process.pid == ::getpid(); });
    return family;
  }

  const hosts::base::Result<hosts::base::TemporaryDirectory> folder_ =
      hosts::base::TemporaryDirectory::Make("wsgilab-test");
  const Deadline deadline_ = Deadline::After(std::chrono::seconds(60));
};

TEST_F(InterruptedRun, LeavesNoStages) {
  auto child = StartOneThatWaits();
  child.Signal(SIGINT);
  const auto ended = child.Wait(deadline_);
  ASSERT_TRUE(ended) << "it does not end";
  EXPECT_EQ(ended->Text(), "exit 130");
  ExpectNothingLeft();
}

TEST_F(InterruptedRun, KilledItLeavesNeitherCheckNorHostNorStage) {
  auto child = StartOneThatWaits();
  child.Signal(SIGKILL);
  const auto ended = child.Wait(deadline_);
  ASSERT_TRUE(ended) << "it does not end";
  EXPECT_EQ(ended->Text(), "signal 9");
  ExpectNothingLeft();
}

}  // namespace
}  // namespace suites::checks
