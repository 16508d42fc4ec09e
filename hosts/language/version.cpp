#include "hosts/language/version.h"

#include <array>
#include <compare>
#include <optional>

#include "hosts/base/pattern.h"

namespace hosts::language {
namespace {

using base::Result;

using Version = std::array<int, 3>;

constexpr size_t kLongestRegex = 200;

// "2.4.67", "2.4", "2."; nullopt when it is something else.
std::optional<Version> ParseVersion(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Version version{};
  size_t part = 0;
  bool has_digit = false;
  for (const char c : text) {
    if (c == '.' && has_digit && part < 2) {
      ++part;
    } else if (c >= '0' && c <= '9' && version[part] < 100'000) {
      has_digit = true;
      version[part] = version[part] * 10 + (c - '0');
    } else {
      return std::nullopt;
    }
  }
  return version;
}

Result<bool> MatchesRegex(const Word& word, std::string_view pattern, std::string_view version) {
  if (pattern.size() > kLongestRegex || pattern.find('{') != std::string_view::npos) {
    return Refuse(word,
                  "the regular expression is longer than {} characters or has {{}}: compare with "
                  ">= and < instead",
                  kLongestRegex);
  }
  const auto regex = base::Regex::Compile(pattern);
  if (!regex) return Refuse(word, "{} is not a regular expression: correct it", Shown(pattern));
  return regex->Fits(version);
}

Result<bool> Compares(const Word& word, std::string_view by, std::string_view version) {
  const std::optional<Version> asked = ParseVersion(word.text);
  if (!asked) {
    return Refuse(word,
                  "{} is not a version: write MAJOR[.MINOR[.PATCH]], with a blank behind the "
                  "operator",
                  Shown(word.text));
  }
  const auto order = ParseVersion(version).value_or(Version{}) <=> *asked;
  if (by == "<") return std::is_lt(order);
  if (by == "<=") return std::is_lteq(order);
  if (by == ">") return std::is_gt(order);
  if (by == ">=") return std::is_gteq(order);
  return std::is_eq(order);
}

}  // namespace

Result<bool> MatchesVersion(const Word& section,
                            const std::vector<Word>& words,
                            std::string_view version) {
  if (words.empty()) return Refuse(section, "<{0}> needs more: write <{0} >= 2.4>", section.text);
  if (words.size() > 2) {
    return Refuse(words[2], "{} is more than <IfVersion> takes: remove it", Shown(words[2].text));
  }
  const Word& asked = words.back();
  std::string_view by = words.size() == 2 ? std::string_view(words[0].text) : "=";
  if (by == "~" || by == "!~") {
    const Result<bool> found = MatchesRegex(asked, asked.text, version);
    if (!found) return found.error();
    return *found == (by == "~");
  }
  const bool is_negated = by == "!=";
  const bool is_equality = by == "=" || by == "==" || by == "!=";
  if (!is_equality && by != "<" && by != "<=" && by != ">" && by != ">=") {
    return Refuse(words[0],
                  "{} is not an operator of <IfVersion>: write one of = == != < <= > >= ~ !~",
                  Shown(by));
  }
  std::string_view text = asked.text;
  Result<bool> matches = false;
  if (is_equality && text.starts_with('/')) {
    if (text.size() < 2 || !text.ends_with('/')) {
      return Refuse(asked, "the regular expression {} does not end with /: add it", Shown(text));
    }
    matches = MatchesRegex(asked, text.substr(1, text.size() - 2), version);
  } else {
    matches = Compares(asked, by, version);
  }
  if (!matches) return matches.error();
  return *matches != is_negated;
}

}  // namespace hosts::language
