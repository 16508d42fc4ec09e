#include "harness/experiment/delay.h"

#include <gtest/gtest.h>

#include <string>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"

namespace harness::experiment {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kScript = R"(import time
def application(environ, start_response):
    return [environ]
)";
constexpr std::string_view kTimed = R"(
begun = time.perf_counter_ns()
assert application("the request", None) == ["the request"]
print(time.perf_counter_ns() - begun)
)";

// How long the application takes, in nanoseconds, when Python runs it.
long long Took(const std::string& script) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-delay");
  EXPECT_TRUE(folder);
  EXPECT_TRUE(hosts::base::WriteFile(folder->path() / "script.py", script + std::string(kTimed)));
  hosts::base::SpawnOptions options;
  options.argv = {WSGILAB_PYTHON, "-I", (folder->path() / "script.py").string()};
  options.output = folder->path() / "output";
  auto child = hosts::base::ChildProcess::Start(std::move(options));
  EXPECT_TRUE(child);
  const auto ended = child->Wait(hosts::base::Deadline::After(std::chrono::seconds(60)));
  EXPECT_TRUE(ended && ended->is_success());
  const auto text = hosts::base::ReadFile(folder->path() / "output");
  return text ? std::stoll(*text) : -1;
}

TEST(WithDelay, ARequestTakesAtLeastSoMuchLongerAndIsAnsweredAsBefore) {
  EXPECT_GE(Took(WithDelay(std::string(kScript), milliseconds(30))), 30'000'000);
}

TEST(WithDelay, WithoutADelayNothingIsChanged) {
  EXPECT_EQ(WithDelay(std::string(kScript), milliseconds(0)), kScript);
}

}  // namespace
}  // namespace harness::experiment
