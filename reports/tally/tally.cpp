#include "reports/tally/tally.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace reports::tally {

using record::CellOutcome;
using record::CheckOutcome;
using record::NotMeasured;
using record::Record;
using record::Stopped;

namespace {

using Counts = std::map<std::string, std::int64_t>;

// "31 of 32 cells ok, 1 misconfigured"
std::string Sentence(const Counts& counts, const std::string& good, std::string_view things) {
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

bool IsFailure(const record::Cell& cell) {
  return cell.outcome == CellOutcome::Misconfigured || cell.outcome == CellOutcome::Failed ||
         cell.outcome == CellOutcome::Crashed || cell.outcome == CellOutcome::TimedOut;
}

bool IsFailure(const record::Check& check) {
  return !IsFine(check.outcome) && check.level == record::Level::Must;
}

bool HasStopped(const Record& record, Stopped why) {
  return std::ranges::any_of(record.not_measured,
                             [&](const NotMeasured& line) { return line.stopped == why; });
}

std::vector<std::string> MissingShards(const Record& record) {
  return record.header.merged ? ProblemsOf(*record.header.merged) : std::vector<std::string>{};
}

// One that works in no mode, or not as it is configured (wsgilab check).
bool HasAnApplicationThatFails(const Record& record) {
  const auto fails_as_configured = [&](const record::Replay& replay) {
    if (replay.outcome == record::ReplayOutcome::Same ||
        replay.outcome == record::ReplayOutcome::NotAsked)
      return false;
    return replay.arrangement == "as configured" ||
           std::ranges::any_of(record.subjects, [&](const record::Subject& subject) {
             return subject.app == replay.app && subject.mode == replay.arrangement;
           });
  };
  return std::ranges::any_of(record.subjects,
                             [](const auto& subject) { return !subject.reference; }) ||
         std::ranges::any_of(record.replays, fails_as_configured);
}

ExitCode ExitCodeOf(const Record& record) {
  const auto& cells = record.cells;
  const auto& checks = record.checks;
  if (HasStopped(record, Stopped::Interrupted)) return ExitCode::Interrupted;
  if (HasStopped(record, Stopped::Fault) ||
      std::ranges::any_of(cells, [](const auto& cell) { return IsOwnFault(cell.outcome); })) {
    return ExitCode::HarnessFault;
  }
  if (std::ranges::any_of(cells, [](const auto& cell) { return IsFailure(cell); }) ||
      std::ranges::any_of(checks, [](const auto& check) { return IsFailure(check); })) {
    return ExitCode::Failure;
  }
  if (HasAnApplicationThatFails(record)) return ExitCode::Failure;
  const bool has_measured =
      !record.replays.empty() ||
      std::ranges::count(cells, CellOutcome::Ok, &record::Cell::outcome) > 0 ||
      std::ranges::count(checks, CheckOutcome::Passed, &record::Check::outcome) > 0 ||
      !record.interferences.empty();
  if (!has_measured) return ExitCode::NothingMeasured;
  return MissingShards(record).empty() ? ExitCode::Pass : ExitCode::Inconclusive;
}

std::string VerdictOf(const Record& record, const Counts& cells, const Counts& checks) {
  std::string verdict;
  if (!cells.empty()) verdict = Sentence(cells, "ok", "cells");
  if (!checks.empty()) {
    if (!verdict.empty()) verdict += "; ";
    verdict += Sentence(checks, "passed", "checks");
  }
  if (!record.interferences.empty()) {
    if (!verdict.empty()) verdict += "; ";
    verdict += fmt::format("{} times an application was measured beside another",
                           record.interferences.size());
  }
  if (!record.subjects.empty()) {
    if (!verdict.empty()) verdict += "; ";
    const auto same =
        std::ranges::count(record.replays, record::ReplayOutcome::Same, &record::Replay::outcome);
    verdict +=
        fmt::format("{} of {} answers are the same in every mode", same, record.replays.size());
  }
  if (verdict.empty()) verdict = "nothing was measured";
  int missing = 0;
  for (const NotMeasured& line : record.not_measured)
    missing += line.cells.value_or(0);
  if (missing > 0) {
    verdict += fmt::format("; not measured: {} more, whose host is not installed", missing);
  }
  if (HasStopped(record, Stopped::Interrupted)) verdict += "; interrupted";
  if (const auto shards = MissingShards(record); !shards.empty()) {
    verdict += fmt::format("; not complete: {}", fmt::join(shards, " "));
  }
  return verdict;
}

}  // namespace

Tally TallyOf(const Record& record) {
  Tally tally;
  for (const record::Cell& cell : record.cells)
    ++tally.cells[std::string(record::Name(cell.outcome))];
  for (const record::Check& check : record.checks)
    ++tally.checks[std::string(record::Name(check.outcome))];
  tally.verdict = VerdictOf(record, tally.cells, tally.checks);
  tally.exit_code = ExitCodeOf(record);
  return tally;
}

record::Footer FooterOf(const Record& record) {
  Tally tally = TallyOf(record);
  record::Footer footer;
  footer.verdict = std::move(tally.verdict);
  footer.cells = std::move(tally.cells);
  footer.checks = std::move(tally.checks);
  footer.exit_code = static_cast<int>(tally.exit_code);
  return footer;
}

}  // namespace reports::tally
