#include "reports/gate/sense.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

namespace reports::gate {

namespace {

bool IsEquality(Operator op) {
  return op == Operator::Equal || op == Operator::NotEqual;
}
bool IsUpper(Operator op) {
  return op == Operator::Less || op == Operator::AtMost;
}

// Nothing is below zero, no share above one, no count between two whole numbers. Nothing when it depends.
std::optional<bool> Decided(const Expression& expression) {
  const Dimension dimension = expression.quantity.aggregate->dimension;
  const double limit = expression.limit;
  const double least = 0;
  const double most = dimension == Dimension::Share ? 1 : HUGE_VAL;
  if (IsEquality(expression.op)) {
    const bool is_possible = limit >= least && limit <= most &&
                             (dimension != Dimension::Count || limit == std::floor(limit));
    if (is_possible) return std::nullopt;
    return expression.op == Operator::NotEqual;
  }
  const bool holds_at_least = Holds(least, expression.op, limit);
  if (holds_at_least != Holds(most, expression.op, limit)) return std::nullopt;
  return holds_at_least;
}

std::optional<std::string> WhyNoQuestionOfBaseline(const Expression& expression) {
  const Quantity& quantity = expression.quantity;
  if (quantity.metric->extent == Extent::Count) {
    return fmt::format("{} is counted, not compared with a baseline: write a number",
                       quantity.Name());
  }
  const bool is_smaller_worse = quantity.aggregate->worse == statistics::Worse::Smaller;
  const bool fits = !IsEquality(expression.op) && IsUpper(expression.op) != is_smaller_worse;
  if (fits) return std::nullopt;
  return fmt::format("{} is worse when it is {}: write {} baseline",
                     quantity.Name(),
                     is_smaller_worse ? "smaller" : "larger",
                     is_smaller_worse ? ">=" : "<=");
}

}  // namespace

std::optional<std::string> WhyNonsense(const Expression& expression) {
  if (expression.is_relative) return WhyNoQuestionOfBaseline(expression);
  const Dimension dimension = expression.quantity.aggregate->dimension;
  const bool may_be_equal = dimension == Dimension::Count || dimension == Dimension::Share;
  if (IsEquality(expression.op) && !may_be_equal) {
    return fmt::format("{} never is a value exactly: write < or >", expression.quantity.Name());
  }
  const auto decided = Decided(expression);
  if (!decided) return std::nullopt;
  return fmt::format("{} is {}",
                     expression.text,
                     *decided ? "true whatever is measured: it could never fail"
                              : "false whatever is measured: it could never hold");
}

}  // namespace reports::gate
