#include "hosts/language/lexer.h"

#include <algorithm>
#include <optional>

namespace hosts::language {
namespace {

using base::Result;

bool IsBlank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}
bool IsQuote(char c) {
  return c == '"' || c == '\'';
}

Word Here(const SourceLine& line, size_t offset) {
  return Word{{}, line.At(offset)};
}

// Takes words off a line.
class WordReader {
 public:
  WordReader(const SourceLine& line, size_t begin, size_t end, ValueQuoting quoting)
      : line_(line),
        text_(std::string_view(line.text).substr(0, end)),
        at_(begin),
        quoting_(quoting) {}

  // Null at the end of the line.
  Result<std::optional<Word>> Next() {
    at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
    if (at_ == text_.size()) return std::optional<Word>();
    Word word = Here(line_, at_);
    const Result<void> read = IsQuote(text_[at_]) ? ReadQuoted(word) : ReadPlain(word);
    if (!read) return read.error();
    return std::optional<Word>(std::move(word));
  }

  [[nodiscard]] size_t at() const { return at_; }

 private:
  Result<void> ReadPlain(Word& word) {
    while (at_ < text_.size() && !IsBlank(text_[at_])) {
      if (IsQuote(text_[at_]) && quoting_ == ValueQuoting::AfterEquals && BeginsValue(word.text)) {
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
    const size_t opening = at_;
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      const bool is_escape = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                             (text_[at_ + 1] == quote || text_[at_ + 1] == '\\');
      if (is_escape) ++at_;
      word.text += text_[at_++];
    }
    if (at_ == text_.size()) {
      return Refuse(
          Here(line_, opening), "the quote that begins here is not closed: add {}", quote);
    }
    ++at_;
    return {};
  }

  static bool BeginsValue(std::string_view text) {
    return text.ends_with('=') && text.find('=') == text.size() - 1;
  }

  const SourceLine& line_;
  std::string_view text_;
  size_t at_;
  ValueQuoting quoting_;
};

base::Error RefuseSpace(const SourceLine& line, size_t offset, Head::Kind kind) {
  return Refuse(Here(line, offset),
                "the name of the section must follow {} directly",
                kind == Head::Kind::SectionEnd ? "</" : "<");
}

// Takes < or </ off the name.
Result<void> TakeBracket(const SourceLine& line, size_t offset, Head& head) {
  const bool is_end = head.name.text.starts_with("</");
  head.kind = is_end ? Head::Kind::SectionEnd : Head::Kind::SectionBegin;
  const size_t length = is_end ? 2 : 1;
  head.name.text.erase(0, length);
  head.name.where = line.At(std::min(offset + length, line.text.size() - 1));
  if (head.name.text.empty() || head.name.text == ">") return RefuseSpace(line, offset, head.kind);
  return {};
}

// Apache takes the last '>' for the end, whatever stands behind it.
Result<void> FindBracket(const SourceLine& line, size_t offset, Head& head) {
  const bool is_at_name = head.name.text.ends_with('>');
  if (is_at_name) head.name.text.pop_back();
  const size_t rest = std::min(line.text.find_first_not_of(kBlanks, head.begin), line.text.size());
  if (head.kind == Head::Kind::SectionEnd) {
    if (!is_at_name) {
      return Refuse(
          Here(line, offset), "</{0} must end with >: write </{0}>", Shown(head.name.text));
    }
    if (rest < line.text.size()) head.behind = rest;
    head.end = head.begin;
    return {};
  }
  if (is_at_name && rest == line.text.size()) return {};
  const size_t bracket = line.text.rfind('>');
  if (bracket == std::string::npos || bracket < head.begin) {
    return Refuse(Here(line, offset), "a line that begins with < must end with >: add it");
  }
  head.end = bracket;
  const size_t behind = line.text.find_first_not_of(kBlanks, bracket + 1);
  if (behind != std::string::npos) head.behind = behind;
  return {};
}

}  // namespace

Result<Head> ReadHead(const SourceLine& line) {
  const size_t offset = line.text.find_first_not_of(kBlanks);
  WordReader words(line, 0, line.text.size(), ValueQuoting::No);
  Result<std::optional<Word>> name = words.Next();
  if (!name) return name.error();
  Head head;
  if (!name->has_value()) return head;
  head.name = **std::move(name);
  head.begin = words.at();
  head.end = line.text.size();
  if (!head.name.text.starts_with('<')) return head;
  if (const auto taken = TakeBracket(line, offset, head); !taken) return taken.error();
  if (const auto found = FindBracket(line, offset, head); !found) return found.error();
  return head;
}

Result<std::vector<Word>> ReadWords(const SourceLine& line,
                                    size_t begin,
                                    size_t end,
                                    ValueQuoting quoting) {
  std::vector<Word> read;
  WordReader words(line, begin, end, quoting);
  while (true) {
    Result<std::optional<Word>> word = words.Next();
    if (!word) return word.error();
    if (!word->has_value()) return read;
    read.push_back(**std::move(word));
  }
}

Result<Head> ReadSkippedHead(const SourceLine& line) {
  Head head;
  head.name = Here(line, 0);
  head.name.text = line.text.substr(0, line.text.find_first_of(kBlanks));
  head.begin = head.name.text.size();
  if (const auto taken = TakeBracket(line, 0, head); !taken) return taken.error();
  if (head.kind == Head::Kind::SectionEnd) {
    if (const auto found = FindBracket(line, 0, head); !found) return found.error();
  } else if (head.name.text.ends_with('>')) {
    head.name.text.pop_back();
  }
  return head;
}

}  // namespace hosts::language
