#include "reports/merge/source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "reports/plan/digest.h"
#include "reports/plan/sharding.h"
#include "reports/record/same_machine.h"

namespace reports::merge {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using record::Cell;
using record::Check;
using record::Footer;
using record::Header;
using record::Line;
using record::NotMeasured;
using record::Plan;

namespace {

Error Refusal(std::string message) {
  return {ErrorKind::InvalidInput, std::move(message)};
}

// What keeps it from being finished, in sentences.
std::vector<std::string> ProblemsOf(const ShardRecord& record) {
  std::vector<std::string> problems = record.lines.problems;
  for (const Line& line : record.lines.lines) {
    const auto* left_out = std::get_if<NotMeasured>(&line);
    if (left_out == nullptr || !left_out->stopped) continue;
    problems.push_back(fmt::format("{}: {}.", left_out->what, left_out->reason));
  }
  return problems;
}

Result<Source> SourceOf(ShardRecord record) {
  Source source;
  source.header = std::get<Header>(record.lines.lines.front());
  if (source.header.merged) {
    return Refusal(fmt::format("{} was merged already: name the records of the shards, all of them",
                               record.name));
  }
  if (!source.header.shard) {
    return Refusal(
        fmt::format("{} is the record of a whole run, not of a shard: there is nothing to "
                    "merge it with (shards are made by wsgilab run --shard 1/3 …)",
                    record.name));
  }
  source.problems = ProblemsOf(record);
  if (const auto* footer = std::get_if<Footer>(&record.lines.lines.back())) source.footer = *footer;
  source.name = std::move(record.name);
  source.lines = std::move(record.lines.lines);
  return source;
}

Result<void> CheckSamePlan(const Source& first, const Source& second) {
  if (first.count() != second.count()) {
    return Refusal(fmt::format("{} is a shard of {} and {} one of {}: they are of different runs",
                               first.name,
                               first.count(),
                               second.name,
                               second.count()));
  }
  const auto differences = plan::Differences(first.header, second.header);
  if (differences.empty()) return {};
  return Refusal(fmt::format("{} and {} are not shards of the same run: {}",
                             first.name,
                             second.name,
                             fmt::join(differences, "; ")));
}

// "1, 3"
std::string ShardsWithout(const std::vector<Source>& sources, int count) {
  std::string missing;
  for (int index = 1; index <= count; ++index) {
    if (std::ranges::find(sources, index, &Source::index) != sources.end()) continue;
    missing += fmt::format("{}{}/{}", missing.empty() ? "" : ", ", index, count);
  }
  return missing;
}

Result<void> CheckAllAreThere(const std::vector<Source>& sources) {
  const int count = sources.front().count();
  if (const std::string missing = ShardsWithout(sources, count); !missing.empty()) {
    return Refusal(
        fmt::format("shard {} is missing: name its record as well, or say --partial for a "
                    "record that is not complete",
                    missing));
  }
  for (const Source& source : sources) {
    if (source.is_finished()) continue;
    return Refusal(
        fmt::format("{} (shard {}/{}) is not finished: {} Go on with it with wsgilab run "
                    "--resume, or say --partial for a record that is not complete",
                    source.name,
                    source.index(),
                    count,
                    fmt::join(source.problems, " ")));
  }
  return {};
}

// That a record holds its share: nothing else, and all of it if it is finished.
Result<void> CheckShare(const Source& source) {
  const Plan& own = source.header.plan;
  const auto share =
      plan::CellsOf({source.index(), source.count()}, AllIds(plan::WholePlan(source.header)));
  std::multiset<std::string> open(share.begin(), share.end());
  const auto refuse = [&](const std::string& why) {
    return Refusal(fmt::format("{} is not what shard {}/{} of its plan must be: {}",
                               source.name,
                               source.index(),
                               source.count(),
                               why));
  };
  const auto ids = AllIds(own);
  if (open != std::multiset<std::string>(ids.begin(), ids.end())) {
    return refuse("other cells were planned for it");
  }
  std::map<std::string, std::vector<std::string>> checks;
  for (const Line& line : source.lines) {
    if (const auto* check = std::get_if<Check>(&line))
      checks[HostOf(*check)].push_back(check->check);
    const auto* cell = std::get_if<Cell>(&line);
    if (cell == nullptr) continue;
    const auto planned = open.find(cell->cell);
    if (planned == open.end()) return refuse(fmt::format("it has a cell too many: {}", cell->cell));
    open.erase(planned);
  }
  if (!source.is_finished()) return {};
  if (!open.empty()) return refuse(fmt::format("it has no cell {}", *open.begin()));
  for (const record::PlannedChecks& planned : own.checks) {
    const auto& made = checks[planned.host];
    if (static_cast<int>(made.size()) != planned.count || plan::DigestOf(made) != planned.digest) {
      return refuse(fmt::format("{} checks of {} were planned, and it has {}{}",
                                planned.count,
                                planned.host,
                                made.size(),
                                static_cast<int>(made.size()) == planned.count ? " others" : ""));
    }
  }
  return {};
}

// Times of an application are compared with each other: what measured them must be alike.
Result<void> CheckMachines(const std::vector<Source>& sources) {
  std::map<std::string, const Source*> measured_by;
  for (const Source& source : sources) {
    for (const std::string& cell : source.header.plan.cells) {
      const std::string app = plan::AppOf(cell);
      const Source& first = *measured_by.emplace(app, &source).first->second;
      const auto why_not = record::WhyNotSameMachine(first.header.machine, source.header.machine);
      if (!why_not) continue;
      return Refusal(
          fmt::format("{} was measured by {} and by {} on different machines ({}): such times "
                      "cannot be compared. "
                      "Run the shards on machines that are alike, or have no more shards than "
                      "applications: then "
                      "each application is measured by one",
                      app,
                      first.name,
                      source.name,
                      *why_not));
    }
  }
  return {};
}

Result<void> CheckEachIsThereOnce(const std::vector<Source>& sources) {
  for (std::size_t at = 1; at < sources.size(); ++at) {
    if (sources[at].index() != sources[at - 1].index()) continue;
    return Refusal(fmt::format("shard {}/{} is there twice: {} and {}: name one of them",
                               sources[at].index(),
                               sources[at].count(),
                               sources[at - 1].name,
                               sources[at].name));
  }
  return {};
}

}  // namespace

std::vector<std::string> AllIds(const Plan& plan) {
  std::vector<std::string> ids = plan.cells;
  ids.insert(ids.end(), plan.not_offered.begin(), plan.not_offered.end());
  return ids;
}

std::string HostOf(const Check& check) {
  return check.host.value_or("engine");
}

Result<std::vector<Source>> SourcesOf(std::vector<ShardRecord> records, Missing missing) {
  if (records.empty()) return Refusal("there is no record to merge");
  std::vector<Source> sources;
  for (ShardRecord& record : records) {
    auto source = SourceOf(std::move(record));
    if (!source) return source.error();
    sources.push_back(std::move(*source));
  }
  std::ranges::stable_sort(sources, std::less<>(), [](const Source& source) {
    return std::pair(source.index(), source.name);
  });
  for (const Source& source : sources) {
    if (auto same = CheckSamePlan(sources.front(), source); !same) return same.error();
  }
  if (auto once = CheckEachIsThereOnce(sources); !once) return once.error();
  if (missing == Missing::Refused) {
    if (auto all = CheckAllAreThere(sources); !all) return all.error();
  }
  for (const Source& source : sources) {
    if (auto share = CheckShare(source); !share) return share.error();
  }
  if (auto alike = CheckMachines(sources); !alike) return alike.error();
  return sources;
}

}  // namespace reports::merge
