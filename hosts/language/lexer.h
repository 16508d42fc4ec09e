#pragma once
// The lexer: text -> lines of words.
//
//   # comment         a line whose first character, blanks aside, is '#'; nowhere else
//   a line \          a backslash at the end: the next line belongs to this one
//   "a b" 'a b'       quotes group; inside them \" \' and \\ stand for the character
//   name="a b"        likewise after the first '=' of a word
//   <Name x> </Name>  a section's beginning and end, alone on a line
//
// Source:  CFG-1. Where Apache guesses (a quote that is not closed, text behind a closing quote,
//          ${NAME}), this refuses.
// Fails:   InvalidInput with file, line and column; also for NUL bytes and lines over 1 MiB.

#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

struct Line {
  enum class Kind { Directive, SectionBegin, SectionEnd };
  Kind kind = Kind::Directive;
  std::vector<Word> words;  // the name first; never empty
};

[[nodiscard]] base::Result<std::vector<Line>> SplitIntoLines(std::string_view text,
                                                             std::string_view file_name);

}  // namespace hosts::language
