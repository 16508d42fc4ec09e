#include "harness/load/answer_check.h"

#include <fmt/format.h>
#include <string.h>

namespace harness::load {

namespace {

// memmem() is several times faster than string_view::find on pages of HTML.
bool Contains(std::string_view text, std::string_view part) {
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

std::string Shorten(std::string_view text) {
  constexpr size_t kLimit = 120;
  return text.size() <= kLimit ? std::string(text) : std::string(text.substr(0, kLimit)) + "...";
}

}  // namespace

bool IsAsExpected(const AnswerCheck& check, int status, std::string_view body) {
  if (status != check.status) return false;
  if (check.body && body != *check.body) return false;
  for (const std::string& part : check.contains) {
    if (!Contains(body, part)) return false;
  }
  for (const std::string& part : check.excludes) {
    if (Contains(body, part)) return false;
  }
  return true;
}

std::optional<std::string> Mismatch(const AnswerCheck& check, int status, std::string_view body) {
  if (status != check.status) {
    return fmt::format("status {}, not {}: {}", status, check.status, Shorten(body));
  }
  if (check.body && body != *check.body) {
    return fmt::format("body '{}', not '{}'", Shorten(body), Shorten(*check.body));
  }
  for (const std::string& part : check.contains) {
    if (!Contains(body, part)) return fmt::format("'{}' lacks '{}'", Shorten(body), part);
  }
  for (const std::string& part : check.excludes) {
    if (Contains(body, part)) return fmt::format("'{}' must not be in it", part);
  }
  return std::nullopt;
}

}  // namespace harness::load
