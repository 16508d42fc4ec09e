#pragma once
// AnswerCheck: what an answer must be to count as one: a fast error is an error.
//
// Fails:   Mismatch() says in a sentence what is different, or nothing.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness::load {

struct AnswerCheck {
  int status = 200;
  std::optional<std::string> body;    // exactly this
  std::vector<std::string> contains;  // each of these somewhere in the body
  std::vector<std::string> excludes;  // none of these
};

// Allocates nothing.
[[nodiscard]] bool IsAsExpected(const AnswerCheck& check, int status, std::string_view body);

[[nodiscard]] std::optional<std::string> Mismatch(const AnswerCheck& check,
                                                  int status,
                                                  std::string_view body);

}  // namespace harness::load
