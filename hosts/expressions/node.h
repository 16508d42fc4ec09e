#pragma once
// Node: an expression as a tree, names resolved. Made by the parser, walked by the evaluation.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hosts/base/network.h"
#include "hosts/base/pattern.h"
#include "hosts/base/result.h"
#include "hosts/expressions/names.h"

namespace hosts::expressions {

enum class Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual };

struct Node {
  enum class Kind {
    // Conditions.
    True,
    False,
    Not,
    And,
    Or,
    CompareTexts,
    CompareNumbers,
    In,        // the first among the others
    Match,     // =~
    NotMatch,  // !~
    Test,      // -x word, word -xyz word
    // Words.
    Letters,
    Concatenation,
    Variable,
    Call,
    BackReference,
  };
  Kind kind = Kind::True;
  std::string letters = {};
  std::vector<Node> inner = {};
  Comparison comparison = Comparison::Equal;
  Test test = Test::Foreign;
  Function function = Function::Foreign;
  const VariableRow* variable = nullptr;
  size_t group = 0;
  std::optional<base::Regex> regex = {};
  std::optional<base::Network> network = {};
};

struct Tree {
  std::shared_ptr<const Node> root;
  std::string foreign;  // what in it is not judged, and why; empty: nothing
  size_t regex_bytes = 0;
};

[[nodiscard]] base::Result<Tree> ParseTree(std::string_view text);

}  // namespace hosts::expressions
