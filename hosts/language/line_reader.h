#pragma once
// LineReader: takes lines off the text of a file.
//
// A backslash at the end joins the next line to this one, also in a comment; what stands behind the
// last newline of a file keeps its backslash. Blanks around a line are gone.
//
// Owns:    the text.
// Fails:   InvalidInput with file, line and column: NUL bytes, lines over 1 MiB.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "hosts/language/source_line.h"

namespace hosts::language {

inline constexpr size_t kLongestLine = 1 << 20;

class LineReader {
 public:
  LineReader(std::string text, std::string_view file_name);

  // Null at the end of the text.
  [[nodiscard]] base::Result<std::optional<SourceLine>> Next();

 private:
  [[nodiscard]] base::Error Refuse(size_t offset, const char* message) const;

  std::string text_;
  size_t at_ = 0;
  std::shared_ptr<const std::string> file_;
  int line_number_ = 0;
};

}  // namespace hosts::language
