// What experiments say, as statements and as the headline of a record that holds nothing else.

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "reports/compare/compare.h"
#include "reports/compare/metrics.h"
#include "reports/notation/notation.h"
#include "reports/verdict/statements.h"

namespace reports::verdict {

using compare::Conclusion;
using compare::ExperimentResult;
using compare::Finding;
using record::Record;

namespace {

Standing StandingOf(Finding finding) {
  switch (finding) {
    case Finding::Regressed:
      return Standing::Bad;
    case Finding::NoWorse:
    case Finding::Improved:
      return Standing::Good;
    case Finding::Inconclusive:
    case Finding::NotConfirmed:
    case Finding::Contaminated:
    case Finding::Blind:
      break;
  }
  return Standing::Caution;
}

std::string TitlesOf(const ExperimentResult& result, Finding finding) {
  std::vector<std::string> titles;
  for (const Conclusion& conclusion : result.conclusions) {
    if (conclusion.finding != finding) continue;
    std::string title(compare::FindMetric(conclusion.metric)->title);
    if (finding == Finding::Regressed || finding == Finding::Improved) {
      title += fmt::format(" {:+.1f} %", 100 * (conclusion.first.comparison.ratio - 1));
    }
    titles.push_back(std::move(title));
  }
  return notation::List(titles);
}

}  // namespace

void SayExperiments(const Record& record, Statements& statements) {
  for (const ExperimentResult& result : compare::JudgeExperiments(record)) {
    for (const Finding finding : {Finding::Regressed,
                                  Finding::NotConfirmed,
                                  Finding::Contaminated,
                                  Finding::Blind,
                                  Finding::Inconclusive,
                                  Finding::Improved,
                                  Finding::NoWorse}) {
      const std::string titles = TitlesOf(result, finding);
      if (titles.empty()) continue;
      statements.push_back(
          {StandingOf(finding),
           fmt::format("{}: {}: {}.", result.experiment, compare::Words(finding), titles)});
    }
    for (const std::string& problem : result.problems)
      statements.push_back({Standing::Caution, fmt::format("{}: {}.", result.experiment, problem)});
  }
}

std::string ExperimentsHeadline(const Record& record) {
  std::map<Finding, std::int64_t> counts;
  const auto results = compare::JudgeExperiments(record);
  for (const ExperimentResult& result : results) {
    for (const Conclusion& conclusion : result.conclusions)
      ++counts[conclusion.finding];
  }
  std::string text =
      fmt::format("{} of two sides:",
                  notation::Plural(static_cast<std::int64_t>(results.size()), "comparison"));
  if (counts.empty()) return text + " nothing was measured.";
  const char* separator = " ";
  for (const auto& [finding, count] : counts) {
    text += fmt::format(
        "{}{} {}", separator, notation::Plural(count, "metric"), compare::Words(finding));
    separator = ", ";
  }
  return text + ".";
}

}  // namespace reports::verdict
