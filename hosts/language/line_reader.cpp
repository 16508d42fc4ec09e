#include "hosts/language/line_reader.h"

#include <algorithm>

namespace hosts::language {

using base::Error;
using base::Result;

LineReader::LineReader(std::string text, std::string_view file_name)
    : text_(std::move(text)), file_(std::make_shared<const std::string>(file_name)) {}

Result<std::optional<SourceLine>> LineReader::Next() {
  if (at_ == text_.size()) return std::optional<SourceLine>();
  SourceLine joined;
  joined.file = file_;
  bool is_continued = true;
  while (is_continued && at_ < text_.size()) {
    const size_t newline = text_.find('\n', at_);
    const bool is_last = newline == std::string::npos;
    std::string_view line = std::string_view(text_).substr(at_, newline - at_);
    at_ = is_last ? text_.size() : newline + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    joined.parts.push_back({joined.text.size(), ++line_number_, 1});
    const size_t nul = line.find('\0');
    if (nul != std::string_view::npos) {
      return Refuse(nul, "a NUL byte: a configuration is text; is this the right file?");
    }
    if (joined.text.size() + line.size() > kLongestLine) {
      return Refuse(0, "the line is longer than 1 MiB: is this the right file?");
    }
    joined.text += line;
    // A backslash that another one has left over before an empty line counts again.
    is_continued = !is_last && joined.text.ends_with('\\');
    if (is_continued) joined.text.pop_back();
  }
  joined.Trim();
  return std::optional<SourceLine>(std::move(joined));
}

Error LineReader::Refuse(size_t offset, const char* message) const {
  return Error{base::ErrorKind::InvalidInput,
               message,
               base::SourcePosition{*file_, line_number_, static_cast<int>(offset) + 1}};
}

}  // namespace hosts::language
