#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/letters.h"
#include "hosts/expressions/node.h"
#include "hosts/expressions/scanner.h"

namespace hosts::expressions {
namespace {

constexpr size_t kMostRegexBytes = 256 << 10;  // of those of one expression, compiled

using base::Result;
using Kind = Node::Kind;

struct ComparisonName {
  std::string_view text;
  std::string_view number;
  Comparison comparison;
};

constexpr std::array<ComparisonName, 6> kComparisons = {{
    {"==", "eq", Comparison::Equal},
    {"!=", "ne", Comparison::NotEqual},
    {"<", "lt", Comparison::Less},
    {"<=", "le", Comparison::LessOrEqual},
    {">", "gt", Comparison::Greater},
    {">=", "ge", Comparison::GreaterOrEqual},
}};

// By descent; each function takes off what it is named for.
class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<Tree> Run() {
    Result<Node> root = ReadOr();
    if (!root) return root.error();
    if (Next().kind != Token::Kind::End) {
      return WrongAt(Next().offset,
                     "the expression is complete here: join another one with && or ||");
    }
    return Tree{std::make_shared<const Node>(*std::move(root)), std::move(foreign_), regex_bytes_};
  }

 private:
  // One step down, while it lives.
  class Step {
   public:
    explicit Step(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { --parser_.depth_; }
    [[nodiscard]] bool is_too_deep() const { return parser_.depth_ > kMostDepth; }

   private:
    Parser& parser_;
  };

  [[nodiscard]] const Token& Next() const { return tokens_[at_]; }
  [[nodiscard]] bool NextIs(Token::Kind kind, std::string_view text) const {
    return Next().Is(kind, text);
  }
  const Token& Take() { return tokens_[at_++]; }

  [[nodiscard]] bool Takes(Token::Kind kind, std::string_view text) {
    if (!NextIs(kind, text)) return false;
    ++at_;
    return true;
  }

  Result<void> Demand(std::string_view punctuation) {
    if (Takes(Token::Kind::Punctuation, punctuation)) return {};
    return WrongAt(Next().offset, fmt::format("{} belongs here", punctuation));
  }

  void NoteForeign(std::string_view name, std::string_view why) {
    if (foreign_.empty()) foreign_ = fmt::format("{}: {}", name, why);
  }

  Result<Node> ReadOr() {
    const Step step(*this);
    if (step.is_too_deep()) return WrongAt(Next().offset, "this is nested too deeply");
    return ReadJoined(Kind::Or, "||", &Parser::ReadAnd);
  }

  Result<Node> ReadAnd() { return ReadJoined(Kind::And, "&&", &Parser::ReadNot); }

  Result<Node> ReadJoined(Kind kind, std::string_view sign, Result<Node> (Parser::*read)()) {
    Result<Node> first = (this->*read)();
    if (!first || !NextIs(Token::Kind::Operator, sign)) return first;
    Node joined{.kind = kind};
    joined.inner.push_back(*std::move(first));
    while (Takes(Token::Kind::Operator, sign)) {
      Result<Node> another = (this->*read)();
      if (!another) return another;
      joined.inner.push_back(*std::move(another));
    }
    return joined;
  }

  Result<Node> ReadNot() {
    bool is_negated = false;
    while (Takes(Token::Kind::Operator, "!"))
      is_negated = !is_negated;
    Result<Node> condition = ReadCondition();
    if (!condition || !is_negated) return condition;
    Node negated{.kind = Kind::Not};
    negated.inner.push_back(*std::move(condition));
    return negated;
  }

  Result<Node> ReadCondition() {
    if (Takes(Token::Kind::Name, "true")) return Node{.kind = Kind::True};
    if (Takes(Token::Kind::Name, "false")) return Node{.kind = Kind::False};
    if (Next().kind == Token::Kind::Unary) return ReadUnary();
    if (Takes(Token::Kind::Punctuation, "(")) {
      Result<Node> inner = ReadOr();
      if (!inner) return inner;
      if (const auto closed = Demand(")"); !closed) return closed.error();
      return inner;
    }
    Result<Node> left = ReadWord();
    if (!left) return left;
    return ReadComparison(*std::move(left));
  }

