#pragma once
// Finding: what one choice (preload or lazy, daemon or embedded, sub or main) cost or saved in this run,
// for each application. A ratio of medians over the cells that differ in that choice alone.
//
// One run without repetitions: a finding says what was measured, never that it is significant.

#include <string>
#include <vector>

#include "reports/record/record.h"

namespace reports::verdict {

struct FindingForApp {
  std::string app;
  double ratio = 0;
  std::string from;  // the median of the one choice, with its unit
  std::string to;    // of the other
};

struct Finding {
  std::string question;  // "First request: lazy against preload"
  std::string answer;    // "3.7× to 14×"
  std::vector<FindingForApp> apps;
};

// Those for which both choices were measured, in a fixed order.
[[nodiscard]] std::vector<Finding> FindingsOf(const record::Record& record);

}  // namespace reports::verdict
