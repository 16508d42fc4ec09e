#include "reports/verdict/statements.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "reports/notation/notation.h"
#include "reports/verdict/measurement_statements.h"

namespace reports::verdict {

using notation::Count;
using notation::Plural;
using record::CellOutcome;
using record::Check;
using record::CheckOutcome;
using record::Record;

namespace {

constexpr std::size_t kNamed = 3;  // a sentence names this many and counts the rest

std::string Named(const std::vector<std::string>& names) {
  if (names.size() <= kNamed) return notation::List(names);
  std::vector<std::string> first(names.begin(), names.begin() + kNamed);
  first.push_back(fmt::format("{} more", names.size() - kNamed));
  return notation::List(first);
}

// "hello in daemon/sub/lazy", and on which host where there are several: how a sentence names a cell.
std::string Spoken(const Record& record, const record::Cell& cell) {
  const std::string on = record.header.hosts.size() > 1 ? " of " + cell.host : "";
  return fmt::format(
      "{} in {}/{}/{}{}", cell.app, cell.process, cell.interpreter, cell.loading, on);
}

// Of several hosts most have few of the modes: how many cells each has not; the reasons are beside them.
std::string NotOfferedSentence(const std::vector<const record::Cell*>& cells) {
  std::map<std::string, std::int64_t> by_host;
  for (const record::Cell* cell : cells)
    ++by_host[cell->host];
  std::vector<std::string> parts;
  for (const auto& [host, count] : by_host)
    parts.push_back(fmt::format("{} of {}", Plural(count, "cell"), host));
  return fmt::format("Not offered: {}.", notation::List(parts));
}

// The reason that all of them give, or none.
std::optional<std::string> SharedReason(const std::vector<const record::Cell*>& cells) {
  const auto& reason = cells.front()->reason;
  const bool is_shared = std::ranges::all_of(
      cells, [&reason](const record::Cell* cell) { return cell->reason == reason; });
  return is_shared ? reason : std::nullopt;
}

// "flask_notes in daemon/main/lazy failed: why", or the number of cells, some of their names, and
// why if it is one and the same.
std::string OutcomeSentence(const Record& record,
                            CellOutcome outcome,
                            const std::vector<const record::Cell*>& cells) {
  if (outcome == CellOutcome::NotOffered && record.header.hosts.size() > 1) {
    return NotOfferedSentence(cells);
  }
  if (cells.size() == 1) {
    std::string text = fmt::format("{} {}", Spoken(record, *cells[0]), Phrase(outcome));
    if (cells[0]->reason) text += ": " + *cells[0]->reason;
    return text.ends_with('.') ? text : text + '.';
  }
  std::vector<std::string> names;
  for (const record::Cell* cell : cells)
    names.push_back(Spoken(record, *cell));
  const std::optional<std::string> why = SharedReason(cells);
  return fmt::format("{} cells {}: {}{}.",
                     cells.size(),
                     Phrase(outcome),
                     Named(names),
                     why ? fmt::format(" ({})", *why) : "");
}

bool IsProbe(const Check& check) {
  return check.probe && check.pairing;
}

std::int64_t CountIf(const std::vector<Check>& checks, bool (*is_wanted)(const Check&)) {
  return std::ranges::count_if(checks, is_wanted);
}

}  // namespace

std::string_view Phrase(CellOutcome outcome) {
  switch (outcome) {
    case CellOutcome::Ok:
      return "ok";
    case CellOutcome::Misconfigured:
      return "ran somewhere else than asked";
    case CellOutcome::Failed:
      return "failed";
    case CellOutcome::NotOffered:
      return "not offered by this host";
    case CellOutcome::SetupFailed:
      return "could not be set up";
    case CellOutcome::Crashed:
      return "crashed";
    case CellOutcome::TimedOut:
      return "timed out";
    case CellOutcome::HarnessFault:
      return "failed through a fault of wsgilab itself";
  }
  return "?";
}

void SayOutcomes(const Record& record, Statements& statements) {
  for (const CellOutcome outcome : {CellOutcome::Crashed,
                                    CellOutcome::TimedOut,
                                    CellOutcome::Failed,
                                    CellOutcome::Misconfigured,
                                    CellOutcome::SetupFailed,
                                    CellOutcome::HarnessFault,
                                    CellOutcome::NotOffered}) {
    std::vector<const record::Cell*> cells;
    for (const record::Cell& cell : record.cells) {
      if (cell.outcome == outcome) cells.push_back(&cell);
    }
    if (cells.empty()) continue;
    statements.push_back({StandingOf(outcome), OutcomeSentence(record, outcome, cells)});
  }
}

// What is `misconfigured` has been said already.
void SayPlacement(const Record& record, Statements& statements) {
  if (record.placements.empty()) return;
  std::vector<std::string> strays;
  bool all_agree = true;
  for (const record::Placement& placement : record.placements) {
    all_agree = all_agree && placement.agrees;
    const record::Cell* cell = FindCell(record, placement.cell);
    const bool is_said = cell != nullptr && cell->outcome == CellOutcome::Misconfigured;
    if (!placement.agrees && !is_said) strays.push_back(placement.cell);
  }
  if (!strays.empty()) {
    statements.push_back(
        {Standing::Bad, fmt::format("Not where or when it was asked to be: {}.", Named(strays))});
  } else if (all_agree) {
    statements.push_back(
        {Standing::Good,
         "Every application ran in the process and the interpreter that was asked for, and was "
         "loaded when it should be: proved from inside each of them."});
  }
}

void SayConcurrency(const Record& record, Statements& statements) {
  std::map<std::string, std::set<std::string>> by_host;  // "5", "16", "19 or more"
  std::set<std::string> all;
  for (const record::Settings& settings : record.settings) {
    const record::Cell* cell = FindCell(record, settings.cell);
    const record::SettingsFound& found = settings.found;
    if (cell == nullptr || !found.at_once) continue;
    const bool is_limit = found.at_once_is_limit.value_or(true);
    const std::string text = fmt::format(
        "{}{}", *found.at_once * found.processes.value_or(1), is_limit ? "" : " or more");
    by_host[cell->host].insert(text);
    all.insert(text);
  }
  if (by_host.size() < 2 || all.size() < 2) return;
  std::vector<std::string> parts;
  for (const auto& [host, counts] : by_host) {
    parts.push_back(fmt::format("{} {}", host, fmt::join(counts, " and ")));
  }
  statements.push_back(
      {Standing::Caution,
       fmt::format(
           "The hosts did not work on as many requests at the same time ({}): their requests "
           "per second are not like for like.",
           fmt::join(parts, ", "))});
}

bool IsSeen(const Check& check) {
  return IsProbe(check) && (check.observed == "shared" || check.observed == "crash");
}

void SayIsolation(const Record& record, Statements& statements) {
  const std::int64_t probes = CountIf(record.checks, IsProbe);
  if (probes == 0) return;
  std::vector<std::string> leaks;
  bool has_leak = false;  // whose settings were served has been said already
  for (const Check& check : record.checks) {
    const bool is_said = check.settings_served && check.settings_served != check.settings_asked;
    if (!IsLeak(check)) continue;
    has_leak = true;
    if (!is_said) leaks.push_back(fmt::format("“{}” ({})", check.title, *check.pairing));
  }
  if (!leaks.empty()) {
    statements.push_back(
        {Standing::Bad,
         fmt::format("An application reached another that should have been out of its reach: {}.",
                     Named(leaks))});
  }
  if (has_leak) return;
  const std::int64_t seen = CountIf(record.checks, IsSeen);
  std::string text = fmt::format("No application saw another where it should not have ({}).",
                                 Plural(probes, "probe"));
  if (seen > 0) {
    text += fmt::format(
        " In {} of them they do share something, as the rules say for one interpreter or one "
        "process.",
        Count(seen));
  }
  statements.push_back({Standing::Good, text});
}

void SaySettings(const Record& record, Statements& statements) {
  std::vector<std::string> unexpected;
  std::vector<std::string> expected;
  for (const ForeignSettings& found : FindForeignSettings(record)) {
    const std::string where = fmt::format("“{}”", found.check->pairing.value_or(found.check->mode));
    (found.is_expected ? expected : unexpected).push_back(where);
  }
  if (!unexpected.empty()) {
    statements.push_back(
        {Standing::Bad,
         fmt::format("A Django project was served with the settings of another: {}.",
                     Named(unexpected))});
  }
  if (!expected.empty()) {
    statements.push_back(
        {Standing::Note,
         fmt::format("Two Django projects in one interpreter are served with the settings of one "
                     "of them, without any error: {}. Give each its own process or interpreter.",
                     Named(expected))});
  }
}

std::string BesidePassed(const std::vector<Check>& checks) {
  static constexpr std::pair<CheckOutcome, std::string_view> kWords[] = {
      {CheckOutcome::ExpectedFailure, "failed as expected"},
      {CheckOutcome::NotApplicable, "not applicable"},
      {CheckOutcome::Skipped, "skipped"},
      {CheckOutcome::DependencyFailed, "not made, as the host does not serve"},
  };
  std::string text;
  for (const auto& [outcome, words] : kWords) {
    const std::int64_t count = std::ranges::count(checks, outcome, &Check::outcome);
    if (count > 0) text += fmt::format(", {} {}", Count(count), words);
  }
  return text;
}

void SayChecks(const Record& record, Statements& statements) {
  if (record.checks.empty()) return;
  std::vector<std::string> musts;
  std::vector<std::string> shoulds;
  for (const Check& check : record.checks) {
    if (IsFine(check.outcome)) continue;
    (StandingOf(check) == Standing::Bad ? musts : shoulds).push_back(check.check);
  }
  const auto count_of = [&](CheckOutcome outcome) -> std::int64_t {
    return std::ranges::count(record.checks, outcome, &Check::outcome);
  };
  const auto all = static_cast<std::int64_t>(record.checks.size());
  const std::int64_t passed = count_of(CheckOutcome::Passed);
  const std::int64_t skipped = count_of(CheckOutcome::Skipped);
  const std::int64_t not_made = count_of(CheckOutcome::DependencyFailed);
  if (!musts.empty()) {
    statements.push_back(
        {Standing::Bad,
         fmt::format(
             "{} of {} did not pass: {}.", musts.size(), Plural(all, "check"), Named(musts))});
  } else if (skipped < all) {
    statements.push_back({passed > 0 ? Standing::Good : Standing::Caution,
                          fmt::format("{} of {} passed{}.",
                                      Count(passed),
                                      Plural(all, "check"),
                                      BesidePassed(record.checks))});
  }
  if (!shoulds.empty()) {
    statements.push_back(
        {Standing::Caution, fmt::format("Recommended, and not so: {}.", Named(shoulds))});
  }
  if (skipped > 0) {
    statements.push_back({Standing::Caution, fmt::format("{} skipped.", Plural(skipped, "check"))});
  }
  if (not_made > 0) {
    statements.push_back(
        {Standing::Bad,
         fmt::format("{} not made, as the host does not serve.", Plural(not_made, "check"))});
  }
}

void SayAnswers(const Record& record, Statements& statements) {
  if (record.loads.empty()) return;
  std::int64_t done = 0;
  std::int64_t bad = 0;
  std::int64_t unverified = 0;
  for (const record::Load& load : record.loads) {
    done += load.done;
    bad += load.failed + load.wrong_answers + load.unfinished + load.crosstalk.value_or(0);
    const bool is_said = HasUnreachedWorker(record, load.cell);
    if (load.generator.state == record::GeneratorState::Unverified && !is_said) ++unverified;
  }
  if (bad > 0) {
    statements.push_back(
        {Standing::Bad,
         fmt::format("{} under load failed, stayed unanswered or had a wrong answer; {} were "
                     "answered.",
                     Plural(bad, "request"),
                     Count(done))});
  } else if (done > 0) {
    statements.push_back(
        {Standing::Good,
         fmt::format("{} under load, every answer checked, none wrong.", Plural(done, "request"))});
  }
  if (unverified > 0) {
    statements.push_back(
        {Standing::Caution,
         fmt::format("In {} the load generator may have been the bottleneck: read those numbers as "
                     "lower bounds.",
                     Plural(unverified, "load phase"))});
  }
}

void SaySynthetic(const Record& record, Statements& statements) {
  if (record.header.synthetic) statements.push_back({Standing::Caution, *record.header.synthetic});
}

void SayCircumstances(const Record& record, Statements& statements) {
  for (const std::string& problem : record.problems) {
    statements.push_back({Standing::Caution, problem});
  }
  if (record.footer && !record.footer->left_behind.empty()) {
    statements.push_back(
        {Standing::Bad, fmt::format("Left behind: {}.", Named(record.footer->left_behind))});
  }
  const auto& build = record.header.machine.build_type;
  if (build && (*build == "debug" || *build == "Debug")) {
    statements.push_back(
        {Standing::Caution, "Measured with a debug build: times are not those of a release."});
  }
}

}  // namespace reports::verdict
