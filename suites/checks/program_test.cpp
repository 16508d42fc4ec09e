// wsgilab-checks from outside: put to a host that is of no use, one cause is one failure, and the program ends soon; and what
// is expected to fail, and passes, is a failure.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <span>
#include <sstream>
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
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Optional;

// What the host does, and as what the first check that meets it is recorded.
struct Useless {
  std::string name;
  std::string fault;
  CheckOutcome first;
};
void PrintTo(const Useless& useless, std::ostream* out) {
  *out << useless.fault;
}

using Variables = std::vector<std::pair<std::string, std::string>>;

class Program {
 public:
  // The lines of a run that must end with 1: a check failed.
  std::vector<Check> Run(std::vector<std::string> words, const Variables& more) {
    hosts::base::SpawnOptions options;
    options.argv = {WSGILAB_CHECKS, "--records", Path("checks.jsonl")};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.environment = {{"PATH", "/usr/bin:/bin"}, {"TMPDIR", folder_.path().string()}};
    options.environment.insert(options.environment.end(), more.begin(), more.end());
    options.output = Path("output");
    auto child = ChildProcess::Start(std::move(options));
    EXPECT_TRUE(child);
    const auto ended = child->Wait(Deadline::After(std::chrono::seconds(100)));
    EXPECT_TRUE(ended) << "it did not end";
    if (!ended) return {};
    EXPECT_EQ(ended->Text(), "exit 1") << hosts::base::ReadFile(Path("output")).value();
    return Lines();
  }
  [[nodiscard]] std::string Path(std::string_view name) const { return folder_.path() / name; }

 private:
  [[nodiscard]] std::vector<Check> Lines() const {
    std::vector<Check> checks;
    std::istringstream text(hosts::base::ReadFile(Path("checks.jsonl")).value());
    for (std::string line; std::getline(text, line);)
      checks.push_back(std::get<Check>(reports::record::ParseLine(line).value()));
    return checks;
  }

  hosts::base::TemporaryDirectory folder_ =
      hosts::base::TemporaryDirectory::Make("wsgilab-test").value();
};

// What is only a line on standard error stopped a whole run, with a program that "ended with 4".
TEST(ExpectedFailure, ThatPassesIsAFailureOfItsCheckAlone) {
  Program program;
  ASSERT_TRUE(hosts::base::WriteFile(program.Path("expected.json"), R"({"hosts": {"engine": [
    {"checks": ["Suite/Http1Framing.Row/Length_*"], "because": "it was so once"}]}})"));
  const auto checks = program.Run({"--expected-failures",
                                   program.Path("expected.json"),
                                   "--gtest_filter=Suite/Http1Framing.Row/*h_embedded_main"},
                                  {});
  ASSERT_THAT(checks,
              Contains(Field(&Check::check, "Suite/Http1Framing.Row/Length_embedded_main")));
  for (const Check& check : checks) {
    const bool is_expected_to_fail = check.check == "Suite/Http1Framing.Row/Length_embedded_main";
    EXPECT_EQ(check.outcome, is_expected_to_fail ? CheckOutcome::Failed : CheckOutcome::Passed)
        << check.check << ": " << check.detail.value_or("");
    if (is_expected_to_fail) {
      EXPECT_THAT(check.detail, Optional(HasSubstr("Length_* is expected to fail")));
    }
  }
}

// It was one expected failure and 43 checks that had not run, which was taken for a success.
TEST(ExpectedFailure, IsNoneWhereTheHostIsFoundToBeOfNoUse) {
  Program program;
  ASSERT_TRUE(hosts::base::WriteFile(program.Path("expected.json"), R"({"hosts": {"engine": [
    {"checks": ["Suite/Http1Framing.Row/Length_embedded_main"], "because": "it hangs", "outcomes": ["timed_out"]}]}})"));
  const auto checks = program.Run(
      {"--expected-failures",
       program.Path("expected.json"),
       "--gtest_filter=Suite/Http1Framing.Row/*h_embedded_main"},
      {{"WSGILAB_HOST", FAKE_HOST}, {"WSGILAB_FAKE", "hang"}, {"WSGILAB_PATIENCE_MS", "300"}});
  ASSERT_GT(checks.size(), 1U);
  EXPECT_EQ(checks.front().check, "Suite/Http1Framing.Row/Length_embedded_main");
  EXPECT_EQ(checks.front().outcome, CheckOutcome::TimedOut) << checks.front().detail.value_or("");
  for (const Check& check : std::span(checks).subspan(1))
    EXPECT_EQ(check.outcome, CheckOutcome::DependencyFailed) << check.check;
}

// One slow answer late in a run let all that came behind it go unasked.
TEST(HostThatHasServed, IsNotTakenForUselessLater) {
  Program program;
  const std::string engine = std::filesystem::path(WSGILAB_CHECKS).parent_path() / "wsgilab-host";
  ASSERT_TRUE(hosts::base::WriteFile(
      program.Path("host"),
      fmt::format("#!/bin/sh\n"
                  "if [ \"$1\" != serve ] || mkdir '{}' 2>/dev/null; then exec '{}' \"$@\"; fi\n"
                  "WSGILAB_FAKE=hang exec '{}' \"$@\"\n",
                  program.Path("has-served"),
                  engine,
                  FAKE_HOST)));
  std::filesystem::permissions(program.Path("host"), std::filesystem::perms::owner_all);
  const auto checks =
      program.Run({"--gtest_filter=Suite/Http1Framing.Row/Length_*"},
                  {{"WSGILAB_HOST", program.Path("host")}, {"WSGILAB_PATIENCE_MS", "2000"}});
  ASSERT_GT(checks.size(), 2U);
  EXPECT_EQ(checks.front().outcome, CheckOutcome::Passed) << checks.front().detail.value_or("");
  for (const Check& check : std::span(checks).subspan(1))
    EXPECT_EQ(check.outcome, CheckOutcome::TimedOut) << check.check;
}

class UnusableHost : public testing::TestWithParam<Useless> {};

TEST_P(UnusableHost, IsFoundOutOnce) {
  Program program;
  const auto checks = program.Run({"--gtest_filter=Suite/Http1Framing.Row/*"},
                                  {{"WSGILAB_HOST", FAKE_HOST},
                                   {"WSGILAB_FAKE", GetParam().fault},
                                   {"WSGILAB_PATIENCE_MS", "300"}});
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
