#include "suites/checks/expected_failures.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <regex>

#include "hosts/base/files.h"

namespace suites::checks {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// With * for anything.
bool Matches(const std::string& pattern, std::string_view name) {
  std::string expression;
  for (const char c : pattern) {
    if (c == '*') {
      expression += ".*";
    } else {
      expression += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c)
                                                                     : fmt::format("\\{}", c);
    }
  }
  return std::regex_match(name.begin(), name.end(), std::regex(expression));
}

}  // namespace

Result<ExpectedFailures> ExpectedFailures::Read(const std::string& file, std::string_view host) {
  const auto text = hosts::base::ReadFile(file);
  if (!text) return text.error();
  try {
    ExpectedFailures failures;
    const auto hosts = nlohmann::json::parse(*text).at("hosts");
    const auto own = hosts.find(host);
    if (own == hosts.end()) return failures;
    for (const auto& entry : *own) {
      for (const auto& pattern : entry.at("checks"))
        failures.entries_.push_back({pattern.get<std::string>(), entry.at("because")});
    }
    return failures;
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorKind::InvalidInput, fmt::format("{}: {}", file, error.what())};
  }
}

std::optional<std::string> ExpectedFailures::ReasonFor(std::string_view check) const {
  for (const Entry& entry : entries_) {
    if (Matches(entry.pattern, check)) return entry.because;
  }
  return std::nullopt;
}

void ExpectedFailures::Note(std::string_view check, bool has_failed) {
  for (Entry& entry : entries_) {
    if (!Matches(entry.pattern, check)) continue;
    ++entry.ran;
    if (has_failed) ++entry.failed;
  }
}

std::vector<std::string> ExpectedFailures::Stale() const {
  std::vector<std::string> stale;
  for (const Entry& entry : entries_) {
    if (entry.failed < entry.ran) stale.push_back(entry.pattern);
  }
  return stale;
}

}  // namespace suites::checks
