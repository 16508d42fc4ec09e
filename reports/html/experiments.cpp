#include "reports/html/experiments.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "reports/compare/compare.h"
#include "reports/compare/to_text.h"
#include "reports/html/blocks.h"
#include "reports/html/forest.h"
#include "reports/html/rounds.h"
#include "reports/notation/notation.h"

namespace reports::html {

using compare::Attempt;
using compare::ExperimentResult;

namespace {

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

Markup OneExperiment(const record::Record& record, const ExperimentResult& result) {
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
  Markup rounds;
  for (const Attempt& attempt : result.attempts)
    rounds += RoundsFigure(record, attempt);
  return inner + CandidateFigure(result) + Element("div", {{"class", "figures"}}, rounds) +
         ControlsFigure(result);
}

}  // namespace

Markup ExperimentsSection(const record::Record& record) {
  const std::vector<ExperimentResult> results = compare::JudgeExperiments(record);
  Markup inner = OverviewFigure(results);
  for (const ExperimentResult& result : results)
    inner += OneExperiment(record, result);
  if (inner.is_empty()) return {};
  const Markup about = Element("p",
                               "Medians over blocks; in each block every arm had a fresh host, and "
                               "one at a time was loaded. The change "
                               "is the median of the ratios within a block, the interval is that "
                               "of order statistics, shared among all that is said. In the charts: "
                               "a bar is the interval, a diamond the ratio, a stroke "
                               "the margin: how much worse is still no matter.");
  return Section("experiments", "Against each other", about + inner);
}

}  // namespace reports::html
