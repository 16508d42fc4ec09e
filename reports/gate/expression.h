#pragma once
// Expression: what a rule expects, in one line:
//
//   latency{mode=daemon/*,app=django_accounts}: p(99) <= baseline * 1.05
//   checks{level=must}: failed == 0
//
//   expression = metric [ "{" label "=" pattern { "," label "=" pattern } "}" ] ":" aggregate operator limit
//   aggregate  = name | "p(" number ")"
//   operator   = "<" | "<=" | ">" | ">=" | "==" | "!="
//   limit      = number [ unit ] | "baseline" [ "*" number ]
//
// Pure.
// Fails:   InvalidInput with the column, what is wrong and what to write: unknown words with the nearest
//          one, a unit that does not fit, and what is true or false whatever is measured.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "reports/gate/vocabulary.h"

namespace reports::gate {

struct Quantity {
  const Metric* metric = nullptr;  // of Metrics(), never null in what was parsed
  const Aggregate* aggregate = nullptr;
  std::optional<double> percentile;  // 0.99 for p(99)

  [[nodiscard]] std::string Name() const;  // "latency p(99)", "rate requests_per_s"
  [[nodiscard]] bool operator==(const Quantity&) const = default;
};

struct Selector {
  std::string label;
  std::string pattern;  // with * and ?
};

enum class Operator { Less, AtMost, More, AtLeast, Equal, NotEqual };
[[nodiscard]] std::string_view Name(Operator op);  // "<="
[[nodiscard]] bool Holds(double value, Operator op, double limit);

struct Expression {
  std::string text;
  Quantity quantity;
  std::vector<Selector> selectors;
  Operator op = Operator::AtMost;
  bool is_relative = false;  // the limit is that many times the baseline
  double limit = 0;          // in the unit of the quantity's dimension

  // How much worse than the baseline is still allowed, as statistics want it.
  [[nodiscard]] double Margin() const;
};

[[nodiscard]] hosts::base::Result<Expression> ParseExpression(std::string_view text);

}  // namespace reports::gate
