#include "reports/gate/refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "hosts/base/nearest_name.h"
#include "reports/gate/labels.h"
#include "reports/notation/notation.h"

namespace reports::gate {

namespace base = hosts::base;
using base::Error;
using base::ErrorKind;

namespace {

constexpr std::int64_t kBeyond = 10;  // samples that must lie beyond a percentile

// The labels that a plan does not know are for the run to show.
bool IsOfPlan(const Selector& selector) {
  constexpr std::string_view kOfPlan[] = {
      "host", "mode", "process", "interpreter", "loading", "app"};
  return std::ranges::find(kOfPlan, selector.label) != std::end(kOfPlan);
}

std::vector<Selector> OfPlan(const Expression& expression) {
  std::vector<Selector> selectors = expression.selectors;
  std::erase_if(selectors, [](const Selector& selector) { return !IsOfPlan(selector); });
  return selectors;
}

std::vector<std::string> CellsOf(const Expression& expression, std::span<const std::string> cells) {
  const auto selectors = OfPlan(expression);
  std::vector<std::string> fitting;
  for (const std::string& cell : cells) {
    if (Fits(LabelsOfCell(cell), selectors)) fitting.push_back(cell);
  }
  return fitting;
}

// The first selector that no cell fits, and what the cells have instead; or all of them together.
std::string WhyNoCellFits(const Expression& expression, std::span<const std::string> cells) {
  for (const Selector& selector : OfPlan(expression)) {
    std::set<std::string> values;
    bool fits = false;
    for (const std::string& cell : cells) {
      const Labels labels = LabelsOfCell(cell);
      fits = fits || Fits(labels, {&selector, 1});
      values.insert(labels.find(selector.label)->second);
    }
    if (fits) continue;
    const auto nearest = base::NearestName(selector.pattern, {values.begin(), values.end()});
    return fmt::format("no cell of this run has {}={}: {}",
                       selector.label,
                       selector.pattern,
                       nearest ? fmt::format("did you mean {}?", *nearest)
                               : fmt::format("there are {}", fmt::join(values, ", ")));
  }
  return "no cell of this run fits all of its labels: it would measure nothing";
}

std::optional<std::string> WhyNoPercentile(const Rule& rule,
                                           std::span<const std::string> cells,
                                           const RunPlan& plan) {
  const auto& percentile = rule.expression.quantity.percentile;
  if (!percentile || !plan.answers) return std::nullopt;
  const auto needed =
      static_cast<std::int64_t>(std::ceil(static_cast<double>(kBeyond) / (1 - *percentile) - 1e-6));
  for (const std::string& cell : cells) {
    const auto answers = plan.answers(cell);
    if (!answers || *answers >= needed) continue;
    return fmt::format(
        "{} needs {} answers, and {} has {} at most in this profile: measure longer, or ask for a "
        "lower "
        "percentile",
        rule.expression.quantity.Name(),
        notation::Count(needed),
        cell,
        notation::Count(*answers));
  }
  return std::nullopt;
}

std::optional<std::string> WhyNotCompared(const Rule& rule, const RunPlan& plan, int comparisons) {
  if (!rule.expression.is_relative) return std::nullopt;
  if (!plan.comparison) return "there is no baseline to compare with: name one with --baseline";
  statistics::ComparisonPlan comparison = *plan.comparison;
  comparison.comparisons = comparisons;
  return statistics::WhyUnreachable(comparison);
}

std::optional<std::string> WhyRefusedOne(const Rule& rule, const RunPlan& plan, int comparisons) {
  if (rule.expression.quantity.metric->name == "checks") {
    if (!plan.has_checks) return "this run has no checks: run a suite, or take the rule out";
    return std::nullopt;
  }
  if (rule.expression.quantity.metric->name == "micro") return std::nullopt;  // no plan has them
  const auto cells = CellsOf(rule.expression, plan.cells);
  if (cells.empty()) {
    if (plan.cells.empty()) return "this run has no cells: it would measure nothing";
    return WhyNoCellFits(rule.expression, plan.cells);
  }
  if (auto why = WhyNoPercentile(rule, cells, plan)) return why;
  return WhyNotCompared(rule, plan, comparisons);
}

}  // namespace

int ComparisonsOf(std::span<const Rule> rules, std::span<const std::string> cells) {
  std::size_t comparisons = 0;
  for (const Rule& rule : rules) {
    if (rule.expression.is_relative) comparisons += CellsOf(rule.expression, cells).size();
  }
  return static_cast<int>(comparisons);
}

std::vector<Error> WhyRefused(std::span<const Rule> rules, const RunPlan& plan) {
  const int comparisons = ComparisonsOf(rules, plan.cells);
  std::vector<Error> refused;
  for (const Rule& rule : rules) {
    if (auto why = WhyRefusedOne(rule, plan, comparisons)) {
      refused.push_back({ErrorKind::InvalidInput, std::move(*why), rule.where});
    }
  }
  return refused;
}

}  // namespace reports::gate
