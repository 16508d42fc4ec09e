#pragma once
// Tally: what a record adds up to: counts of outcomes, one sentence, and the exit code. Pure: a run writes it into its
// footer, a merged record gets it anew from its lines, and both say the same of the same lines.

#include <cstdint>
#include <map>
#include <string>

#include "reports/record/record.h"

namespace reports::tally {

// DESIGN.md, "The command line": never a count, the highest reason wins.
enum class ExitCode : int {
  Pass = 0,
  Failure = 1,          // a conformance failure
  Inconclusive = 3,     // nothing speaks against it, but shards are missing
  NothingMeasured = 4,  // nothing matched, or nothing could be measured
  HarnessFault = 70,
  Interrupted = 130,
};

struct Tally {
  std::map<std::string, std::int64_t> cells;   // outcome -> count
  std::map<std::string, std::int64_t> checks;  // outcome -> count
  // "31 of 32 cells ok, 1 misconfigured; 80 of 84 checks passed, 4 failed"
  std::string verdict;
  ExitCode exit_code = ExitCode::NothingMeasured;
};

[[nodiscard]] Tally TallyOf(const record::Record& record);

// A footer that says so; when it ended and what was left behind is the caller's.
[[nodiscard]] record::Footer FooterOf(const record::Record& record);

}  // namespace reports::tally
