#pragma once
// Case: one thing of a run that could be as it should be or not: a check, a cell, a metric of an experiment, a rule of a gate, the run as a whole. What
// JUnit, the Markdown summary and annotations tell is made from the same cases, so that they never disagree.
//
// A case has Failed or is an Error where the run does not end with 0 for it, or a report calls it bad: what is recommended only, and is not so,
// is Skipped with its reason. So is a metric or a rule of which nothing can be said; where the controls of its experiment failed, it is an Error.
// The name of a case does not change from run to run.
//
// Pure.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/record/record.h"

namespace reports::cases {

enum class Ending {
  Error,   // it could not be told, or something broke down: crashed, timed out, at fault
  Failed,  // it is not as it should be
  Skipped,
  Passed,
};

struct Case {
  std::string suite;  // "isolation", "cells", "experiments", "rules", "run"
  std::string place;  // "engine/daemon/sub/lazy"; may be empty
  std::string name;   // "isolation/cwd [INTERP-6] (two daemon groups)"
  Ending ending = Ending::Passed;
  std::string word;     // how it ended, as the record writes it: "timed_out"
  std::string message;  // of what has not passed: why, a sentence or several
  double seconds = 0;
  std::vector<std::pair<std::string_view, std::string>> facts = {};  // "expected", "isolated"
  std::string evidence = {};   // what was sent and received, or the end of a log; may be empty
  std::string reproduce = {};  // the command that runs just this; may be empty
};

// Suite by suite: the run as a whole, the rules of a gate, somebody's own applications and the modes of each, the cells, the suites of checks, the experiments, what was left out; in the order of the record.
[[nodiscard]] std::vector<Case> CasesOf(const record::Record& record);

// Those that have failed or are an error, the worst first: what crashed, what timed out, then the rest in its order.
[[nodiscard]] std::vector<const Case*> WorstFirst(const std::vector<Case>& cases);

}  // namespace reports::cases
