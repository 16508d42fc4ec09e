#pragma once
// LeaveOut: the rules that are optional, where there is nothing to hold them against, taken out before the others are looked
//           at, each with the reason: one file serves runs with checks and without, and a baseline or none. Whoever judges
//           what is left adds them to the judgement.
//
// Pure. That a rule never could fail is another matter (refusal.h), and no reason to leave it out.

#include <string>
#include <vector>

#include "reports/gate/judge.h"
#include "reports/gate/rules.h"

namespace reports::gate {

// Why there is nothing of the kind to hold a rule against; empty where there is.
struct Lacking {
  std::string cells;
  std::string checks;
  std::string baseline;
};

struct Sorted {
  std::vector<Rule> rules;
  std::vector<RuleOutcome> left_out;
};

[[nodiscard]] Sorted LeaveOut(std::vector<Rule> rules, const Lacking& lacking);

}  // namespace reports::gate
