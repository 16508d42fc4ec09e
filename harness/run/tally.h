#pragma once
// Tally: counts of outcomes, and what they mean for the exit code and the verdict. Pure.

#include <cstdint>
#include <map>
#include <string>

#include "reports/record/record.h"

namespace harness::run {

// DESIGN.md, "The command line": never a count, the highest reason wins.
enum class ExitCode : int {
  Pass = 0,
  Failure = 1,          // a conformance failure
  NothingMeasured = 4,  // nothing matched, or nothing could be measured
  HarnessFault = 70,
  Interrupted = 130,
};

class Tally {
 public:
  void Add(const reports::record::Cell& cell);
  void Add(const reports::record::Check& check);
  void AddHarnessFault() { has_harness_fault_ = true; }
  void AddInterruption() { was_interrupted_ = true; }
  // Cells of a host that is not installed.
  void AddMissing(int cells) { missing_cells_ += cells; }

  [[nodiscard]] const std::map<std::string, std::int64_t>& cells() const { return cells_; }
  [[nodiscard]] const std::map<std::string, std::int64_t>& checks() const { return checks_; }
  [[nodiscard]] ExitCode exit_code() const;
  // One sentence: "31 of 32 cells ok, 1 misconfigured; 80 of 84 checks passed, 4 failed".
  [[nodiscard]] std::string Verdict() const;

 private:
  std::map<std::string, std::int64_t> cells_;
  std::map<std::string, std::int64_t> checks_;
  bool has_failure_ = false;
  bool has_harness_fault_ = false;
  bool was_interrupted_ = false;
  int missing_cells_ = 0;
};

}  // namespace harness::run
