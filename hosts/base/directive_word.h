#pragma once
// DirectiveWord: a word as Apache's language writes it: one with blanks or quotes stands in quotes, and a quote or a backslash in
// it after a backslash. What no directive can hold (a line's end, NUL) is the caller's to refuse.

#include <string>
#include <string_view>

namespace hosts::base {

[[nodiscard]] inline std::string DirectiveWord(std::string_view text) {
  if (!text.empty() && text.find_first_of(" \t\"'\\") == std::string_view::npos) {
    return std::string(text);
  }
  std::string word = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') word += '\\';
    word += letter;
  }
  return word + '"';
}

}  // namespace hosts::base
