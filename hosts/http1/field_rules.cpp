#include "hosts/http1/field_rules.h"

#include <algorithm>
#include <cstdint>

#include "hosts/base/letters.h"
#include "hosts/base/numbers.h"

namespace hosts::http1 {

namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view Trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(kBlanks) + 1));
  return text;
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsTokenCharacter(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return IsDigit(c) || (base::Lower(c) >= 'a' && base::Lower(c) <= 'z') ||
         kOthers.find(c) != std::string_view::npos;
}

// Calls `take` for each element that is not empty (RFC 9110, 5.6.1.2), until it returns false.
template <typename Take>
bool ForEachElement(std::string_view list, Take take) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = Trimmed(list.substr(0, comma));
    if (!element.empty() && !take(element)) return false;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return true;
}

}  // namespace

bool IsOnOneLine(std::string_view name, std::string_view value, std::string_view text) {
  const auto is_within = [&](std::string_view part) {
    return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
  };
  if (!is_within(name) || (!value.empty() && !is_within(value))) return false;
  const auto after = [&](const char* at) {
    return text.find_first_not_of(kBlanks, static_cast<std::size_t>(at - text.data()));
  };
  std::size_t at = after(name.data() + name.size() + 1);  // behind the colon
  if (!value.empty()) {
    if (at != static_cast<std::size_t>(value.data() - text.data())) return false;
    at = after(value.data() + value.size());
  }
  constexpr std::size_t kLineEnd = 2;
  if (at == std::string_view::npos || text.substr(at, kLineEnd) != "\r\n") return false;
  const std::string_view next = text.substr(at + kLineEnd, 1);
  return next.empty() || kBlanks.find(next.front()) == std::string_view::npos;
}

Coding ParseCoding(std::string_view value) {
  constexpr int kBad = 400;
  constexpr int kUnknown = 501;
  Coding coding;
  ForEachElement(value, [&coding](std::string_view element) {
    if (!std::ranges::all_of(element, IsTokenCharacter)) {
      coding.refused_status = kBad;
    } else if (!base::SameLetters(element, "chunked")) {
      coding.refused_status = kUnknown;
    } else if (!coding.name.empty()) {
      coding.refused_status = kBad;
    } else {
      coding.name = element;
    }
    return coding.refused_status == 0;
  });
  if (coding.name.empty() && coding.refused_status == 0) coding.refused_status = kBad;
  return coding;
}

bool IsContentLength(std::string_view value) {
  return std::ranges::all_of(value, IsDigit) && base::ParseWhole<std::int64_t>(value);
}

bool IsContinueOnly(std::string_view value) {
  return ForEachElement(
      value, [](std::string_view element) { return base::SameLetters(element, "100-continue"); });
}

bool HasOption(std::string_view list, std::string_view option) {
  return !ForEachElement(
      list, [option](std::string_view element) { return !base::SameLetters(element, option); });
}

bool IsPlainText(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

bool HasVersion(std::string_view line) {
  constexpr std::string_view kExample = "HTTP/1.1";
  const std::size_t blank = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (blank == last || line.find(' ', blank + 1) != last) return false;
  const std::string_view version = line.substr(last + 1);
  return version.size() == kExample.size() && version.starts_with("HTTP/") && IsDigit(version[5]) &&
         version[6] == '.' && IsDigit(version[7]);
}

}  // namespace hosts::http1
