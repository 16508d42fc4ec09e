#include "suites/checks/record_listener.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <optional>

#include "harness/adapters/catalogue.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::checks {

using reports::record::CheckOutcome;

namespace {

using Properties = std::map<std::string, std::string>;

Properties PropertiesOf(const testing::TestResult& result) {
  Properties properties;
  for (int index = 0; index < result.test_property_count(); ++index) {
    const testing::TestProperty& property = result.GetTestProperty(index);
    properties[property.key()] = property.value();
  }
  return properties;
}

std::optional<std::string> Get(const Properties& properties, const char* key) {
  const auto found = properties.find(key);
  if (found == properties.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::string NameOf(const testing::TestInfo& test) {
  return fmt::format("{}.{}", test.test_suite_name(), test.name());
}

// A test that failed may know better what kind of failure it was.
CheckOutcome OutcomeOf(const testing::TestResult& result, const Properties& properties) {
  const auto word = Get(properties, "outcome");
  if (result.Skipped()) {
    return word ? reports::record::FromWord<CheckOutcome>(*word).value_or(CheckOutcome::Skipped)
                : CheckOutcome::Skipped;
  }
  if (result.Passed()) return CheckOutcome::Passed;
  return word ? reports::record::FromWord<CheckOutcome>(*word).value_or(CheckOutcome::Failed)
              : CheckOutcome::Failed;
}

// Why it was expected to end so; nothing if it was not. That it fails may be expected, not that the host crashes or is
// silent, unless that is said; and never that the host was found to be of no use to any check.
std::optional<std::string> ReasonFor(const std::string& name,
                                     CheckOutcome outcome,
                                     const Properties& properties,
                                     const ExpectedFailures& expected) {
  if (Get(properties, "host") == "unusable") return std::nullopt;
  return expected.ReasonFor(name, Name(outcome));
}

// What the failures or the skip said, one after the other.
std::string MessagesOf(const testing::TestResult& result) {
  std::string messages;
  for (int index = 0; index < result.total_part_count(); ++index) {
    const testing::TestPartResult& part = result.GetTestPartResult(index);
    if (part.passed()) continue;
    if (!messages.empty()) messages += "\n";
    messages += part.message();
  }
  return messages;
}

}  // namespace

reports::record::Check CheckOf(const testing::TestInfo& test,
                               const std::string& program,
                               const ExpectedFailures& expected) {
  const testing::TestResult& result = *test.result();
  const Properties properties = PropertiesOf(result);
  reports::record::Check check;
  check.check = NameOf(test);
  check.suite = Get(properties, "suite").value_or(test.test_suite_name());
  if (hosts_under_test::ChosenHost() != harness::adapters::kEngine)
    check.host = hosts_under_test::ChosenHost();
  check.rule = Get(properties, "rule");
  check.level =
      reports::record::FromWord<reports::record::Level>(Get(properties, "level").value_or("must"))
          .value_or(reports::record::Level::Must);
  check.mode = Get(properties, "mode").value_or("");
  check.title = Get(properties, "title").value_or(check.check);
  check.expected = Get(properties, "expected");
  check.observed = Get(properties, "observed");
  check.outcome = OutcomeOf(result, properties);
  check.detail = Get(properties, "detail");
  if (check.outcome != CheckOutcome::Passed) {
    const std::string messages = MessagesOf(result);
    check.detail = check.detail ? *check.detail + "\n" + messages : messages;
  }
  if (const auto reason = ReasonFor(check.check, check.outcome, properties, expected);
      reason && result.Failed()) {
    check.outcome = CheckOutcome::ExpectedFailure;
    check.detail = fmt::format("{}\n{}", *reason, check.detail.value_or(""));
  }
  if (auto complaint = expected.ComplaintIfPassed(check.check); complaint && result.Passed()) {
    check.outcome = CheckOutcome::Failed;
    check.detail = std::move(*complaint);
  }
  check.ms = static_cast<double>(result.elapsed_time());
  check.reproduce = fmt::format("{} --gtest_filter={}", program, check.check);
  check.transcript = Get(properties, "transcript");
  check.probe = Get(properties, "probe");
  check.pairing = Get(properties, "pairing");
  check.settings_asked = Get(properties, "settings_asked");
  check.settings_served = Get(properties, "settings_served");
  return check;
}

void FailureListener::OnTestEnd(const testing::TestInfo& test) {
  const std::string name = NameOf(test);
  const Properties properties = PropertiesOf(*test.result());
  const auto outcome = OutcomeOf(*test.result(), properties);
  if (test.result()->Skipped()) {
    // It would have been made, on a host that serves: that is no success of the run, whoever has failed before it.
    if (outcome == CheckOutcome::DependencyFailed) has_unexpected_ = true;
    return;
  }
  if (test.result()->Passed()) {
    const auto complaint = expected_.ComplaintIfPassed(name);
    if (!complaint) return;
    std::fputs(fmt::format("wsgilab-checks: {}: {}\n", name, *complaint).c_str(), stderr);
    has_unexpected_ = true;
    return;
  }
  if (!ReasonFor(name, outcome, properties, expected_)) has_unexpected_ = true;
}

void RecordListener::OnTestEnd(const testing::TestInfo& test) {
  const auto written = writer_.Write(CheckOf(test, program_, expected_));
  if (written) return;
  is_complete_ = false;
  std::fputs(fmt::format("wsgilab-checks: {}\n", written.error().Text()).c_str(), stderr);
}

}  // namespace suites::checks
