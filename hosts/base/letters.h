#pragma once
// Letters: ASCII letters without regard to their case, whatever the locale.

#include <algorithm>
#include <string>
#include <string_view>

namespace hosts::base {

[[nodiscard]] constexpr char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), Lower);
  return lowered;
}

[[nodiscard]] inline std::string Uppered(std::string_view text) {
  std::string uppered(text);
  std::ranges::transform(uppered, uppered.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return uppered;
}

[[nodiscard]] constexpr bool SameLetters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, Lower, Lower);
}

}  // namespace hosts::base
