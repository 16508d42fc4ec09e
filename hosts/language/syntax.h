#pragma once
// Word:      one argument as it was meant (quotes and escapes undone), and where it stands.
// Directive: a line "Name argument ...", or a section "<Name argument ...> body </Name>".
//
// The tree of a configuration is a vector of Directives. It knows nothing of what the names mean.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/base/result.h"

namespace hosts::language {

struct Word {
  enum class Quoting { None, Whole, Value };  // "a b"  versus  name="a b"
  std::string text;
  base::SourcePosition where;
  Quoting quoting = Quoting::None;
};

struct Directive {
  Word name;
  std::vector<Word> arguments;
  bool is_section = false;
  std::vector<Directive> body;
  size_t inclusion = 0;  // how its line came in: index in Document::inclusions
};

// A piece of the configuration as a message may show it: short, and without control characters.
[[nodiscard]] std::string Shown(std::string_view text);

// The error that stands at a word. Say what is wrong and what to do.
template <typename... Arguments>
[[nodiscard]] base::Error Refuse(const Word& word,
                                 fmt::format_string<Arguments...> format,
                                 Arguments&&... arguments) {
  return base::Error{base::ErrorKind::InvalidInput,
                     fmt::format(format, std::forward<Arguments>(arguments)...),
                     word.where};
}

}  // namespace hosts::language
