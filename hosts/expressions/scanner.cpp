#include "hosts/expressions/scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace hosts::expressions {
namespace {

using base::Result;
using Kind = Token::Kind;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsNamePart(char c) {
  return IsLetter(c) || IsDigit(c) || c == '_';
}

struct Spelling {
  std::string_view written;
  std::string_view meant;
};

// Longer ones first.
constexpr std::array<Spelling, 13> kSigns = {{{"==", "=="},
                                              {"=~", "=~"},
                                              {"!=", "!="},
                                              {"!~", "!~"},
                                              {"<=", "<="},
                                              {">=", ">="},
                                              {"&&", "&&"},
                                              {"||", "||"},
                                              {"=", "=="},
                                              {"<", "<"},
                                              {">", ">"},
                                              {"!", "!"},
                                              {"", ""}}};

constexpr std::array<Spelling, 10> kWords = {{{"and", "&&"},
                                              {"or", "||"},
                                              {"not", "!"},
                                              {"eq", "eq"},
                                              {"ne", "ne"},
                                              {"lt", "lt"},
                                              {"le", "le"},
                                              {"gt", "gt"},
                                              {"ge", "ge"},
                                              {"in", "in"}}};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      at_ = std::min(text_.find_first_not_of(" \t\n", at_), text_.size());
      Token token;
      token.offset = at_;
      if (at_ < text_.size()) {
        if (const auto read = Read(token); !read) return read.error();
      }
      tokens.push_back(std::move(token));
      if (tokens.back().kind == Kind::End) return tokens;
    }
  }

 private:
  [[nodiscard]] char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  Result<void> Read(Token& token) {
    const char c = Peek();
    if (c == '"' || c == '\'') return ReadQuoted(token);
    if (c == '/' || IsRegexBehindM()) return ReadRegex(token);
    if (text_.substr(at_, 2) == "%{" || (c == '$' && IsDigit(Peek(1)))) return ReadAlone(token);
    if (IsDigit(c) || (c == '-' && IsDigit(Peek(1)))) return ReadNumber(token);
    if (c == '-' && (IsLetter(Peek(1)) || Peek(1) == '_')) return ReadDashed(token);
    if (IsLetter(c)) return ReadName(token);
    if (std::string_view("(){},.").find(c) != std::string_view::npos) {
      token.kind = Kind::Punctuation;
      token.text = c;
      ++at_;
      return {};
    }
    return ReadSign(token);
  }

  // m#pattern#
  [[nodiscard]] bool IsRegexBehindM() const {
    constexpr std::string_view kDelimiters = "/#$%^|?!'\",;:._-";
    if (Peek() != 'm' || at_ + 1 >= text_.size()) return false;
    if (Peek(1) == '_' && IsNamePart(Peek(2))) return false;
    return kDelimiters.find(Peek(1)) != std::string_view::npos;
  }

  Result<void> ReadSign(Token& token) {
    const auto* const sign = std::ranges::find_if(
        kSigns, [this](const Spelling& one) { return text_.substr(at_).starts_with(one.written); });
    if (sign->written.empty()) {
      return WrongAt(at_, "nothing of an expression begins so: texts are written in quotes");
    }
    token.kind = Kind::Operator;
    token.text = sign->meant;
    at_ += sign->written.size();
    return {};
  }

  std::string_view TakeName() {
    const size_t begin = at_;
    while (IsNamePart(Peek()))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  Result<void> ReadNumber(Token& token) {
    const size_t begin = at_++;
    while (IsDigit(Peek()))
      ++at_;
    token.kind = Kind::Number;
    token.text = text_.substr(begin, at_ - begin);
    return {};
  }

  Result<void> ReadDashed(Token& token) {
    ++at_;
    token.text = TakeName();
    token.kind = token.text.size() == 1 ? Kind::Unary : Kind::Binary;
    const auto* const word = std::ranges::find(kWords, token.text, &Spelling::written);
    const bool compares = word != kWords.end() && word->written == word->meant;
    if (compares) token.kind = Kind::Operator;
    return {};
  }

  Result<void> ReadName(Token& token) {
    token.kind = Kind::Name;
    token.text = TakeName();
    const auto* const word = std::ranges::find(kWords, token.text, &Spelling::written);
    if (word == kWords.end()) return {};
    token.kind = Kind::Operator;
    token.text = word->meant;
    return {};
  }

  // The delimiter cannot be escaped.
  Result<void> ReadRegex(Token& token) {
    if (Peek() == 'm') ++at_;
    const char delimiter = Peek();
    const size_t begin = ++at_;
    const size_t end = text_.find(delimiter, begin);
    if (end == std::string_view::npos) {
      return WrongAt(
          token.offset,
          fmt::format("the regular expression that begins here does not end: add {}", delimiter));
    }
    token.kind = Kind::Regex;
    token.text = text_.substr(begin, end - begin);
    at_ = end + 1;
    if (Peek() != 'i') return {};
    token.ignores_case = true;
    ++at_;
    return {};
  }

  Result<void> ReadAlone(Token& token) {
    token.kind = Kind::Text;
    Result<Piece> piece = ReadReference(0);
    if (!piece) return piece.error();
    token.pieces.push_back(*std::move(piece));
    return {};
  }

  Result<void> ReadQuoted(Token& token) {
    token.kind = Kind::Text;
    const char quote = text_[at_++];
    return ReadPieces(token.pieces, quote, 0, token.offset);
  }

  // Up to the end, which is a quote or the brace of a call.
  Result<void> ReadPieces(std::vector<Piece>& pieces, char end, size_t depth, size_t opening) {
    std::string letters;
    const auto flush = [&] {
      if (letters.empty()) return;
      pieces.push_back({.text = std::exchange(letters, {}), .offset = at_});
    };
    while (true) {
      const char c = Peek();
      if (at_ >= text_.size() || c == '\n') {
        return WrongAt(opening, fmt::format("what begins here does not end: add {}", end));
      }
      if (c == end) break;
      if (end == '}' && (c == '"' || c == '\'')) {
        return WrongAt(at_, "a quote may not stand in %{name:argument}: write name('argument')");
      }
      if (text_.substr(at_, 2) == "%{" || (c == '$' && IsDigit(Peek(1)))) {
        flush();
        Result<Piece> piece = ReadReference(depth);
        if (!piece) return piece.error();
        pieces.push_back(*std::move(piece));
        continue;
      }
      const Result<char> letter = ReadLetter();
      if (!letter) return letter.error();
      letters += *letter;
    }
    flush();
    ++at_;
    return {};
  }

  Result<char> ReadLetter() {
    if (Peek() != '\\') return text_[at_++];
    const size_t backslash = at_++;
    if (at_ >= text_.size()) return WrongAt(backslash, "nothing follows the backslash");
    if (IsDigit(Peek())) return ReadOctal(backslash);
    constexpr std::array<std::pair<char, char>, 5> kEscapes = {
        {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'}, {'f', '\f'}}};
    const char c = text_[at_++];
    const auto* const escape = std::ranges::find(kEscapes, c, &std::pair<char, char>::first);
    return escape == kEscapes.end() ? c : escape->second;
  }

  Result<char> ReadOctal(size_t backslash) {
    constexpr int kOctal = 8;
    constexpr unsigned kHighest = 0xff;
    const size_t end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
    const std::string_view digits = text_.substr(at_, end - at_);
    unsigned code = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, kOctal);
    const bool is_whole = error == std::errc() && stop == digits.data() + digits.size();
    if (!is_whole || digits.size() > 3 || code > kHighest || code == 0) {
      return WrongAt(backslash, "this is no character: write \\001 to \\377");
    }
    at_ = end;
    return static_cast<char>(code);
  }

  // %{NAME}, %{name:argument} or $1.
  Result<Piece> ReadReference(size_t depth) {
    Piece piece;
    piece.offset = at_;
    if (Peek() == '$') {
      piece.kind = Piece::Kind::BackReference;
      piece.group = static_cast<size_t>(Peek(1) - '0');
      at_ += 2;
      return piece;
    }
    if (depth == kMostDepth) return WrongAt(at_, "this is nested too deeply");
    at_ += 2;
    piece.text = IsLetter(Peek()) ? TakeName() : std::string_view();
    if (piece.text.empty()) return WrongAt(at_, "a name belongs here: write %{NAME}");
    piece.kind = Piece::Kind::Variable;
    if (Peek() == '}') {
      ++at_;
      return piece;
    }
    if (Peek() != ':') {
      return WrongAt(piece.offset, "what begins here does not end: write %{NAME} or %{name:...}");
    }
    ++at_;
    piece.kind = Piece::Kind::Call;
    if (const auto read = ReadPieces(piece.argument, '}', depth + 1, piece.offset); !read) {
      return read.error();
    }
    if (piece.argument.empty()) {
      return WrongAt(piece.offset,
                     fmt::format("{} needs an argument behind the colon", piece.text));
    }
    return piece;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

base::Error WrongAt(size_t offset, std::string_view what) {
  return {base::ErrorKind::InvalidInput,
          fmt::format("the expression is wrong at its character {}: {}", offset + 1, what)};
}

Result<std::vector<Token>> Scan(std::string_view text) {
  return Scanner(text).Run();
}

}  // namespace hosts::expressions
