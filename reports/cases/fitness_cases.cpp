#include "reports/cases/fitness_cases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/fitness/company.h"
#include "reports/fitness/fitness.h"
#include "reports/notation/notation.h"

namespace reports::cases {

using fitness::Company;
using fitness::Fitness;
using fitness::ModeFitness;
using fitness::Reason;
using fitness::Verdict;
using fitness::Weight;
using record::Record;

namespace {

Case OfApplication(const Record& record, const Fitness& found) {
  Case made;
  made.suite = "applications";
  made.name =
      found.subject->app + (found.subject->mode ? " as it is configured" : " can be hosted");
  const bool answers = found.subject->reference.has_value();
  const auto is_broken_where_it_is = [&](const ModeFitness& mode) {
    return mode.mode == found.subject->mode && mode.verdict == Verdict::Broken;
  };
  const bool is_well = answers && std::ranges::none_of(found.modes, is_broken_where_it_is);
  made.ending = is_well ? Ending::Passed : Ending::Failed;
  made.word = is_well ? "passed" : "failed";
  if (!is_well) {
    made.message = found.headline + ".";
    if (answers) made.message += fmt::format(" It is configured as {}.", *found.subject->mode);
  }
  made.facts.emplace_back("recommended", found.recommended.value_or("none"));
  if (found.subject->mode) made.facts.emplace_back("configured", *found.subject->mode);
  for (const std::string& sentence : found.findings)
    made.facts.emplace_back("finding", sentence);
  made.reproduce = record.header.command;
  return made;
}

Case OfMode(const Record& record, const Fitness& found, const ModeFitness& mode) {
  Case made;
  made.suite = "modes";
  made.place = mode.mode;
  made.name = found.subject->app;
  made.word = fitness::InWords(mode.verdict);
  made.ending = mode.verdict == Verdict::Recommended || mode.verdict == Verdict::Works
                    ? Ending::Passed
                    : Ending::Skipped;
  if (!found.subject->reference && mode.verdict == Verdict::Broken) made.ending = Ending::Failed;
  std::vector<std::string> speaking;
  for (const Reason& reason : mode.reasons) {
    std::string text = reason.text;
    if (!reason.rule.empty()) text += fmt::format(" [{}]", reason.rule);
    made.facts.emplace_back(reason.weight == Weight::Note ? "note" : "reason", text);
    if (reason.weight != Weight::Note || made.ending != Ending::Passed)
      speaking.push_back(std::move(text));
    if (reason.weight == Weight::Breaks && made.evidence.empty())
      made.evidence = fmt::format("{}", fmt::join(reason.evidence, "\n"));
  }
  if (made.ending != Ending::Passed)
    made.message = fmt::format("{}: {}.", made.word, fmt::join(speaking, "; "));
  made.reproduce = fmt::format("{} --mode {}", record.header.command, mode.mode);
  return made;
}

Case OfCompany(const Record& record,
               std::string name,
               const std::vector<Company::Trouble>& troubles,
               Ending when_troubled) {
  Case made;
  made.suite = "applications";
  made.name = std::move(name);
  made.ending = troubles.empty() ? Ending::Passed : when_troubled;
  made.word = troubles.empty() ? "passed" : "differs";
  for (const Company::Trouble& trouble : troubles) {
    const std::string text =
        fmt::format("{}: {}: {}", trouble.app, trouble.request, trouble.detail);
    made.facts.emplace_back("differs", text);
    made.message += fmt::format("{}{}.", made.message.empty() ? "" : " ", text);
  }
  made.reproduce = record.header.command;
  return made;
}

}  // namespace

void AddFitness(const Record& record, std::vector<Case>& cases) {
  const std::vector<Fitness> all = fitness::FitnessOf(record);
  for (const Fitness& found : all)
    cases.push_back(OfApplication(record, found));
  const Company company = fitness::CompanyOf(record);
  if (company.was_tried_as_configured) {
    cases.push_back(OfCompany(
        record, "together, as they are configured", company.as_configured, Ending::Failed));
  }
  if (company.was_tried_as_advised) {
    cases.push_back(
        OfCompany(record, "together, as is advised", company.as_advised, Ending::Skipped));
  }
  for (const Fitness& found : all) {
    for (const ModeFitness& mode : found.modes)
      cases.push_back(OfMode(record, found, mode));
  }
}

}  // namespace reports::cases
