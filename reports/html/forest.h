#pragma once
// ForestFigures: the ratios of an experiment with their intervals and margins, one below the other: what the candidate is to the
// baseline, and what the controls are to it.

#include <vector>

#include "reports/compare/compare.h"
#include "reports/html/markup.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

[[nodiscard]] verdict::Standing StandingOf(compare::Finding finding);

// What was found of every metric of every experiment; nothing when there is one experiment only.
[[nodiscard]] Markup OverviewFigure(const std::vector<compare::ExperimentResult>& results);
// The candidate's metrics with what is found of each, a second attempt below the first; empty when nothing could be compared.
[[nodiscard]] Markup CandidateFigure(const compare::ExperimentResult& result);
// The same host under another name, the same code elsewhere, and the delay that was put in.
[[nodiscard]] Markup ControlsFigure(const compare::ExperimentResult& result);

}  // namespace reports::html
