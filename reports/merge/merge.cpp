#include "reports/merge/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "reports/plan/digest.h"
#include "reports/plan/machines.h"
#include "reports/plan/sharding.h"
#include "reports/record/json.h"
#include "reports/tally/tally.h"

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

// The record of one shard, and what there is to know about it.
struct Source {
  std::string name;
  std::vector<Line> lines;
  Header header;
  std::optional<Footer> footer;
  std::vector<std::string> problems;

  [[nodiscard]] int index() const { return header.shard->index; }
  [[nodiscard]] int count() const { return header.shard->count; }
  [[nodiscard]] bool is_finished() const { return problems.empty(); }
};

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

std::vector<std::string> AllIds(const Plan& plan) {
  std::vector<std::string> ids = plan.cells;
  ids.insert(ids.end(), plan.not_offered.begin(), plan.not_offered.end());
  return ids;
}

std::string HostOf(const Check& check) {
  return check.host.value_or("engine");
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
      const auto why_not = plan::WhyNotAlike(first.header.machine, source.header.machine);
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

// The command without its number of a shard.
std::string WithoutShard(std::string command) {
  constexpr std::string_view kOption = " --shard";
  const std::size_t begin = command.find(kOption);
  if (begin == std::string::npos) return command;
  const std::size_t end = command.find(' ', begin + kOption.size() + 1);
  return command.erase(begin, end == std::string::npos ? end : end - begin);
}

Header HeaderOf(const std::vector<Source>& sources, const MergeOrder& order) {
  Header header = sources.front().header;
  header.run = order.run;
  header.command = WithoutShard(header.command);
  header.plan = header.shard->whole;
  header.merged = record::Merged{.shards = header.shard->count, .parts = {}};
  header.shard.reset();
  for (const Source& source : sources) {
    header.started_at = std::min(header.started_at, source.header.started_at);
    header.machine.load_1min = std::max(header.machine.load_1min, source.header.machine.load_1min);
    record::Part part;
    part.shard = source.index();
    part.run = source.header.run;
    part.started_at = source.header.started_at;
    if (source.footer) part.seconds = source.footer->seconds;
    part.complete = source.is_finished();
    part.machine = source.header.machine;
    header.merged->parts.push_back(std::move(part));
  }
  return header;
}

class Merging {
 public:
  explicit Merging(std::vector<Source> sources) : sources_(std::move(sources)) {}

  std::vector<Line> Lines(const MergeOrder& order) {
    Put(HeaderOf(sources_, order));
    for (Source& source : sources_) {
      for (Line& line : source.lines)
        Sort(std::move(line));
    }
    const Plan whole = std::get<Header>(lines_.front()).plan;
    for (const Line& line : not_measured_)
      Put(line);
    SayWhatIsMissing(whole);
    SayWhichMachines();
    for (const auto& ids : {whole.not_offered, whole.cells}) {
      for (const std::string& id : ids)
        PutCell(id);
    }
    for (const auto& [cell, lines] :
         of_cell_)  // of none that was planned: they are not ours to judge
      PutAll(lines);
    PutAll(others_);
    for (const record::PlannedChecks& planned : whole.checks)
      PutAll(checks_[planned.host]);
    Put(FooterLine());
    return std::move(lines_);
  }

 private:
  // What every shard says is said once.
  void Sort(Line line) {
    if (std::holds_alternative<Header>(line) || std::holds_alternative<Footer>(line)) return;
    if (std::holds_alternative<NotMeasured>(line)) {
      if (said_.insert(record::ToJsonLine(line)).second) not_measured_.push_back(std::move(line));
    } else if (const auto* check = std::get_if<Check>(&line)) {
      auto& checks = checks_[HostOf(*check)];
      checks.push_back(std::move(line));
    } else if (const auto cell = std::string(record::CellOf(line)); !cell.empty()) {
      of_cell_[cell].push_back(std::move(line));
    } else {
      others_.push_back(std::move(line));
    }
  }

  void Put(Line line) {
    record::Add(record_, line);
    lines_.push_back(std::move(line));
  }

  void PutAll(const std::vector<Line>& lines) {
    for (const Line& line : lines)
      Put(line);
  }

  // Nothing of one that had not got as far as its end.
  void PutCell(const std::string& id) {
    const auto lines = of_cell_.extract(id);
    if (lines.empty()) return;
    if (std::ranges::any_of(lines.mapped(),
                            [](const Line& line) { return std::holds_alternative<Cell>(line); })) {
      PutAll(lines.mapped());
    }
  }

  // A shard without a record, by what it was to do.
  void SayWhatIsMissing(const Plan& whole) {
    const int count = sources_.front().count();
    for (int index = 1; index <= count; ++index) {
      if (std::ranges::find(sources_, index, &Source::index) != sources_.end()) continue;
      const auto cells = plan::CellsOf({index, count}, AllIds(whole));
      int checks = 0;
      for (const record::PlannedChecks& planned : whole.checks)
        checks += (planned.count + count - index) / count;
      Put(NotMeasured{
          fmt::format("shard {} of {}: {} cells and {} checks", index, count, cells.size(), checks),
          "its record was not among those that were merged"});
    }
    for (const Source& source : sources_) {
      if (source.is_finished()) continue;
      Put(NotMeasured{fmt::format("the rest of shard {} of {}", source.index(), count),
                      fmt::format("{}", fmt::join(source.problems, " "))});
    }
  }

  void SayWhichMachines() {
    std::vector<const Source*> kinds;
    for (const Source& source : sources_) {
      const auto is_alike = [&](const Source* known) {
        return !plan::WhyNotAlike(known->header.machine, source.header.machine);
      };
      if (std::ranges::none_of(kinds, is_alike)) kinds.push_back(&source);
    }
    if (kinds.size() < 2) return;
    std::string machines;
    for (const Source* source : kinds) {
      machines += fmt::format("{}shard {}: {}",
                              machines.empty() ? "" : "; ",
                              source->index(),
                              plan::Text(source->header.machine));
    }
    Put(NotMeasured{"times of one application beside those of another",
                    "they were measured on different machines: " + machines});
  }

  [[nodiscard]] Footer FooterLine() const {
    Footer footer = tally::FooterOf(record_);
    for (const Source& source : sources_) {
      if (!source.footer) continue;
      const Footer& its = *source.footer;
      footer.finished_at = std::max(footer.finished_at, its.finished_at);
      footer.seconds += its.seconds;
      footer.left_behind.insert(
          footer.left_behind.end(), its.left_behind.begin(), its.left_behind.end());
    }
    return footer;
  }

  std::vector<Source> sources_;
  std::vector<Line> lines_;
  record::Record record_;  // the same, for the footer
  std::vector<Line> not_measured_;
  std::set<std::string> said_;
  std::map<std::string, std::vector<Line>> of_cell_;
  std::map<std::string, std::vector<Line>> checks_;
  std::vector<Line> others_;
};

}  // namespace

Result<std::vector<Line>> Merge(std::vector<ShardRecord> records, const MergeOrder& order) {
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
  for (std::size_t at = 1; at < sources.size(); ++at) {
    if (auto same = CheckSamePlan(sources.front(), sources[at]); !same) return same.error();
    if (sources[at].index() != sources[at - 1].index()) continue;
    return Refusal(fmt::format("shard {}/{} is there twice: {} and {}: name one of them",
                               sources[at].index(),
                               sources[at].count(),
                               sources[at - 1].name,
                               sources[at].name));
  }
  if (order.missing == Missing::Refused) {
    if (auto all = CheckAllAreThere(sources); !all) return all.error();
  }
  for (const Source& source : sources) {
    if (auto share = CheckShare(source); !share) return share.error();
  }
  if (auto alike = CheckMachines(sources); !alike) return alike.error();
  return Merging(std::move(sources)).Lines(order);
}

}  // namespace reports::merge
