// wsgilab-checks: every check of suites/, against the host that WSGILAB_HOST names (or the one beside
// this program).
//
//   wsgilab-checks [--records FILE] [--name-only] [GoogleTest's options]
//
// With --records a `check` line is appended to the record for every check that ends. With --name-only each ends, as
// skipped, when it has said what it is about (suites/rules asks for this; those of isolation/ run all the same). Exit code 0: all
// passed or were skipped; 1: a check failed; 2: misuse; 3: there is no host, or the record could not be
// written.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>

#include "harness/adapters/engine_adapter.h"
#include "suites/checks/record_listener.h"
#include "suites/hosts_under_test/check.h"

namespace {

constexpr int kMisuse = 2;
constexpr int kOwnFailure = 3;

int Complain(std::string_view text, int exit_code) {
  std::fputs(fmt::format("wsgilab-checks: {}\n", text).c_str(), stderr);
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::optional<std::string> records;
  for (int index = 1; index < argc; ++index) {
    const std::string_view word = argv[index];
    if (word == "--name-only") {
      suites::hosts_under_test::NameChecksOnly();
      continue;
    }
    if (word != "--records" || index + 1 == argc) {
      return Complain(
          fmt::format("'{}' is not understood: --records FILE and --name-only are", word), kMisuse);
    }
    records = argv[++index];
  }
  const auto host = harness::adapters::FindEngine();
  if (!testing::GTEST_FLAG(list_tests) && !std::filesystem::exists(host)) {
    return Complain(
        fmt::format("there is no host {}: build wsgilab-host, or set WSGILAB_HOST", host.string()),
        kOwnFailure);
  }
  suites::checks::RecordListener* listener = nullptr;
  if (records) {
    auto writer = reports::record::RecordWriter::Open(*records, reports::record::OpenMode::Append);
    if (!writer) return Complain(writer.error().Text(), kOwnFailure);
    auto owned =
        std::make_unique<suites::checks::RecordListener>(std::move(*writer), "wsgilab-checks");
    listener = owned.get();
    testing::UnitTest::GetInstance()->listeners().Append(owned.release());  // GoogleTest owns it
  }
  const int verdict = RUN_ALL_TESTS();
  if (listener != nullptr && !listener->is_complete()) return kOwnFailure;
  return verdict;
}