  Result<Node> ReadUnary() {
    const Token& name = Take();
    const TestRow* row = FindUnary(name.text);
    if (row == nullptr) return WrongAt(name.offset, UnknownUnary(name.text));
    Result<Node> word = ReadWord();
    if (!word) return word;
    return MakeTest(*row, name, {}, *std::move(word));
  }

  Result<Node> ReadComparison(Node left) {
    const Token& sign = Take();
    if (sign.kind == Token::Kind::Binary) return ReadBinary(std::move(left), sign);
    if (sign.kind == Token::Kind::Operator) {
      if (sign.text == "=~") return ReadMatch(Kind::Match, std::move(left));
      if (sign.text == "!~") return ReadMatch(Kind::NotMatch, std::move(left));
      if (sign.text == "in") return ReadIn(std::move(left));
      for (const ComparisonName& name : kComparisons) {
        if (sign.text != name.text && sign.text != name.number) continue;
        Result<Node> right = ReadWord();
        if (!right) return right;
        const Kind kind = sign.text == name.text ? Kind::CompareTexts : Kind::CompareNumbers;
        return WithOperands(
            {.kind = kind, .comparison = name.comparison}, std::move(left), *std::move(right));
      }
    }
    return WrongAt(sign.offset, "a word alone is no condition: compare it, or write -n before it");
  }

  static Node WithOperands(Node node, Node left, Node right) {
    node.inner.push_back(std::move(left));
    node.inner.push_back(std::move(right));
    return node;
  }

  Result<Node> ReadBinary(Node left, const Token& name) {
    const TestRow* row = FindBinary(name.text);
    if (row == nullptr) return WrongAt(name.offset, UnknownBinary(name.text));
    Result<Node> right = ReadWord();
    if (!right) return right;
    return MakeTest(*row, name, std::move(left), *std::move(right));
  }

  // The last word is what it is tested against; a network must be known beforehand.
  Result<Node> MakeTest(const TestRow& row,
                        const Token& name,
                        std::optional<Node> left,
                        Node right) {
    if (!row.foreign.empty()) NoteForeign(fmt::format("-{}", row.name), row.foreign);
    Node test{.kind = Kind::Test, .test = row.test};
    if (row.test == Test::IsClientIn || row.test == Test::IsAddressIn) {
      test.network =
          right.kind == Kind::Letters ? base::Network::Parse(right.letters) : std::nullopt;
      if (!test.network) {
        return WrongAt(
            name.offset,
            fmt::format("-{} needs an address or a network: write '10.0.0.0/8'", name.text));
      }
    }
    if (left) test.inner.push_back(*std::move(left));
    test.inner.push_back(std::move(right));
    return test;
  }

  Result<Node> ReadMatch(Kind kind, Node left) {
    const Token& pattern = Take();
    if (pattern.kind != Token::Kind::Regex) {
      return WrongAt(pattern.offset, "a regular expression belongs here: write /.../ or m#...#");
    }
    const auto letters =
        pattern.ignores_case ? base::Regex::Case::Ignored : base::Regex::Case::Matters;
    const Result<base::Regex> regex = base::Regex::Compile(pattern.text, letters);
    if (!regex) return WrongAt(pattern.offset, regex.error().message);
    regex_bytes_ += regex->size_bytes();
    if (regex_bytes_ > kMostRegexBytes) {
      return WrongAt(pattern.offset, "its regular expressions are too large: repeat less");
    }
    Node match{.kind = kind, .regex = *regex};
    match.inner.push_back(std::move(left));
    return match;
  }

  // in {'a', 'b'}, or in function('argument'): all that is known to return lists is foreign.
  Result<Node> ReadIn(Node left) {
    Node in{.kind = Kind::In};
    in.inner.push_back(std::move(left));
    if (Next().kind == Token::Kind::Name) {
      const size_t offset = Next().offset;
      if (!base::SameLetters(Next().text, "PeerExtList")) {
        return WrongAt(offset, fmt::format("there is no list {}: write {{'a', 'b'}}", Next().text));
      }
      Result<Node> call = ReadWord();
      if (!call) return call;
      return in;
    }
    if (const auto opened = Demand("{"); !opened) return opened.error();
    do {
      Result<Node> word = ReadWord();
      if (!word) return word;
      in.inner.push_back(*std::move(word));
    } while (Takes(Token::Kind::Punctuation, ","));
    if (const auto closed = Demand("}"); !closed) return closed.error();
    return in;
  }

