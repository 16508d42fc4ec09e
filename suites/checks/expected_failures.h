#pragma once
// ExpectedFailures: which checks a host is known to fail, and why: suites/expected_failures.json, by host. A pattern names
// checks as GoogleTest's filter does, with * for anything, and every check that it names must fail: one that passes is a
// failure, unless its entry says that it fails `sometimes` (a race that the host loses now and then). A pattern that names no check is
// as wrong. The file says what is, not what was.
//
// Fails:   Read: a file that is missing or is not understood.

#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"

namespace suites::checks {

class ExpectedFailures {
 public:
  [[nodiscard]] static hosts::base::Result<ExpectedFailures> Read(const std::string& file,
                                                                  std::string_view host);

  // Why the check is expected to end so ("failed"; "timed_out" and "crashed" if its entry says so); nothing if it is not.
  [[nodiscard]] std::optional<std::string> ReasonFor(std::string_view check,
                                                     std::string_view outcome) const;
  // What is wrong if the check passes; nothing if it may.
  [[nodiscard]] std::optional<std::string> ComplaintIfPassed(std::string_view check) const;
  // The patterns that fit none of these: of all there are.
  [[nodiscard]] std::vector<std::string> WithoutACheck(
      const std::vector<std::string>& checks) const;

 private:
  struct Entry {
    std::string pattern;
    std::regex expression;
    std::string because;
    std::vector<std::string> outcomes;
    bool may_pass = false;
  };
  std::string file_;
  std::vector<Entry> entries_;
};

}  // namespace suites::checks
