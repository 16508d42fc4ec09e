// What `wsgilab check` found, as statements: the verdicts of single modes are in the headline and in reports/fitness.

#include <fmt/format.h>

#include <algorithm>

#include "reports/fitness/company.h"
#include "reports/fitness/fitness.h"
#include "reports/notation/notation.h"
#include "reports/verdict/statements.h"

namespace reports::verdict {

using fitness::Company;
using fitness::Fitness;
using record::Record;

namespace {

constexpr std::size_t kShown = 3;

std::string Shown(const std::vector<Company::Trouble>& troubles) {
  std::string text;
  for (std::size_t at = 0; at < std::min(kShown, troubles.size()); ++at) {
    const Company::Trouble& trouble = troubles[at];
    text += fmt::format(
        "{}{}: {}: {}", text.empty() ? "" : "; ", trouble.app, trouble.request, trouble.detail);
  }
  if (troubles.size() > kShown) text += fmt::format("; and {} more", troubles.size() - kShown);
  return text;
}

void SayApplication(const Fitness& found, Statements& statements) {
  const std::string& app = found.subject->app;
  if (!found.subject->reference) {
    statements.push_back(
        {Standing::Bad, fmt::format("{} answers in no mode that was tried.", app)});
    return;
  }
  const auto configured = std::ranges::find_if(found.modes, [&](const fitness::ModeFitness& mode) {
    return mode.mode == found.subject->mode;
  });
  if (configured == found.modes.end() || configured->verdict != fitness::Verdict::Broken) return;
  statements.push_back({Standing::Bad,
                        fmt::format("{} is configured as {}, and is broken there: {}.",
                                    app,
                                    configured->mode,
                                    configured->reasons.front().text)});
}

}  // namespace

void SayApplications(const Record& record, Statements& statements) {
  for (const Fitness& found : fitness::FitnessOf(record))
    SayApplication(found, statements);
  const Company company = fitness::CompanyOf(record);
  if (company.was_tried_as_configured) {
    const bool is_well = company.as_configured.empty();
    statements.push_back(
        {is_well ? Standing::Good : Standing::Bad,
         is_well ? std::string("As they are configured, each application answers as it does alone.")
                 : fmt::format("As they are configured, the applications disturb each other: {}.",
                               Shown(company.as_configured))});
  }
  if (company.was_tried_as_advised) {
    const bool is_well = company.as_advised.empty();
    statements.push_back(
        {is_well ? Standing::Good : Standing::Caution,
         is_well ? std::string("In groups of their own, as is advised, each answers as it does "
                               "alone: that was tried.")
                 : fmt::format("In groups of their own, too, some answer otherwise than alone: {}.",
                               Shown(company.as_advised))});
  }
}

}  // namespace reports::verdict
