#include "suites/checks/expected_failures.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "hosts/base/files.h"

namespace suites::checks {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// With * for anything.
std::regex ExpressionOf(const std::string& pattern) {
  std::string expression;
  for (const char c : pattern) {
    if (c == '*') {
      expression += ".*";
    } else {
      expression += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c)
                                                                     : fmt::format("\\{}", c);
    }
  }
  return std::regex(expression);
}

bool Matches(const std::regex& expression, std::string_view name) {
  return std::regex_match(name.begin(), name.end(), expression);
}

}  // namespace

Result<ExpectedFailures> ExpectedFailures::Read(const std::string& file, std::string_view host) {
  const auto text = hosts::base::ReadFile(file);
  if (!text) return text.error();
  try {
    ExpectedFailures failures;
    failures.file_ = file;
    const auto hosts = nlohmann::json::parse(*text).at("hosts");
    const auto own = hosts.find(host);
    if (own == hosts.end()) return failures;
    for (const auto& entry : *own) {
      const auto outcomes = entry.value("outcomes", std::vector<std::string>{"failed"});
      for (const std::string pattern : entry.at("checks")) {
        failures.entries_.push_back({pattern,
                                     ExpressionOf(pattern),
                                     entry.at("because"),
                                     outcomes,
                                     entry.value("sometimes", false)});
      }
    }
    return failures;
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorKind::InvalidInput, fmt::format("{}: {}", file, error.what())};
  }
}

std::optional<std::string> ExpectedFailures::ReasonFor(std::string_view check,
                                                       std::string_view outcome) const {
  for (const Entry& entry : entries_) {
    const bool has_outcome = std::ranges::find(entry.outcomes, outcome) != entry.outcomes.end();
    if (has_outcome && Matches(entry.expression, check)) return entry.because;
  }
  return std::nullopt;
}

std::optional<std::string> ExpectedFailures::ComplaintIfPassed(std::string_view check) const {
  for (const Entry& entry : entries_) {
    if (entry.may_pass || !Matches(entry.expression, check)) continue;
    return fmt::format(
        "it passes, but {} is expected to fail: say in {} what is so now", entry.pattern, file_);
  }
  return std::nullopt;
}

std::vector<std::string> ExpectedFailures::WithoutACheck(
    const std::vector<std::string>& checks) const {
  std::vector<std::string> patterns;
  for (const Entry& entry : entries_) {
    const bool has_one = std::ranges::any_of(
        checks, [&](const std::string& check) { return Matches(entry.expression, check); });
    if (!has_one) patterns.push_back(entry.pattern);
  }
  return patterns;
}

}  // namespace suites::checks
