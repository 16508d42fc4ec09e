#pragma once
// Numbers as people write them.

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace hosts::base {

// All of the text, digits only; nullopt when it is anything else, or too large for the type.
template <typename Number>
[[nodiscard]] std::optional<Number> ParseWhole(std::string_view text, int radix = 10) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, radix);
  if (error != std::errc() || stopped != end || text.starts_with('-')) return std::nullopt;
  return number;
}

}  // namespace hosts::base
