#include "reports/verdict/verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "reports/fitness/fitness.h"
#include "reports/notation/notation.h"
#include "reports/verdict/measurement_statements.h"
#include "reports/verdict/statements.h"

namespace reports::verdict {

using notation::Count;
using notation::Plural;
using record::CellOutcome;
using record::Check;
using record::CheckOutcome;
using record::Record;

namespace {

std::string WhatWasRun(const Record& record) {
  return fmt::format(
      "{} in {}",
      Plural(static_cast<std::int64_t>(record.header.plan.apps.size()), "application"),
      Plural(static_cast<std::int64_t>(record.header.plan.modes.size()), "hosting mode"));
}

// The outcomes that are bad, counted: "1 crashed, 2 failed".
std::string BadOutcomes(const Record& record) {
  std::map<CellOutcome, std::int64_t> counts;
  for (const record::Cell& cell : record.cells) {
    if (StandingOf(cell.outcome) == Standing::Bad) ++counts[cell.outcome];
  }
  std::string text;
  for (const auto& [outcome, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, Phrase(outcome));
  }
  return text;
}

// Of a run without cells: "2,131 checks of 8 hosts: 1,690 passed, 402 failed as expected, 39 failed."
std::string ChecksHeadline(const Record& record) {
  std::set<std::string> hosts;
  for (const Check& check : record.checks)
    hosts.insert(check.host.value_or("engine"));
  const auto bad = std::ranges::count_if(record.checks,
                                         [](const Check& check) { return !IsFine(check.outcome); });
  return fmt::format(
      "{} of {}: {} passed{}{}.",
      Plural(static_cast<std::int64_t>(record.checks.size()), "check"),
      Plural(static_cast<std::int64_t>(hosts.size()), "host"),
      Count(std::ranges::count(record.checks, CheckOutcome::Passed, &Check::outcome)),
      BesidePassed(record.checks),
      bad > 0 ? fmt::format(", {} failed", Count(bad)) : ", none failed otherwise");
}

// Of a run that measured nothing else.
std::string InterferenceHeadline(const Record& record) {
  std::set<std::string> hosts;
  for (const record::Interference& line : record.interferences)
    hosts.insert(line.host);
  return fmt::format("What an application notices of its neighbour: {} on {}.",
                     Plural(std::ssize(record.interferences), "measurement"),
                     notation::List(hosts));
}

std::string Headline(const Record& record, Standing standing) {
  const auto done = static_cast<std::int64_t>(record.cells.size());
  const auto planned = std::max(done, static_cast<std::int64_t>(record.header.plan.cells.size()));
  const std::int64_t ok = std::ranges::count(record.cells, CellOutcome::Ok, &record::Cell::outcome);
  const std::int64_t not_offered =
      std::ranges::count(record.cells, CellOutcome::NotOffered, &record::Cell::outcome);
  if (record.cells.empty() && record.checks.empty() && !record.experiments.empty()) {
    return ExperimentsHeadline(record);
  }
  if (!record.subjects.empty()) {
    std::vector<std::string> headlines;
    for (const fitness::Fitness& found : fitness::FitnessOf(record))
      headlines.push_back(found.headline);
    return fmt::format("{}.", fmt::join(headlines, ". "));
  }
  if (ok == 0 && record.checks.empty()) {
    return record.interferences.empty() ? "Nothing was measured." : InterferenceHeadline(record);
  }
  if (planned == 0) return ChecksHeadline(record);
  if (done < planned) {
    return fmt::format("The run is not finished: {} of {} cells are there, {} of them ok.",
                       Count(done),
                       Count(planned),
                       Count(ok));
  }
  const std::string bad = BadOutcomes(record);
  if (!bad.empty()) {
    return fmt::format(
        "{}: {} of {} cells work, {}.", WhatWasRun(record), Count(ok), Count(planned), bad);
  }
  if (standing == Standing::Bad) {
    return fmt::format("{}: every cell works, but not everything is as it must be.",
                       WhatWasRun(record));
  }
  if (ok == 1 && not_offered == 0) return fmt::format("{}: it works.", WhatWasRun(record));
  return fmt::format(
      "{}: {} cells work{}.",
      WhatWasRun(record),
      not_offered == 0 ? fmt::format("all {}", Count(ok)) : Count(ok),
      not_offered == 0 ? "" : fmt::format(", {} are not offered", Count(not_offered)));
}

}  // namespace

Standing StandingOf(CellOutcome outcome) {
  switch (outcome) {
    case CellOutcome::Ok:
      return Standing::Good;
    case CellOutcome::NotOffered:
      return Standing::Note;
    default:
      return Standing::Bad;
  }
}

Standing StandingOf(const Check& check) {
  if (check.outcome == CheckOutcome::Passed) return Standing::Good;
  if (check.outcome == CheckOutcome::NotApplicable ||
      check.outcome == CheckOutcome::ExpectedFailure) {
    return Standing::Note;
  }
  if (IsFine(check.outcome)) return Standing::Caution;
  return check.level == record::Level::Must ? Standing::Bad : Standing::Caution;
}

Standing StandingOf(record::RuleStanding standing) {
  switch (standing) {
    case record::RuleStanding::Held:
      return Standing::Good;
    case record::RuleStanding::Broken:
    case record::RuleStanding::NothingMeasured:
      return Standing::Bad;
    case record::RuleStanding::Unconfirmed:
    case record::RuleStanding::Inconclusive:
      return Standing::Caution;
    case record::RuleStanding::LeftOut:
      break;
  }
  return Standing::Note;
}

std::string Words(CellOutcome outcome) {
  std::string words(Name(outcome));
  std::ranges::replace(words, '_', ' ');
  return words;
}

bool IsLeak(const Check& check) {
  return IsSeen(check) && check.expected == "isolated";
}

std::vector<ForeignSettings> FindForeignSettings(const Record& record) {
  std::vector<ForeignSettings> found;
  for (const Check& check : record.checks) {
    if (!check.settings_served || check.settings_served == check.settings_asked) continue;
    found.push_back({&check, check.outcome == CheckOutcome::Passed && check.expected == "shared"});
  }
  std::ranges::stable_sort(found, {}, &ForeignSettings::is_expected);
  return found;
}

Verdict Judge(const Record& record) {
  Verdict verdict;
  SaySynthetic(record, verdict.statements);
  SayRules(record, verdict.statements);
  SayApplications(record, verdict.statements);
  SayOutcomes(record, verdict.statements);
  SaySettings(record, verdict.statements);
  SayIsolation(record, verdict.statements);
  SayPlacement(record, verdict.statements);
  SayConcurrency(record, verdict.statements);
  SayChecks(record, verdict.statements);
  SayExperiments(record, verdict.statements);
  SayAnswers(record, verdict.statements);
  SayWorkers(record, verdict.statements);
  SayGrowth(record, verdict.statements);
  SaySharing(record, verdict.statements);
  SayNeighbours(record, verdict.statements);
  SayUpgrade(record, verdict.statements);
  SayNoise(record, verdict.statements);
  SayCircumstances(record, verdict.statements);
  std::ranges::stable_sort(verdict.statements, {}, &Statement::standing);
  for (const Statement& statement : verdict.statements) {
    verdict.standing = std::min(verdict.standing, statement.standing);
  }
  if (verdict.standing == Standing::Note) verdict.standing = Standing::Good;
  const bool is_measured =
      std::ranges::count(record.cells, CellOutcome::Ok, &record::Cell::outcome) > 0 ||
      !record.checks.empty() || !record.samples.empty() || !record.interferences.empty() ||
      !record.replays.empty();
  if (!is_measured) verdict.standing = Standing::Bad;
  verdict.headline = Headline(record, verdict.standing);
  if (record.header.synthetic) verdict.headline = "Synthetic, not measured: " + verdict.headline;
  return verdict;
}

}  // namespace reports::verdict
