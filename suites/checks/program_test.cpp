// wsgilab-checks from outside, put to a host that is of no use: one cause is one failure, and the program ends soon.

#include <gmock/gmock.h>

#include <span>
#include <variant>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"
#include "reports/record/json.h"

namespace suites::checks {
namespace {

using hosts::base::ChildProcess;
using hosts::base::Deadline;
using reports::record::Check;
using reports::record::CheckOutcome;
using testing::SizeIs;

// What the host does, and as what the first check that meets it is recorded.
struct Useless {
  std::string name;
  std::string fault;
  CheckOutcome first;
};
void PrintTo(const Useless& useless, std::ostream* out) {
  *out << useless.fault;
}

class UnusableHost : public testing::TestWithParam<Useless> {};

TEST_P(UnusableHost, IsFoundOutOnce) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-test");
  ASSERT_TRUE(folder);
  hosts::base::SpawnOptions options;
  options.argv = {WSGILAB_CHECKS,
                  "--gtest_filter=Suite/Http1Framing.Row/*",
                  "--records",
                  (folder->path() / "checks.jsonl").string()};
  options.environment = {{"PATH", "/usr/bin:/bin"},
                         {"TMPDIR", folder->path().string()},
                         {"WSGILAB_HOST", FAKE_HOST},
                         {"WSGILAB_FAKE", GetParam().fault},
                         {"WSGILAB_PATIENCE_MS", "300"}};
  options.output = folder->path() / "output";
  auto child = ChildProcess::Start(std::move(options));
  ASSERT_TRUE(child);
  const auto ended = child->Wait(Deadline::After(std::chrono::seconds(100)));
  const auto output = hosts::base::ReadFile(folder->path() / "output");
  ASSERT_TRUE(ended) << "it did not end";
  EXPECT_EQ(ended->Text(), "exit 1") << (output ? *output : "");

  const auto text = hosts::base::ReadFile(folder->path() / "checks.jsonl");
  ASSERT_TRUE(text);
  std::vector<Check> checks;
  for (size_t begin = 0, end = text->find('\n'); end != std::string::npos;
       begin = end + 1, end = text->find('\n', begin)) {
    const auto line = reports::record::ParseLine(text->substr(begin, end - begin));
    ASSERT_TRUE(line) << line.error().Text();
    checks.push_back(std::get<Check>(*line));
  }
  ASSERT_GT(checks.size(), 20U) << "each of them has its line";
  EXPECT_EQ(checks.front().outcome, GetParam().first) << checks.front().detail.value_or("");
  for (const Check& check : std::span(checks).subspan(1)) {
    EXPECT_EQ(check.outcome, CheckOutcome::DependencyFailed) << check.check;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults,
    UnusableHost,
    testing::Values(Useless{"Hangs", "hang", CheckOutcome::TimedOut},
                    Useless{"Rubbish", "rubbish", CheckOutcome::TimedOut},
                    Useless{"Dies", "die-after=1", CheckOutcome::Crashed},
                    Useless{"EndsAtStart", "exit-at-start=3", CheckOutcome::SetupFailed},
                    Useless{"NeverReady", "never-ready", CheckOutcome::SetupFailed}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace suites::checks
