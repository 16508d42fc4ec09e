#include "reports/notation/notation.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <ctime>

namespace reports::notation {

namespace {

// Three significant digits, never an exponent, no trailing zeros behind a point.
std::string Digits(double value) {
  const double size = std::abs(value);
  if (size >= 99.95) return Count(std::llround(std::min(value, 9e15)));
  if (size >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

}  // namespace

std::string Microseconds(double us) {
  if (!std::isfinite(us)) return "?";
  if (us < 999.5) return Digits(us) + " µs";
  if (us < 999'500) return Digits(us / 1e3) + " ms";
  return Digits(us / 1e6) + " s";
}

std::string Milliseconds(double ms) {
  return Microseconds(ms * 1e3);
}

std::string Span(double seconds) {
  if (!std::isfinite(seconds) || seconds > 9e15) return "?";
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string Kibibytes(double kib) {
  if (!std::isfinite(kib)) return "?";
  if (kib < 1023.5) return Digits(kib) + " KiB";
  if (kib < 1023.5 * 1024) return Digits(kib / 1024) + " MiB";
  return Digits(kib / 1024 / 1024) + " GiB";
}

std::string Rate(double per_second) {
  if (!std::isfinite(per_second)) return "?";
  return Digits(per_second) + "/s";
}

std::string Count(std::int64_t count) {
  std::string text = fmt::format("{}", count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string Ratio(double ratio) {
  if (!std::isfinite(ratio)) return "?";
  return (ratio < 9.95 ? fmt::format("{:.1f}", ratio) : Count(std::llround(ratio))) + "×";
}

std::string Instant(double seconds_since_epoch) {
  // gmtime throws beyond the years it knows; a record may hold anything.
  if (!(seconds_since_epoch > 0 && seconds_since_epoch < 253'402'300'800)) return "?";
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(static_cast<std::time_t>(seconds_since_epoch)));
}

std::string Plural(std::int64_t count, std::string_view noun) {
  const std::string_view ending = count == 1 ? "" : noun.ends_with('s') ? "es" : "s";
  return fmt::format("{} {}{}", Count(count), noun, ending);
}

}  // namespace reports::notation
