#pragma once
// Scan: the text of an expression -> tokens. What names mean it does not know.
// Piece: a part of a text: letters, a variable %{NAME}, a call %{name:argument}, or $0 to $9.
//
// Fails:   InvalidInput: at which character, and what is wrong there.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"

namespace hosts::expressions {

// How deep parentheses, calls and variables within variables may stand in each other.
inline constexpr size_t kMostDepth = 50;

struct Piece {
  enum class Kind { Letters, Variable, Call, BackReference };
  Kind kind = Kind::Letters;
  std::string text = {};             // letters, or the name
  std::vector<Piece> argument = {};  // of a call
  size_t group = 0;                  // of a back reference
  size_t offset = 0;
};

struct Token {
  enum class Kind {
    End,
    Name,
    Number,
    Text,         // pieces: a quoted text, or one %{...} or $1 that stands alone
    Regex,        // its pattern; never quoted
    Unary,        // -x; without the dash
    Binary,       // -xyz; without the dash
    Operator,     // one of && || ! == != < <= > >= =~ !~ eq ne lt le gt ge in, in this form
    Punctuation,  // one of ( ) { } , .
  };
  Kind kind = Kind::End;
  std::string text = {};
  std::vector<Piece> pieces = {};
  bool ignores_case = false;  // a regex
  size_t offset = 0;

  [[nodiscard]] bool Is(Kind what, std::string_view which) const {
    return kind == what && text == which;
  }
};

// The last one is the End.
[[nodiscard]] base::Result<std::vector<Token>> Scan(std::string_view text);

// The error that stands at a character.
[[nodiscard]] base::Error WrongAt(size_t offset, std::string_view what);

}  // namespace hosts::expressions
