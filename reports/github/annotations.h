#pragma once
// RenderAnnotations: what a step of GitHub Actions prints so that a run's failures stand beside the change: an ::error for each case that
// failed, a ::warning for what the verdict warns of, and the verdict itself as a ::notice; the worst first. GitHub shows ten of each kind
// and step: the tenth says how many more there are.
//
// A cell whose log ends with a traceback is shown at the line of the application that it names. One command is one line: nothing in a
// record can begin another, or another property. The same record gives the same bytes.

#include <cstddef>
#include <string>

#include "reports/record/record.h"

namespace reports::github {

inline constexpr std::size_t kShown = 10;  // of a kind, by GitHub

[[nodiscard]] std::string RenderAnnotations(const record::Record& record);

}  // namespace reports::github
