#include "reports/html/experiments.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "reports/compare/compare.h"
#include "reports/compare/metrics.h"
#include "reports/compare/to_text.h"
#include "reports/html/blocks.h"
#include "reports/notation/notation.h"

namespace reports::html {

using compare::Attempt;
using compare::Compared;
using compare::Conclusion;
using compare::ExperimentResult;
using compare::Finding;
using verdict::Standing;

namespace {

Standing StandingOf(Finding finding) {
  if (finding == Finding::Regressed) return Standing::Bad;
  const bool is_well = finding == Finding::NoWorse || finding == Finding::Improved;
  return is_well ? Standing::Good : Standing::Caution;
}

std::string Percent(double ratio) {
  return std::isfinite(ratio) ? fmt::format("{:+.1f} %", 100 * (ratio - 1)) : "?";
}

std::string IntervalText(const statistics::Comparison& comparison) {
  const auto& interval = comparison.interval;
  if (!std::isfinite(interval.high) || interval.low <= 0) return "too few blocks";
  return fmt::format("{} to {}", Percent(interval.low), Percent(interval.high));
}

Markup ArmsTable(const Attempt& attempt) {
  Markup rows = HeaderRow({"Arm", "Host", "Mode", "Application", "Program", "Delay put in"});
  for (const record::Arm& arm : attempt.plan->arms) {
    rows += Element("tr",
                    Element("td", Text(arm.name)) + Element("td", Text(arm.host)) +
                        Element("td", BreakableText(arm.mode)) + Element("td", Text(arm.app)) +
                        Element("td", Element("code", arm.program)) +
                        Element("td", arm.delay_us ? notation::Microseconds(*arm.delay_us) : ""));
  }
  return Scrolling("arms", Element("table", rows));
}

Markup FindingRow(const Conclusion& conclusion) {
  const compare::Metric& metric = *compare::FindMetric(conclusion.metric);
  const Compared& first = conclusion.first;
  return Element("tr",
                 Element("td", metric.title) + Element("td", compare::Written(metric, first.base)) +
                     Element("td", compare::Written(metric, first.value)) +
                     Element("td", Percent(first.comparison.ratio)) +
                     Element("td", IntervalText(first.comparison)) +
                     Element("td",
                             Mark(StandingOf(conclusion.finding)) + Markup(" ") +
                                 Text(compare::Words(conclusion.finding))) +
                     Element("td", {{"class", "muted"}}, Text(conclusion.why, 500)));
}

Markup Controls(const Attempt& attempt) {
  Markup rows = HeaderRow({"Control", "Metric", "Change", "Interval"});
  bool is_empty = true;
  for (const compare::ArmResult& arm : attempt.arms) {
    if (arm.arm.role == record::ArmRole::Candidate) continue;
    for (const Compared& compared : arm.compared) {
      is_empty = false;
      rows += Element("tr",
                      Element("td", Text(arm.arm.name)) +
                          Element("td", compare::FindMetric(compared.metric)->title) +
                          Element("td", Percent(compared.comparison.ratio)) +
                          Element("td", IntervalText(compared.comparison)));
    }
  }
  if (is_empty)
    return Element("p", {{"class", "muted"}}, "No controls ran along: nobody vouches for it.");
  return Element(
      "details",
      Element("summary", "Controls: the same against itself, and a delay that must be found") +
          Scrolling("controls", Element("table", rows)));
}

Markup OneExperiment(const ExperimentResult& result) {
  const Attempt& first = result.attempts.front();
  Markup inner = Element("h3", BreakableText(result.experiment)) + ArmsTable(first);
  for (const Attempt& attempt : result.attempts) {
    const std::string hiccups = compare::HiccupsText(attempt);
    inner += Element(
        "p",
        {{"class", "muted"}},
        fmt::format(
            "{}{} of {} blocks, {} of {:.0f} ms for each arm in each; seed {}; margin {:.1f} %{}.",
            attempt.plan->attempt > 1 ? "Repeated in reversed order: " : "",
            attempt.blocks,
            attempt.plan->blocks,
            notation::Plural(attempt.plan->windows, "window"),
            attempt.plan->window_ms,
            attempt.plan->seed,
            100 * attempt.plan->margin,
            hiccups.empty() ? "" : "; " + hiccups));
  }
  for (const std::string& problem : result.problems)
    inner += Element("p", Text(problem, 500));
  if (result.conclusions.empty()) {
    return inner + Element("p", "Nothing was measured that could be compared.");
  }
  Markup rows =
      HeaderRow({"Metric", "Baseline", "Candidate", "Change", "Interval", "Finding", "Why"});
  for (const Conclusion& conclusion : result.conclusions)
    rows += FindingRow(conclusion);
  return inner + Scrolling("findings", Element("table", rows)) + Controls(first);
}

}  // namespace

Markup ExperimentsSection(const record::Record& record) {
  Markup inner;
  for (const ExperimentResult& result : compare::JudgeExperiments(record))
    inner += OneExperiment(result);
  if (inner.is_empty()) return {};
  const Markup about = Element("p",
                               "Medians over blocks; in each block every arm had a fresh host, and "
                               "one at a time was loaded. The change "
                               "is the median of the ratios within a block, the interval is that "
                               "of order statistics, shared among all that is said.");
  return Section("experiments", "Against each other", about + inner);
}

}  // namespace reports::html
