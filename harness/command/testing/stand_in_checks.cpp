// stand_in_checks: stands where wsgilab-checks stands, in tests of the harness: 60 checks in three suites that pass at once.
//
//   stand_in_checks [--host NAME] [--records FILE] [GoogleTest's options]
//
// At the check that the file $HOME/pause-at names it starts a host, which hides from its parent's family, and waits for
// what never comes: whoever is killed then is killed in the middle of the checks. $HOME/paused is there from then on.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"
#include "reports/record/writer.h"

namespace harness::command {
namespace {

std::string PausesAt() {
  const char* home = std::getenv("HOME");
  if (home == nullptr) return {};
  const auto text = hosts::base::ReadFile(std::string(home) + "/pause-at");
  return text ? text->substr(0, text->find('\n')) : std::string();
}

void StartAndWait() {
  hosts::base::SpawnOptions options;
  options.argv = {"/usr/bin/setsid", "--fork", "/usr/bin/sleep", "1000"};
  options.environment = hosts::base::CurrentEnvironment();
  const auto host = hosts::base::ChildProcess::Start(std::move(options));
  if (const char* home = std::getenv("HOME"))
    (void)hosts::base::WriteFile(std::string(home) + "/paused", "");
  ::poll(nullptr, 0, -1);
}

class StandIn : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    if (fmt::format("{}.{}", test->test_suite_name(), test->name()) == PausesAt()) StartAndWait();
  }
};
class First : public StandIn {};
class Second : public StandIn {};
class Third : public StandIn {};

TEST_P(First, Passes) {}
TEST_P(Second, Passes) {}
TEST_P(Third, Passes) {}

constexpr int kChecks = 20;
INSTANTIATE_TEST_SUITE_P(Stand, First, testing::Range(0, kChecks));
INSTANTIATE_TEST_SUITE_P(Stand, Second, testing::Range(0, kChecks));
INSTANTIATE_TEST_SUITE_P(Stand, Third, testing::Range(0, kChecks));

class Listener : public testing::EmptyTestEventListener {
 public:
  Listener(reports::record::RecordWriter writer, std::string host)
      : writer_(std::move(writer)), host_(std::move(host)) {}

  void OnTestEnd(const testing::TestInfo& test) override {
    reports::record::Check check;
    check.suite = test.test_suite_name();
    check.check = fmt::format("{}.{}", test.test_suite_name(), test.name());
    check.title = check.check;
    if (host_ != "engine") check.host = host_;
    check.outcome = reports::record::CheckOutcome::Passed;
    check.ms = 1;
    (void)writer_.Write(check);
  }

 private:
  reports::record::RecordWriter writer_;
  std::string host_;
};

}  // namespace
}  // namespace harness::command

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::string records;
  std::string host = "engine";
  for (int index = 1; index + 1 < argc; index += 2) {
    const std::string_view word = argv[index];
    if (word == "--records") records = argv[index + 1];
    if (word == "--host") host = argv[index + 1];
  }
  if (!records.empty()) {
    auto writer = reports::record::RecordWriter::Open(records, reports::record::OpenMode::Append);
    if (!writer) return 3;
    testing::UnitTest::GetInstance()->listeners().Append(new harness::command::Listener(
        std::move(*writer), std::move(host)));  // GoogleTest's from now on
  }
  return RUN_ALL_TESTS();
}
