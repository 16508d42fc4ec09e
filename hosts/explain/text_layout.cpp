#include "hosts/explain/text_layout.h"

namespace hosts::explain {

std::string Wrapped(std::string_view text, size_t first, size_t indent) {
  std::string wrapped;
  size_t column = first;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (column + word.size() > kWidth && column > indent) {
      while (wrapped.ends_with(' '))
        wrapped.pop_back();
      wrapped += "\n" + std::string(indent, ' ');
      column = indent;
    }
    wrapped += word;
    column += word.size() + 1;
    if (end < text.size()) wrapped += ' ';
    at = end + 1;
  }
  return wrapped;
}

std::string By(const Fact& fact) {
  if (fact.origin.line == 0) return fmt::format("[default, {}]", fact.rule);
  return fmt::format("[{}: {}, {}]", AsWritten(fact.origin), fact.written, fact.rule);
}

void WriteFact(std::string_view label,
               const Fact& fact,
               const std::string& by,
               const Writer& writer,
               std::string& text) {
  const size_t indent = 2 + kNameWidth;
  std::string line = fmt::format("  {:<{}}", label, kNameWidth);
  const std::string meaning = Wrapped(fact.meaning, indent, indent);
  const size_t last_line = meaning.size() - (meaning.rfind('\n') + 1);
  const bool is_one_line = meaning.find('\n') == std::string::npos;
  const size_t column = is_one_line ? indent + last_line : last_line;
  line += meaning;
  line += column + 2 + by.size() <= kWidth ? "  " : "\n" + std::string(indent + 2, ' ');
  text += line + writer.Faint(by) + "\n";
}

}  // namespace hosts::explain
