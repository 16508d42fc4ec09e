#include "hosts/wsgi/header_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/base/numbers.h"
#include "hosts/wsgi/error_page.h"

namespace hosts::wsgi {

using base::Error;
using base::ErrorKind;

namespace {

// RFC 2616, section 13.5.1, as PEP 3333 refers to it.
constexpr std::array<std::string_view, 8> kHopByHop = {"connection",
                                                       "keep-alive",
                                                       "proxy-authenticate",
                                                       "proxy-authorization",
                                                       "te",
                                                       "trailers",
                                                       "transfer-encoding",
                                                       "upgrade"};

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

constexpr std::array<bool, 256> MakeTokenTable() {
  std::array<bool, 256> table{};
  for (size_t c = 0; c < 256; ++c) {
    table[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
  for (const char c : kTokenMarks)
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kIsToken = MakeTokenTable();

bool IsTokenCharacter(char c) {
  return kIsToken[static_cast<unsigned char>(c)];
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}
bool IsControlButTab(char c) {
  return IsControl(c) && c != '\t';
}

Error Invalid(std::string message) {
  return Error{ErrorKind::InvalidInput, std::move(message)};
}

// Only lengths that occur in the list are compared at all.
bool IsHopByHop(std::string_view name) {
  return std::ranges::any_of(kHopByHop, [&](std::string_view hop) {
    return hop.size() == name.size() && base::SameLetters(hop, name);
  });
}

}  // namespace

base::Result<Status> ParseStatus(std::string_view text) {
  const bool has_code = text.size() >= 3 && std::ranges::all_of(text.substr(0, 3), IsDigit);
  if (!has_code || (text.size() > 3 && text[3] != ' ')) {
    return Invalid("a status is three digits, and a space and a reason if there is one");
  }
  Status status;
  std::from_chars(text.data(), text.data() + 3, status.code);
  if (status.code < 200) return Invalid("a final status is 200 or more");
  if (text.size() == 3) {
    status.reason = StandardReason(status.code);
    return status;
  }
  status.reason = text.substr(4);
  if (std::ranges::any_of(status.reason, IsControl)) {
    return Invalid("the reason of a status has a control character in it");
  }
  return status;
}

base::Result<void> CheckHeader(std::string_view name, std::string_view value) {
  if (name.empty()) return Invalid("a header has an empty name");
  if (!std::ranges::all_of(name, IsTokenCharacter)) {
    return Invalid("the name of a header has a character in it that no name may have");
  }
  if (std::ranges::any_of(value, IsControlButTab)) {
    return Invalid(fmt::format("the value of header {} has a control character in it", name));
  }
  if (IsHopByHop(name)) {
    return Invalid(fmt::format("{} is a hop-by-hop header, which only the server may set", name));
  }
  return {};
}

base::Result<std::uint64_t> ParseContentLength(std::string_view text) {
  const auto length = base::ParseWhole<std::uint64_t>(text);
  if (!length || !std::in_range<std::int64_t>(*length)) {
    return Invalid("Content-Length is not a whole number of bytes, 2^63 - 1 at most");
  }
  return *length;
}

}  // namespace hosts::wsgi
