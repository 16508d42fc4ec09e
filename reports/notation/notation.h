#pragma once
// How values are written for people, the same in every report: three significant digits, the unit that
// keeps the number short, UTC.

#include <cstdint>
#include <string>
#include <string_view>

namespace reports::notation {

[[nodiscard]] std::string Microseconds(double us);    // "85.2 µs", "1.24 ms", "12.4 s"
[[nodiscard]] std::string Milliseconds(double ms);    // the same scale
[[nodiscard]] std::string Span(double seconds);       // "4.2 s", "2 min 14 s", "3 h 2 min"
[[nodiscard]] std::string Kibibytes(double kib);      // "1.79 MiB"
[[nodiscard]] std::string Rate(double per_second);    // "1,430/s"
[[nodiscard]] std::string Count(std::int64_t count);  // "12,345"
[[nodiscard]] std::string Ratio(double ratio);        // "2.4×", "35×"
// "2026-01-31 12:00:00 UTC"; "?" for what is no instant.
[[nodiscard]] std::string Instant(double seconds_since_epoch);

// "1 cell", "3 cells", "2 processes".
[[nodiscard]] std::string Plural(std::int64_t count, std::string_view noun);

// "a", "a and b", "a, b and c".
template <typename Range>
[[nodiscard]] std::string List(const Range& words) {
  std::string text;
  std::size_t index = 0;
  for (const auto& word : words) {
    if (index > 0) text += index + 1 == std::size(words) ? " and " : ", ";
    text += word;
    ++index;
  }
  return text;
}

}  // namespace reports::notation
