#include "reports/fitness/company.h"

#include <algorithm>

#include "reports/fitness/fitness.h"

namespace reports::fitness {

using record::Record;
using record::Replay;
using record::ReplayOutcome;

Company CompanyOf(const Record& record) {
  Company company;
  for (const Replay& replay : record.replays) {
    const bool is_configured = replay.arrangement == kAsConfigured;
    if (!is_configured && replay.arrangement != kAsAdvised) continue;
    (is_configured ? company.was_tried_as_configured : company.was_tried_as_advised) = true;
    if (replay.outcome == ReplayOutcome::Same) continue;
    auto& troubles = is_configured ? company.as_configured : company.as_advised;
    const Company::Trouble trouble{replay.app, replay.request, replay.detail.value_or("")};
    if (std::ranges::count(troubles, trouble) == 0)
      troubles.push_back(trouble);  // asked in several orders
  }
  return company;
}

std::vector<Placed> PlacedAsAdvised(const Record& record) {
  std::vector<Placed> placed;
  for (const Fitness& found : FitnessOf(record))
    placed.push_back(
        {.subject = found.subject, .mode = found.recommended.value_or("daemon/main/preload")});
  return placed;
}

std::string SiteAsAdvised(const Record& record) {
  return record.subjects.size() > 1 ? WriteSite(PlacedAsAdvised(record)) : std::string();
}

std::string ConfigurationOf(const Record& record) {
  const bool is_any = std::ranges::any_of(
      FitnessOf(record), [](const Fitness& found) { return found.recommended.has_value(); });
  return is_any ? WriteSite(PlacedAsAdvised(record)) : std::string();
}

}  // namespace reports::fitness