  Result<Node> ReadWord() {
    const Step step(*this);
    if (step.is_too_deep()) return WrongAt(Next().offset, "this is nested too deeply");
    Result<Node> first = ReadPart();
    if (!first || !NextIs(Token::Kind::Punctuation, ".")) return first;
    Node joined{.kind = Kind::Concatenation};
    joined.inner.push_back(*std::move(first));
    while (Takes(Token::Kind::Punctuation, ".")) {
      Result<Node> another = ReadPart();
      if (!another) return another;
      joined.inner.push_back(*std::move(another));
    }
    return joined;
  }

  Result<Node> ReadPart() {
    const Token& token = Take();
    switch (token.kind) {
      case Token::Kind::Number:
        return Node{.kind = Kind::Letters, .letters = token.text};
      case Token::Kind::Text:
        return NodeOf(token.pieces);
      case Token::Kind::Name:
        if (NextIs(Token::Kind::Punctuation, "(")) return ReadCall(token);
        return WrongAt(
            token.offset,
            fmt::format("{0} means nothing by itself: write '{0}' in quotes, or %{{{0}}}",
                        token.text));
      case Token::Kind::End:
        return WrongAt(token.offset, "the expression ends where a word belongs");
      default:
        return WrongAt(token.offset, "a word belongs here: a text in quotes, %{NAME}, name('...')");
    }
  }

  Result<Node> ReadCall(const Token& name) {
    if (const auto opened = Demand("("); !opened) return opened.error();
    Result<Node> argument = ReadWord();
    if (!argument) return argument;
    if (const auto closed = Demand(")"); !closed) return closed.error();
    return MakeCall(name.text, name.offset, *std::move(argument));
  }

  Result<Node> MakeCall(const std::string& name, size_t offset, Node argument) {
    const FunctionRow* row = FindFunction(name);
    if (row == nullptr) return WrongAt(offset, UnknownFunction(name));
    if (!row->foreign.empty()) NoteForeign(row->name, row->foreign);
    Node call{.kind = Kind::Call, .function = row->function};
    call.inner.push_back(std::move(argument));
    return call;
  }

  Result<Node> NodeOf(const std::vector<Piece>& pieces) {
    if (pieces.size() == 1) return NodeOf(pieces.front());
    Node joined{.kind = Kind::Concatenation};
    for (const Piece& piece : pieces) {
      Result<Node> part = NodeOf(piece);
      if (!part) return part;
      joined.inner.push_back(*std::move(part));
    }
    if (joined.inner.empty()) joined.kind = Kind::Letters;
    return joined;
  }

  // As deep as the scanner let it be.
  Result<Node> NodeOf(const Piece& piece) {
    switch (piece.kind) {
      case Piece::Kind::Letters:
        return Node{.kind = Kind::Letters, .letters = piece.text};
      case Piece::Kind::BackReference:
        return Node{.kind = Kind::BackReference, .group = piece.group};
      case Piece::Kind::Variable: {
        const VariableRow* row = FindVariable(piece.text);
        if (row == nullptr) return WrongAt(piece.offset, UnknownVariable(piece.text));
        if (!row->foreign.empty()) NoteForeign(piece.text, row->foreign);
        return Node{.kind = Kind::Variable, .variable = row};
      }
      case Piece::Kind::Call: {
        Result<Node> argument = NodeOf(piece.argument);
        if (!argument) return argument;
        return MakeCall(piece.text, piece.offset, *std::move(argument));
      }
    }
    CHECK(false, "a piece has one of four kinds");
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t depth_ = 0;
  std::string foreign_;
  size_t regex_bytes_ = 0;
};

}  // namespace

Result<Tree> ParseTree(std::string_view text) {
  constexpr size_t kMostLetters = 16'384;
  if (text.size() > kMostLetters) {
    return WrongAt(kMostLetters, fmt::format("it is longer than {} characters", kMostLetters));
  }
  Result<std::vector<Token>> tokens = Scan(text);
  if (!tokens) return tokens.error();
  return Parser(*std::move(tokens)).Run();
}

}  // namespace hosts::expressions
