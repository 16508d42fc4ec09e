// wsgilab-checks: every check of suites/, against the engine that WSGILAB_HOST names (or the one beside
// this program), or against another kind of host.
//
//   wsgilab-checks [--host NAME] [--records FILE] [--expected-failures FILE] [--name-only] [GoogleTest's options]
//
// With --records a `check` line is appended to the record for every check that ends. With --name-only each ends, as
// skipped, when it has said what it is about (suites/rules and suites/isolation/seen_page.py ask for this). Exit code 0: all
// passed, were skipped, or failed as suites/expected_failures.json (or FILE) says of the host; 1: a check failed, or passed
// that is expected to fail, or could not be made because the host does not serve; 2: misuse; 3: there is no host, or the record
// could not be written; 4: something failed of which no line tells: a host ended badly behind its last check.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/catalogue.h"
#include "suites/checks/record_listener.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace {

constexpr int kMisuse = 2;
constexpr int kOwnFailure = 3;
// Something has failed of which no line of the record tells: a host that ended badly behind its last check.
constexpr int kFailedBesides = 4;

// A host that is no engine answers a check soon, or waits for what does not come.
constexpr const char* kPatienceWithOthersMs = "6000";

std::vector<std::string> EveryCheck() {
  std::vector<std::string> names;
  const auto& program = *testing::UnitTest::GetInstance();
  for (int suite = 0; suite < program.total_test_suite_count(); ++suite) {
    const auto& of_suite = *program.GetTestSuite(suite);
    for (int test = 0; test < of_suite.total_test_count(); ++test)
      names.push_back(fmt::format("{}.{}", of_suite.name(), of_suite.GetTestInfo(test)->name()));
  }
  return names;
}

int Complain(std::string_view text, int exit_code) {
  std::fputs(fmt::format("wsgilab-checks: {}\n", text).c_str(), stderr);
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::optional<std::string> records;
  std::string expected_failures = WSGILAB_EXPECTED_FAILURES;
  for (int index = 1; index < argc; ++index) {
    const std::string_view word = argv[index];
    if (word == "--name-only") {
      suites::hosts_under_test::NameChecksOnly();
      continue;
    }
    const bool takes_value =
        word == "--records" || word == "--host" || word == "--expected-failures";
    if (!takes_value || index + 1 == argc) {
      return Complain(fmt::format("'{}' is not understood: --host NAME, --records FILE, "
                                  "--expected-failures FILE and --name-only are",
                                  word),
                      kMisuse);
    }
    const std::string_view value = argv[++index];
    if (word == "--records") {
      records = value;
    } else if (word == "--expected-failures") {
      expected_failures = value;
    } else if (const auto chosen = suites::hosts_under_test::ChooseHost(value); !chosen) {
      return Complain(chosen.error().Text(), kMisuse);
    }
  }
  const auto why_not = suites::hosts_under_test::WhyNotInstalled();
  if (why_not && !testing::GTEST_FLAG(list_tests)) return Complain(*why_not, kOwnFailure);
  std::string command = "wsgilab-checks";
  if (suites::hosts_under_test::ChosenHost() != harness::adapters::kEngine) {
    command += fmt::format(" --host {}", suites::hosts_under_test::ChosenHost());
  }
  const auto expected = suites::checks::ExpectedFailures::Read(
      expected_failures, suites::hosts_under_test::KindOfHost());
  if (!expected) return Complain(expected.error().Text(), kOwnFailure);
  for (const std::string& pattern : expected->WithoutACheck(EveryCheck())) {
    return Complain(fmt::format("{}: no check is called '{}'", expected_failures, pattern),
                    kMisuse);
  }
  if (!suites::hosts_under_test::IsEngineChosen()) {
    ::setenv("WSGILAB_PATIENCE_MS", kPatienceWithOthersMs, /*replace=*/0);
  }
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  auto* failures = new suites::checks::FailureListener(*expected);  // GoogleTest's from now on
  listeners.Append(failures);
  suites::checks::RecordListener* listener = nullptr;
  if (records) {
    auto writer = reports::record::RecordWriter::Open(*records, reports::record::OpenMode::Append);
    if (!writer) return Complain(writer.error().Text(), kOwnFailure);
    auto owned =
        std::make_unique<suites::checks::RecordListener>(std::move(*writer), command, *expected);
    listener = owned.get();
    listeners.Append(owned.release());  // GoogleTest owns it
  }
  // Its own verdict does not know of failures that are expected.
  [[maybe_unused]] const int by_googletest = RUN_ALL_TESTS();
  if (listener != nullptr && !listener->is_complete()) return kOwnFailure;
  if (testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed()) return kFailedBesides;
  return failures->has_unexpected() ? 1 : 0;
}
