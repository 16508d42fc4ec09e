#include "hosts/expressions/text_functions.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "hosts/base/letters.h"

namespace hosts::expressions {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool StaysInPath(char c) {
  constexpr std::string_view kSigns = "$-_.+!*'(),:;@&=/~";
  const char lower = base::Lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
         kSigns.find(c) != std::string_view::npos;
}

std::optional<unsigned> HexDigit(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const size_t digit = kDigits.find(base::Lower(c));
  if (digit == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(digit);
}

// What %xx at that place means; nullopt: nothing.
std::optional<char> EscapedAt(std::string_view text, size_t at) {
  if (at + 2 >= text.size()) return std::nullopt;
  const auto high = HexDigit(text[at + 1]);
  const auto low = HexDigit(text[at + 2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high << 4U | *low);
}

}  // namespace

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (StaysInPath(c)) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

std::string Unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const auto meant = EscapedAt(text, i);
    if (!meant || *meant == '\0') return {};
    if (*meant == '/') {
      plain += text.substr(i, 3);
    } else {
      plain += *meant;
    }
    i += 2;
  }
  return plain;
}

std::string ToBase64(std::string_view bytes) {
  std::string encoded;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    const size_t used = std::min<size_t>(bytes.size() - i, 3) + 1;
    for (size_t k = 0; k < 4; ++k)
      encoded += k < used ? kBase64[group >> (18U - 6U * k) & 0x3fU] : '=';
  }
  return encoded;
}

std::string FromBase64(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const size_t digit = kBase64.find(c);
    if (digit == std::string_view::npos) break;
    group = (group << 6U | static_cast<std::uint32_t>(digit)) & 0xffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xffU);
  }
  return bytes.substr(0, bytes.find('\0'));
}

}  // namespace hosts::expressions
