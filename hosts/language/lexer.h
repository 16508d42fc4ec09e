#pragma once
// The lexer: a line -> its name and its words.
//
//   # comment         a line whose first character is '#'; nowhere else
//   "a b" 'a b'       quotes group; inside them \" (of the same quote) and \\ stand for the character
//   a"b" "a"b         a quote inside a word is a character; behind a closing quote begins a new word
//   name="a b"        with ValueQuoting::AfterEquals, likewise after the first '=' of a word
//   <Name x> </Name>  a section's beginning and end; what stands behind the last '>' is ignored
//
// Source:  CFG-1; Apache 2.4 for the rest. Where Apache guesses (a quote that is not closed) this
//          refuses.
// Fails:   InvalidInput with file, line and column.

#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/source_line.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

// How Apache's module for WSGI reads its options, as against everybody else.
enum class ValueQuoting { No, AfterEquals };

// The name of a line and where its arguments are.
struct Head {
  enum class Kind { Directive, SectionBegin, SectionEnd };
  Kind kind = Kind::Directive;
  Word name;         // without < and </
  size_t begin = 0;  // of the arguments, in the line's text
  size_t end = 0;
  size_t behind = std::string_view::npos;  // text behind the last '>': what Apache ignores
};

// The line must not be empty.
[[nodiscard]] base::Result<Head> ReadHead(const SourceLine& line);

[[nodiscard]] base::Result<std::vector<Word>> ReadWords(const SourceLine& line,
                                                        size_t begin,
                                                        size_t end,
                                                        ValueQuoting quoting);

// The name in a line that begins with '<', for lines that nobody executes: nothing else is checked.
[[nodiscard]] base::Result<Head> ReadSkippedHead(const SourceLine& line);

}  // namespace hosts::language
