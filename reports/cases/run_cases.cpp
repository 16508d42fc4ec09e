#include "reports/cases/run_cases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/notation/notation.h"
#include "reports/verdict/measurement_statements.h"
#include "reports/verdict/statements.h"
#include "reports/verdict/verdict.h"

namespace reports::cases {

using record::CellOutcome;
using record::Check;
using record::CheckOutcome;
using record::Record;

namespace {

Case OfRun(std::string name, Ending ending, std::string word, std::string message) {
  Case made;
  made.suite = "run";
  made.name = std::move(name);
  made.ending = ending;
  made.word = std::move(word);
  made.message = std::move(message);
  return made;
}

Case Completeness(const Record& record) {
  if (record.complete) return OfRun("complete", Ending::Passed, "passed", "");
  std::string why = fmt::format("{}", fmt::join(record.problems, " "));
  if (why.empty()) why = "The record has no end.";
  return OfRun("complete", Ending::Error, "incomplete", std::move(why));
}

Case Measuredness(const Record& record) {
  const bool is_measured =
      std::ranges::count(record.cells, CellOutcome::Ok, &record::Cell::outcome) > 0 ||
      std::ranges::count(record.checks, CheckOutcome::Passed, &Check::outcome) > 0 ||
      !record.interferences.empty() || !record.samples.empty() || !record.micros.empty() ||
      !record.replays.empty();
  return is_measured ? OfRun("something was measured", Ending::Passed, "passed", "")
                     : OfRun("something was measured",
                             Ending::Error,
                             "nothing_measured",
                             "No cell is ok, and no check has passed.");
}

// The checks that were not made, as what they stand on has failed: they are skipped, and that is no success.
void AddUnmade(const Record& record, std::vector<Case>& cases) {
  const auto unmade =
      std::ranges::count(record.checks, CheckOutcome::DependencyFailed, &Check::outcome);
  if (unmade == 0) return;
  cases.push_back(OfRun(
      "every check was made",
      Ending::Failed,
      "failed",
      fmt::format("{} not made, as the host does not serve.", notation::Plural(unmade, "check"))));
}

// What the verdict says of the run besides its cells, checks and experiments, which are cases of their own.
struct Subject {
  std::string_view name;
  void (*say)(const Record&, verdict::Statements&);
};
constexpr Subject kSubjects[] = {
    {"placement", verdict::SayPlacement},
    {"requests at the same time", verdict::SayConcurrency},
    {"answers under load", verdict::SayAnswers},
    {"workers reached", verdict::SayWorkers},
    {"memory growth", verdict::SayGrowth},
    {"shared memory", verdict::SaySharing},
    {"neighbours", verdict::SayNeighbours},
    {"noise of the machine", verdict::SayNoise},
    {"circumstances", verdict::SayCircumstances},
};

Case OfSubject(const Subject& subject, const verdict::Statements& statements) {
  Case made = OfRun(std::string(subject.name), Ending::Passed, "passed", "");
  for (const verdict::Statement& statement : statements) {
    if (statement.standing != verdict::Standing::Bad &&
        statement.standing != verdict::Standing::Caution) {
      continue;
    }
    const bool is_bad = statement.standing == verdict::Standing::Bad;
    const Ending ending = is_bad ? Ending::Failed : Ending::Skipped;
    if (ending < made.ending) {
      made.ending = ending;
      made.word = is_bad ? "failed" : "caution";
    }
    made.message += (made.message.empty() ? "" : " ") + statement.text;
  }
  return made;
}

}  // namespace

void AddRun(const Record& record, std::vector<Case>& cases) {
  cases.push_back(Completeness(record));
  cases.push_back(Measuredness(record));
  AddUnmade(record, cases);
  for (const Subject& subject : kSubjects) {
    verdict::Statements statements;
    subject.say(record, statements);
    if (!statements.empty()) cases.push_back(OfSubject(subject, statements));
  }
}

}  // namespace reports::cases
