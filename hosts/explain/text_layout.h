#pragma once
// How the text of an explanation is laid out: names in a column, facts beside them in lines of a width, and
// behind each who decided it.

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "hosts/explain/render.h"

namespace hosts::explain {

inline constexpr size_t kNameWidth = 15;
inline constexpr size_t kWidth = 100;

// Marks parts of the text, where colours are wanted.
class Writer {
 public:
  explicit Writer(Colours colours) : is_coloured_(colours == Colours::On) {}

  [[nodiscard]] std::string Strong(std::string_view text) const { return Put("1", text); }
  [[nodiscard]] std::string Faint(std::string_view text) const { return Put("2", text); }
  [[nodiscard]] std::string Bad(std::string_view text) const { return Put("31", text); }
  [[nodiscard]] std::string Doubtful(std::string_view text) const { return Put("33", text); }
  [[nodiscard]] std::string Good(std::string_view text) const { return Put("32", text); }

 private:
  [[nodiscard]] std::string Put(std::string_view code, std::string_view text) const {
    return is_coloured_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  bool is_coloured_;
};

// Words into lines of the width; the lines after the first are indented.
[[nodiscard]] std::string Wrapped(std::string_view text, size_t first, size_t indent);

// Who decided a fact: "[site.conf:3: Require, LOAD-6]".
[[nodiscard]] std::string By(const Fact& fact);

// A fact beside its label; `by` says who decided it.
void WriteFact(std::string_view label,
               const Fact& fact,
               const std::string& by,
               const Writer& writer,
               std::string& text);

// render_group.cpp
void WriteGroup(const GroupExplanation& group, const Writer& writer, std::string& text);

}  // namespace hosts::explain
