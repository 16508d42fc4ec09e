#include "reports/gate/foreign_letters.h"

#include <algorithm>
#include <cstddef>

namespace reports::gate {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsAscii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// Behind the string that begins here; the end of the text when it does not end; or where a foreign letter follows a
// backslash, which is no escape.
std::size_t EndOfString(std::string_view toml, std::size_t begin) {
  const char quote = toml[begin];
  const std::string_view opening = toml.substr(begin);
  const bool is_long = opening.size() >= 3 && opening[1] == quote && opening[2] == quote;
  const std::size_t length = is_long ? 3 : 1;
  for (std::size_t at = begin + length; at < toml.size(); ++at) {
    if (toml[at] == '\\' && quote == '"') {
      // What continues a line may be followed by blanks, which are skipped, too.
      const std::size_t next = std::min(toml.find_first_not_of(" \t\r\n", at + 1), toml.size());
      if (next < toml.size() && !IsAscii(toml[next])) return next;
      ++at;
    } else if (toml.substr(at).starts_with(opening.substr(0, length))) {
      return at + length;
    } else if (toml[at] == '\n' && !is_long) {
      return at;  // not ended, which is an error of its own
    }
  }
  return toml.size();
}

LetterPlace PlaceOf(std::string_view toml, std::size_t at) {
  const std::string_view before = toml.substr(0, at);
  const std::size_t line_begin = before.rfind('\n') + 1;  // 0 where there is none
  return {static_cast<int>(std::ranges::count(before, '\n')) + 1,
          static_cast<int>(at - line_begin) + 1};
}

}  // namespace

std::optional<LetterPlace> ForeignLetterIn(std::string_view toml) {
  std::size_t at = toml.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (at < toml.size()) {
    const char c = toml[at];
    if (c == '"' || c == '\'') {
      at = EndOfString(toml, at);
    } else if (c == '#') {
      at = std::min(toml.find('\n', at), toml.size());
    } else if (!IsAscii(c)) {
      return PlaceOf(toml, at);
    } else {
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace reports::gate
