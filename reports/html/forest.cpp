#include "reports/html/forest.h"

#include <fmt/format.h>

#include <cmath>

#include "reports/compare/metrics.h"
#include "reports/html/blocks.h"
#include "reports/html/figure.h"

namespace reports::html {

using compare::Attempt;
using compare::Compared;
using compare::Conclusion;
using compare::ExperimentResult;
using compare::Finding;
using compare::Metric;
using verdict::Standing;

namespace {

constexpr FigureKind kForest{.kind = "forest", .scale = "log", .keeps_table = true};

std::string Percent(double ratio) {
  return std::isfinite(ratio) ? fmt::format("{:+.1f} %", 100 * (ratio - 1)) : "?";
}

Markup RatioHead(std::string_view name, std::string_view role) {
  return Element("th", {{"scope", "col"}, {"data-unit", "ratio"}, {"data-role", role}}, name);
}

Markup RatioCell(std::optional<double> ratio) {
  return DrawnCell(ratio, ratio ? Percent(*ratio) : "");
}

Markup Head(std::string_view first, bool has_findings) {
  Markup heads;
  for (const std::string_view name :
       {first, std::string_view("baseline"), std::string_view("candidate")})
    heads +=
        Element("th", {{"scope", "col"}}, name == "candidate" && !has_findings ? "control" : name);
  heads += RatioHead("change", "ratio") + RatioHead("from", "low") + RatioHead("to", "high") +
           RatioHead("margin", "margin");
  if (has_findings)
    heads +=
        Element("th", {{"scope", "col"}}, "finding") + Element("th", {{"scope", "col"}}, "why");
  return Element("thead", Element("tr", heads));
}

// Baseline, value, ratio, interval, margin. Too few blocks make no interval.
Markup Numbers(const Compared& compared, double margin) {
  const Metric& metric = *compare::FindMetric(compared.metric);
  const statistics::Comparison& comparison = compared.comparison;
  const bool has_interval = std::isfinite(comparison.interval.high) && comparison.interval.low > 0;
  const auto known = [](bool is_known, double value) {
    return is_known ? std::optional(value) : std::nullopt;
  };
  const double most = metric.worse == statistics::Worse::Larger ? 1 + margin : 1 / (1 + margin);
  return Element("td", compare::Written(metric, compared.base)) +
         Element("td", compare::Written(metric, compared.value)) +
         RatioCell(
             known(std::isfinite(comparison.ratio) && comparison.ratio > 0, comparison.ratio)) +
         RatioCell(known(has_interval, comparison.interval.low)) +
         RatioCell(known(has_interval, comparison.interval.high)) + RatioCell(most);
}

Markup ConclusionRow(std::string_view name, const Conclusion& conclusion, double margin) {
  return Element("tr",
                 Element("th", {{"scope", "row"}}, BreakableText(name)) +
                     Numbers(conclusion.first, margin) +
                     Element("td",
                             {{"class", "finding"}},
                             Mark(StandingOf(conclusion.finding)) + Markup(" ") +
                                 Text(compare::Words(conclusion.finding))) +
                     Element("td", {{"class", "muted"}}, Text(conclusion.why, 500)));
}

Markup ConfirmationRow(const Conclusion& conclusion, double margin) {
  if (!conclusion.confirmation) return {};
  const Metric& metric = *compare::FindMetric(conclusion.metric);
  const std::string name = fmt::format("{}, repeated", metric.title);
  return Element("tr",
                 Element("th", {{"scope", "row"}}, name) +
                     Numbers(*conclusion.confirmation, margin) + Element("td", "") +
                     Element("td", {{"class", "muted"}}, "in reversed order"));
}

Markup ControlRows(const Attempt& attempt) {
  Markup rows;
  for (const compare::ArmResult& arm : attempt.arms) {
    if (arm.arm.role == record::ArmRole::Candidate) continue;
    for (const Compared& compared : arm.compared) {
      const Metric& metric = *compare::FindMetric(compared.metric);
      const std::string name = fmt::format(
          "{}{}: {}", arm.arm.name, attempt.plan->attempt > 1 ? ", repeated" : "", metric.title);
      rows += Element("tr",
                      Element("th", {{"scope", "row"}}, Text(name, 200)) +
                          Numbers(compared, attempt.plan->margin));
    }
  }
  return rows;
}

}  // namespace

Standing StandingOf(Finding finding) {
  if (finding == Finding::Regressed) return Standing::Bad;
  const bool is_well = finding == Finding::NoWorse || finding == Finding::Improved;
  return is_well ? Standing::Good : Standing::Caution;
}

Markup OverviewFigure(const std::vector<ExperimentResult>& results) {
  if (results.size() < 2) return {};
  Markup rows;
  for (const ExperimentResult& result : results) {
    for (const Conclusion& conclusion : result.conclusions) {
      const std::string name =
          fmt::format("{}: {}", result.experiment, compare::FindMetric(conclusion.metric)->title);
      rows += ConclusionRow(name, conclusion, result.attempts.front().plan->margin);
    }
  }
  if (rows.is_empty()) return {};
  FigureKind folded = kForest;
  folded.keeps_table = false;
  return Figure(folded,
                "All comparisons",
                "ratios with their intervals",
                Element("table", Head("comparison", true) + Element("tbody", rows)));
}

Markup CandidateFigure(const ExperimentResult& result) {
  const double margin = result.attempts.front().plan->margin;
  Markup rows;
  for (const Conclusion& conclusion : result.conclusions)
    rows += ConclusionRow(compare::FindMetric(conclusion.metric)->title, conclusion, margin) +
            ConfirmationRow(conclusion, margin);
  if (rows.is_empty()) return {};
  return Figure(kForest,
                "The candidate against the baseline",
                result.experiment,
                Element("table", Head("metric", true) + Element("tbody", rows)));
}

Markup ControlsFigure(const ExperimentResult& result) {
  Markup rows;
  for (const Attempt& attempt : result.attempts)
    rows += ControlRows(attempt);
  if (rows.is_empty()) {
    return Element("p", {{"class", "muted"}}, "No controls ran along: nobody vouches for it.");
  }
  FigureKind folded = kForest;
  folded.keeps_table = false;
  return Figure(folded,
                "Controls: the same against itself, and a delay that must be found",
                result.experiment,
                Element("table", Head("control", false) + Element("tbody", rows)));
}

}  // namespace reports::html
