#pragma once
// ForeignLetterIn: where a TOML text has a letter that is not ASCII outside of strings and comments, or behind a backslash: no rule has one
//                  there, and toml++ 3.3.0 has undefined behaviour for it (an unreachable place in its table of blanks).
//
// Pure.

#include <optional>
#include <string_view>

namespace reports::gate {

struct LetterPlace {
  int line = 1;
  int column = 1;
};

// The first, or nothing.
[[nodiscard]] std::optional<LetterPlace> ForeignLetterIn(std::string_view toml);

}  // namespace reports::gate
