#include "hosts/language/lexer.h"

#include <algorithm>
#include <optional>

namespace hosts::language {
namespace {

using base::Error;
using base::Result;
using base::SourcePosition;

constexpr size_t kLongestLine = 1 << 20;
constexpr std::string_view kBlanks = " \t\r\v\f";

bool IsBlank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}
bool IsQuote(char c) {
  return c == '"' || c == '\'';
}

// A line with its continuations joined, which still knows where each part of it stood.
struct JoinedLine {
  struct Part {
    size_t begin = 0;  // offset in text
    int line = 0;
  };
  std::string text;
  std::vector<Part> parts;

  [[nodiscard]] SourcePosition At(size_t offset, std::string_view file_name) const {
    const auto after = std::ranges::upper_bound(parts, offset, {}, &Part::begin);
    const Part& part = *std::prev(after);
    return {std::string(file_name), part.line, static_cast<int>(offset - part.begin) + 1};
  }
};

// Takes lines off a text.
class LineReader {
 public:
  LineReader(std::string_view text, std::string_view file_name)
      : rest_(text), file_name_(file_name) {}

  // Null at the end of the text.
  Result<std::optional<JoinedLine>> Next() {
    if (rest_.empty()) return std::optional<JoinedLine>();
    JoinedLine joined;
    bool is_continued = true;
    while (is_continued && !rest_.empty()) {
      std::string_view line = TakeLine();
      joined.parts.push_back({joined.text.size(), ++line_number_});
      is_continued = line.ends_with('\\');
      if (is_continued) line.remove_suffix(1);
      const size_t nul = line.find('\0');
      if (nul != std::string_view::npos) {
        return Refuse(nul, "a NUL byte: a configuration is text; is this the right file?");
      }
      if (joined.text.size() + line.size() > kLongestLine) {
        return Refuse(0, "the line is longer than 1 MiB: is this the right file?");
      }
      joined.text += line;
    }
    return std::optional<JoinedLine>(std::move(joined));
  }

 private:
  std::string_view TakeLine() {
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  [[nodiscard]] Error Refuse(size_t offset, const char* message) const {
    return Error{base::ErrorKind::InvalidInput,
                 message,
                 SourcePosition{file_name_, line_number_, static_cast<int>(offset) + 1}};
  }

  std::string_view rest_;
  std::string file_name_;
  int line_number_ = 0;
};

// Takes words off a joined line.
class WordReader {
 public:
  WordReader(const JoinedLine& line, size_t begin, size_t end, std::string_view file_name)
      : line_(line),
        text_(std::string_view(line.text).substr(0, end)),
        at_(begin),
        file_name_(file_name) {}

  // Null at the end of the line.
  Result<std::optional<Word>> Next() {
    at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
    if (at_ == text_.size()) return std::optional<Word>();
    Word word{{}, line_.At(at_, file_name_)};
    const Result<void> read = IsQuote(text_[at_]) ? ReadQuoted(word) : ReadPlain(word);
    if (!read) return read.error();
    const size_t variable = word.text.find("${");
    if (variable != std::string::npos && word.text.find('}', variable) != std::string::npos) {
      return Refuse(word,
                    "variables like {} are not offered yet: write the value",
                    Shown(word.text.substr(variable)));
    }
    return std::optional<Word>(std::move(word));
  }

 private:
  Result<void> ReadPlain(Word& word) {
    while (at_ < text_.size() && !IsBlank(text_[at_])) {
      const bool begins_value = word.text.ends_with('=') && IsFirst('=', word.text);
      if (begins_value && IsQuote(text_[at_])) {
        word.quoting = Word::Quoting::Value;
        return ReadQuotedPart(word);
      }
      if (text_.substr(at_, 2) == "\\\\") ++at_;
      word.text += text_[at_++];
    }
    return {};
  }

  Result<void> ReadQuoted(Word& word) {
    word.quoting = Word::Quoting::Whole;
    return ReadQuotedPart(word);
  }

  Result<void> ReadQuotedPart(Word& word) {
    const Word opening{{}, line_.At(at_, file_name_)};
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      const bool is_escape = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                             (IsQuote(text_[at_ + 1]) || text_[at_ + 1] == '\\');
      if (is_escape) ++at_;
      word.text += text_[at_++];
    }
    if (at_ == text_.size()) {
      return Refuse(opening, "the quote that begins here is not closed: add {}", quote);
    }
    ++at_;
    if (at_ < text_.size() && !IsBlank(text_[at_])) {
      return Refuse(Word{{}, line_.At(at_, file_name_)},
                    "text directly behind a closing quote: put a blank between them, or the quotes "
                    "around the whole");
    }
    return {};
  }

  static bool IsFirst(char c, std::string_view text) { return text.find(c) == text.size() - 1; }

  const JoinedLine& line_;
  std::string_view text_;
  size_t at_;
  std::string_view file_name_;
};

Result<Line> SplitIntoWords(const JoinedLine& joined, size_t begin, std::string_view file_name) {
  const std::string& text = joined.text;
  size_t end = text.find_last_not_of(kBlanks) + 1;
  Line line;
  if (text[begin] == '<') {
    const Word bracket{{}, joined.At(begin, file_name)};
    if (text[end - 1] != '>') {
      return Refuse(bracket, "a line that begins with < must end with >: add it");
    }
    --end;
    ++begin;
    line.kind = Line::Kind::SectionBegin;
    if (begin < end && text[begin] == '/') {
      ++begin;
      line.kind = Line::Kind::SectionEnd;
    }
    if (begin == end || IsBlank(text[begin])) {
      return Refuse(bracket,
                    "the name of the section must follow {} directly",
                    line.kind == Line::Kind::SectionEnd ? "</" : "<");
    }
  }
  WordReader words(joined, begin, end, file_name);
  while (true) {
    Result<std::optional<Word>> word = words.Next();
    if (!word) return word.error();
    if (!word->has_value()) return line;
    line.words.push_back(**std::move(word));
  }
}

}  // namespace

Result<std::vector<Line>> SplitIntoLines(std::string_view text, std::string_view file_name) {
  std::vector<Line> lines;
  LineReader reader(text, file_name);
  while (true) {
    const Result<std::optional<JoinedLine>> joined = reader.Next();
    if (!joined) return joined.error();
    if (!joined->has_value()) return lines;
    const JoinedLine& whole = **joined;
    const size_t begin = whole.text.find_first_not_of(kBlanks);
    if (begin == std::string::npos || whole.text[begin] == '#') continue;
    Result<Line> line = SplitIntoWords(whole, begin, file_name);
    if (!line) return line.error();
    lines.push_back(*std::move(line));
  }
}

}  // namespace hosts::language
