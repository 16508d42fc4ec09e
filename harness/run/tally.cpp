#include "harness/run/tally.h"

#include <fmt/format.h>

namespace harness::run {

namespace record = reports::record;
using record::CellOutcome;
using record::CheckOutcome;

namespace {

// "31 of 32 cells ok, 1 misconfigured"
std::string Sentence(const std::map<std::string, std::int64_t>& counts,
                     const std::string& good,
                     std::string_view things) {
  std::int64_t total = 0;
  std::string others;
  for (const auto& [outcome, count] : counts) {
    total += count;
    if (outcome != good) others += fmt::format(", {} {}", count, outcome);
  }
  const auto found = counts.find(good);
  return fmt::format(
      "{} of {} {} {}{}", found == counts.end() ? 0 : found->second, total, things, good, others);
}

}  // namespace

void Tally::Add(const record::Cell& cell) {
  ++cells_[std::string(record::Name(cell.outcome))];
  switch (cell.outcome) {
    case CellOutcome::Ok:
    case CellOutcome::NotOffered:
      break;
    case CellOutcome::Misconfigured:
    case CellOutcome::Failed:
    case CellOutcome::Crashed:
    case CellOutcome::TimedOut:
      has_failure_ = true;
      break;
    case CellOutcome::SetupFailed:
    case CellOutcome::HarnessFault:
      has_harness_fault_ = true;
      break;
  }
}

void Tally::Add(const record::Check& check) {
  ++checks_[std::string(record::Name(check.outcome))];
  if (!IsFine(check.outcome) && check.level == record::Level::Must) has_failure_ = true;
}

ExitCode Tally::exit_code() const {
  if (was_interrupted_) return ExitCode::Interrupted;
  if (has_harness_fault_) return ExitCode::HarnessFault;
  if (has_failure_) return ExitCode::Failure;
  if (!cells_.contains("ok") && !checks_.contains("passed")) return ExitCode::NothingMeasured;
  return ExitCode::Pass;
}

std::string Tally::Verdict() const {
  std::string sentence;
  if (!cells_.empty()) sentence = Sentence(cells_, "ok", "cells");
  if (!checks_.empty()) {
    if (!sentence.empty()) sentence += "; ";
    sentence += Sentence(checks_, "passed", "checks");
  }
  if (sentence.empty()) sentence = "nothing was measured";
  if (missing_cells_ > 0) {
    sentence += fmt::format("; not measured: {} more, whose host is not installed", missing_cells_);
  }
  if (was_interrupted_) sentence += "; interrupted";
  return sentence;
}

}  // namespace harness::run
