#include "suites/isolation/expectations.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hosts/base/files.h"
#include "suites/hosts_under_test/check.h"

namespace suites::isolation {

using hosts::base::Error;
using hosts::base::ErrorKind;
using nlohmann::json;

namespace {

json ReadExpected() {
  return json::parse(hosts_under_test::Need(hosts::base::ReadFile(WSGILAB_EXPECTED)));
}

[[noreturn]] void NotUnderstood(const json::exception& error) {
  hosts_under_test::EndCheck(
      {ErrorKind::System, fmt::format("{}: {}", WSGILAB_EXPECTED, error.what())});
}

}  // namespace

Expectation ExpectationOf(std::string_view probe, std::string_view pairing) {
  try {
    const json expected = ReadExpected();
    const json& entry = expected.at("probes").at(std::string(probe));
    const auto in_row = [&](const char* row) {
      return expected.at("rows").at(entry.at(row).get<std::string>()).at(std::string(pairing));
    };
    Expectation expectation;
    expectation.warm = in_row("row");
    if (entry.contains("cold")) expectation.cold = in_row("cold");
    const json& deviations = expected.at("deviations");
    const std::string name = fmt::format("{}/{}", probe, pairing);
    if (deviations.contains(name)) {
      expectation.warm = deviations.at(name).at("instead");
      expectation.deviation = deviations.at(name).at("because");
    }
    return expectation;
  } catch (const json::exception& error) {
    NotUnderstood(error);
  }
}

void AboutProbe(std::string_view probe,
                std::string_view title,
                const Pairing& pairing,
                const Expectation& expectation) {
  using testing::Test;
  Test::RecordProperty("suite", "isolation");
  Test::RecordProperty("rule", "INTERP-10");
  Test::RecordProperty("level", "must");
  Test::RecordProperty("mode", std::string(pairing.mode));
  Test::RecordProperty("title", std::string(title));
  Test::RecordProperty("expected", expectation.warm);
  Test::RecordProperty("probe", std::string(probe));
  Test::RecordProperty("pairing", std::string(pairing.title));
}

}  // namespace suites::isolation
