#include "reports/gate/left_out.h"

#include <utility>

namespace reports::gate {

namespace {

std::string WhyNothing(const Rule& rule, const Lacking& lacking) {
  if (rule.expression.is_relative) return lacking.baseline;
  const std::string_view metric = rule.expression.quantity.metric->name;
  if (metric == "checks") return lacking.checks;
  return metric == "micro" ? "" : lacking.cells;  // no plan has them
}

}  // namespace

Sorted LeaveOut(std::vector<Rule> rules, const Lacking& lacking) {
  Sorted sorted;
  for (Rule& rule : rules) {
    std::string why = rule.is_optional ? WhyNothing(rule, lacking) : "";
    if (why.empty()) {
      sorted.rules.push_back(std::move(rule));
    } else {
      sorted.left_out.push_back({.name = rule.name,
                                 .expression = rule.expression.text,
                                 .standing = Standing::LeftOut,
                                 .where = PlaceOf(rule),
                                 .evidence = {std::move(why)},
                                 .comparisons = {}});
    }
  }
  return sorted;
}

}  // namespace reports::gate
