#include "reports/cases/rule_cases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/verdict/statements.h"

namespace reports::cases {

using record::Record;
using record::Rule;
using record::RuleStanding;

namespace {

Ending EndingOf(RuleStanding standing) {
  switch (standing) {
    case RuleStanding::Held:
      return Ending::Passed;
    case RuleStanding::Broken:
      return Ending::Failed;
    case RuleStanding::NothingMeasured:
      return Ending::Error;
    case RuleStanding::Unconfirmed:
    case RuleStanding::Inconclusive:
    case RuleStanding::LeftOut:
      break;
  }
  return Ending::Skipped;
}

Case OfRule(const Rule& rule) {
  Case made;
  made.suite = "rules";
  made.name = rule.name;
  made.ending = EndingOf(rule.standing);
  made.word = Name(rule.standing);
  if (made.ending != Ending::Passed) {
    made.message = made.word;
    if (!rule.evidence.empty())
      made.message += fmt::format(": {}.", fmt::join(rule.evidence, "; "));
  }
  made.facts.emplace_back("expected", rule.expect);
  for (const std::string& sentence : rule.evidence)
    made.facts.emplace_back("evidence", sentence);
  if (rule.where) made.facts.emplace_back("written in", *rule.where);
  return made;
}

// A product that failed, or a limit that is broken; everything else is nobody's failure, and no pass.
bool IsFailure(int exit_code) {
  return exit_code == 1 || exit_code == 99;
}

Case OfTheWhole(const Record& record) {
  Case made;
  made.suite = "rules";
  made.name = "the gate as a whole";
  made.word = "passed";
  made.message = verdict::WhyTheGateFailed(record);
  if (!made.message.empty()) {
    const bool is_failure = IsFailure(record.footer->exit_code);
    made.ending = is_failure ? Ending::Failed : Ending::Error;
    made.word = is_failure ? "failed" : "error";
  }
  return made;
}

}  // namespace

void AddRules(const Record& record, std::vector<Case>& cases) {
  if (record.rules.empty()) return;
  for (const Rule& rule : record.rules)
    cases.push_back(OfRule(rule));
  cases.push_back(OfTheWhole(record));
}

}  // namespace reports::cases
