#pragma once
// SourceLine: a line of a file with its continuations joined, which still knows where each part of
//             it stood, also after pieces of it were replaced.
// Splicer:    makes a SourceLine of another by replacing pieces of its text.
//
// Text that was put in by a Splicer stands where the piece stood that it replaced.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"

namespace hosts::language {

struct SourceLine {
  struct Part {
    size_t begin = 0;  // offset in text
    int line = 0;
    int column = 0;               // of the first character
    bool is_replacement = false;  // every character of it stands at `column`
  };
  std::shared_ptr<const std::string> file;
  std::string text;
  std::vector<Part> parts;  // never empty

  [[nodiscard]] base::SourcePosition At(size_t offset) const;
  // Removes blanks at both ends.
  void Trim();
  // Parts of another file are taken for parts of this one.
  void Append(const SourceLine& other);
};

class Splicer {
 public:
  explicit Splicer(const SourceLine& from);
  // Takes over the text up to `begin`, then puts `by` in the place of that up to `end`.
  void Replace(size_t begin, size_t end, std::string_view by);
  // With the rest of the text.
  [[nodiscard]] SourceLine Finish() &&;

 private:
  void TakeOver(size_t end);

  const SourceLine& from_;
  size_t taken_ = 0;
  SourceLine to_;
};

inline constexpr std::string_view kBlanks = " \t\r\v\f\n";

}  // namespace hosts::language
