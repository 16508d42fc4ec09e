#include "reports/cases/cases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "reports/cases/fitness_cases.h"
#include "reports/cases/rule_cases.h"
#include "reports/cases/run_cases.h"
#include "reports/compare/compare.h"
#include "reports/compare/metrics.h"
#include "reports/verdict/statements.h"

namespace reports::cases {

using record::CellOutcome;
using record::Check;
using record::CheckOutcome;
using record::Record;

namespace {

void AddFact(Case& made, std::string_view label, const std::optional<std::string>& value) {
  if (value && !value->empty()) made.facts.emplace_back(label, *value);
}

// ---- Cells.

Ending EndingOf(CellOutcome outcome) {
  switch (outcome) {
    case CellOutcome::Ok:
      return Ending::Passed;
    case CellOutcome::Misconfigured:
    case CellOutcome::Failed:
      return Ending::Failed;
    case CellOutcome::NotOffered:
      return Ending::Skipped;
    case CellOutcome::Crashed:
    case CellOutcome::TimedOut:
    case CellOutcome::SetupFailed:
    case CellOutcome::HarnessFault:
      break;
  }
  return Ending::Error;
}

Case OfCell(const Record& record, const record::Cell& cell) {
  Case made;
  made.suite = "cells";
  made.place = fmt::format("{}/{}/{}/{}", cell.host, cell.process, cell.interpreter, cell.loading);
  made.name = cell.app;
  made.ending = EndingOf(cell.outcome);
  made.word = Name(cell.outcome);
  if (cell.outcome != CellOutcome::Ok)
    made.message = cell.reason.value_or(std::string(verdict::Phrase(cell.outcome)));
  made.seconds = cell.seconds.value_or(0);
  made.facts.emplace_back("cell", cell.cell);
  const record::Placement* placement = FindPlacement(record, cell.cell);
  if (placement != nullptr) {
    for (const std::string& difference : placement->differences)
      made.facts.emplace_back("placement", difference);
  }
  made.evidence = fmt::format("{}", fmt::join(cell.log_tail, "\n"));
  made.reproduce = cell.reproduce.value_or("");
  return made;
}

// A cell of the plan that the run did not get to.
Case OfMissingCell(const std::string& id) {
  Case made;
  made.suite = "cells";
  // The last part is the application, which may hold slashes: host, process, interpreter and loading hold none.
  std::size_t end = 0;
  for (int part = 0; part < 4 && end != std::string::npos; ++part)
    end = id.find('/', part == 0 ? 0 : end + 1);
  made.place = id.substr(0, end);
  made.name = end == std::string::npos ? id : id.substr(end + 1);
  made.ending = Ending::Error;
  made.word = "not_run";
  made.message = "The run ended before this cell was finished.";
  made.facts.emplace_back("cell", id);
  return made;
}

void AddCells(const Record& record, std::vector<Case>& cases) {
  for (const record::Cell& cell : record.cells)
    cases.push_back(OfCell(record, cell));
  for (const std::string& id : record.header.plan.cells) {
    if (FindCell(record, id) == nullptr) cases.push_back(OfMissingCell(id));
  }
}

// ---- Checks.

Ending EndingOf(const Check& check) {
  switch (check.outcome) {
    case CheckOutcome::Passed:
      return Ending::Passed;
    case CheckOutcome::Skipped:
    case CheckOutcome::DependencyFailed:
    case CheckOutcome::NotApplicable:
    case CheckOutcome::ExpectedFailure:
      return Ending::Skipped;
    case CheckOutcome::Failed:
    case CheckOutcome::Error:
    case CheckOutcome::Crashed:
    case CheckOutcome::TimedOut:
    case CheckOutcome::SetupFailed:
      break;
  }
  if (check.level != record::Level::Must) return Ending::Skipped;
  return check.outcome == CheckOutcome::Failed ? Ending::Failed : Ending::Error;
}

std::string MessageOf(const Check& check) {
  std::string message;
  const auto add = [&](std::string_view separator, const std::string& text) {
    if (!message.empty()) message += separator;
    message += text;
  };
  if (!IsFine(check.outcome) && check.level != record::Level::Must)
    add("", "Recommended, and not so.");
  if (check.expected && check.observed && check.expected != check.observed) {
    add(" ", fmt::format("Expected {}, found {}.", *check.expected, *check.observed));
  } else if (!IsFine(check.outcome)) {
    add(" ", check.title);
  }
  if (check.detail) add(" ", *check.detail);
  return message.empty() ? std::string(Name(check.outcome)) : message;
}

std::string NameOf(const Check& check) {
  std::string name = check.check;
  if (check.rule) name += fmt::format(" [{}]", *check.rule);
  if (check.pairing) name += fmt::format(" ({})", *check.pairing);
  return name;
}

Case OfCheck(const Check& check) {
  Case made;
  made.suite = check.suite;
  made.place = check.host.value_or("engine");
  if (!check.mode.empty()) made.place += "/" + check.mode;
  made.name = NameOf(check);
  made.ending = EndingOf(check);
  made.word = Name(check.outcome);
  if (check.outcome != CheckOutcome::Passed) made.message = MessageOf(check);
  made.seconds = check.ms.value_or(0) / 1000;
  AddFact(made, "check", check.title);
  AddFact(made, "rule", check.rule);
  AddFact(made, "level", std::string(Name(check.level)));
  AddFact(made, "expected", check.expected);
  AddFact(made, "found", check.observed);
  AddFact(made, "detail", check.detail);
  AddFact(made, "settings asked for", check.settings_asked);
  AddFact(made, "settings served", check.settings_served);
  made.evidence = check.transcript.value_or("");
  made.reproduce = check.reproduce.value_or("");
  return made;
}

// Suite by suite, in the order in which they begin.
void AddChecks(const Record& record, std::vector<Case>& cases) {
  std::vector<std::string_view> suites;
  for (const Check& check : record.checks) {
    if (std::ranges::find(suites, check.suite) == suites.end()) suites.push_back(check.suite);
  }
  for (const std::string_view suite : suites) {
    for (const Check& check : record.checks) {
      if (check.suite == suite) cases.push_back(OfCheck(check));
    }
  }
}

// ---- Experiments.

Ending EndingOf(compare::Finding finding) {
  switch (finding) {
    case compare::Finding::NoWorse:
    case compare::Finding::Improved:
      return Ending::Passed;
    case compare::Finding::Regressed:
      return Ending::Failed;
    case compare::Finding::Contaminated:
    case compare::Finding::Blind:
      return Ending::Error;
    case compare::Finding::Inconclusive:
    case compare::Finding::NotConfirmed:
      break;
  }
  return Ending::Skipped;
}

Case OfExperiment(const compare::ExperimentResult& result) {
  Case made;
  made.suite = "experiments";
  made.place = result.experiment;
  for (const record::Arm& arm : result.attempts.front().plan->arms) {
    made.facts.emplace_back(
        Name(arm.role),
        fmt::format("{}: {}/{}/{}, {}", arm.name, arm.host, arm.mode, arm.app, arm.program));
  }
  for (const std::string& problem : result.problems)
    made.facts.emplace_back("problem", problem);
  return made;
}

void AddExperiments(const Record& record, std::vector<Case>& cases) {
  for (const compare::ExperimentResult& result : compare::JudgeExperiments(record)) {
    if (result.conclusions.empty()) {
      Case made = OfExperiment(result);
      made.name = "comparison";
      made.ending = Ending::Error;
      made.word = "nothing_measured";
      made.message = "Nothing was measured that could be compared.";
      cases.push_back(std::move(made));
    }
    for (const compare::Conclusion& conclusion : result.conclusions) {
      Case made = OfExperiment(result);
      const compare::Metric& metric = *compare::FindMetric(conclusion.metric);
      made.name = metric.title;
      made.ending = EndingOf(conclusion.finding);
      made.word = compare::Words(conclusion.finding);
      if (made.ending != Ending::Passed)
        made.message = fmt::format("{}: {}.", compare::Words(conclusion.finding), conclusion.why);
      made.facts.emplace_back("base", Written(metric, conclusion.first.base));
      made.facts.emplace_back("candidate", Written(metric, conclusion.first.value));
      cases.push_back(std::move(made));
    }
  }
}

// ---- What was left out.

void AddLeftOut(const Record& record, std::vector<Case>& cases) {
  for (const record::NotMeasured& line : record.not_measured) {
    Case made;
    made.suite = "not measured";
    made.name = line.what;
    made.ending = line.stopped ? Ending::Error : Ending::Skipped;  // it was to be measured
    made.word = line.stopped ? std::string(Name(*line.stopped)) : "not_measured";
    made.message = line.reason;
    if (line.cells) made.message += fmt::format(" ({} cells)", *line.cells);
    cases.push_back(std::move(made));
  }
}

// Less is worse.
int Badness(const Case& made) {
  if (made.word == "crashed") return 0;
  if (made.word == "timed_out") return 1;
  return 2;
}

}  // namespace

std::vector<Case> CasesOf(const Record& record) {
  std::vector<Case> cases;
  AddRun(record, cases);
  AddRules(record, cases);
  AddFitness(record, cases);
  AddCells(record, cases);
  AddChecks(record, cases);
  AddExperiments(record, cases);
  AddLeftOut(record, cases);
  return cases;
}

std::vector<const Case*> WorstFirst(const std::vector<Case>& cases) {
  std::vector<const Case*> bad;
  for (const Case& one : cases) {
    if (one.ending == Ending::Failed || one.ending == Ending::Error) bad.push_back(&one);
  }
  std::ranges::stable_sort(bad, {}, [](const Case* one) { return Badness(*one); });
  return bad;
}

}  // namespace reports::cases
