#include "reports/merge/merge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "reports/merge/source.h"
#include "reports/plan/sharding.h"
#include "reports/record/json.h"
#include "reports/record/same_machine.h"
#include "reports/tally/tally.h"

namespace reports::merge {

using hosts::base::Result;
using record::Cell;
using record::Check;
using record::Footer;
using record::Header;
using record::Line;
using record::NotMeasured;
using record::Plan;

namespace {

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
    if (std::holds_alternative<record::Rule>(line)) return;  // what a shard alone was held against
    if (std::holds_alternative<NotMeasured>(line)) {
      if (said_.insert(record::ToJsonLine(line)).second) not_measured_.push_back(std::move(line));
    } else if (const auto* check = std::get_if<Check>(&line)) {
      auto& checks = checks_[HostOf(*check)];
      checks.push_back(std::move(line));
    } else if (const auto cell = std::string(record::CellOf(line)); !cell.empty()) {
      of_cell_[cell].push_back(std::move(line));
    } else if (said_.insert(record::ToJsonLine(line)).second) {
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
        return !record::WhyNotSameMachine(known->header.machine, source.header.machine);
      };
      if (std::ranges::none_of(kinds, is_alike)) kinds.push_back(&source);
    }
    if (kinds.size() < 2) return;
    std::string machines;
    for (const Source* source : kinds) {
      machines += fmt::format("{}shard {}: {}",
                              machines.empty() ? "" : "; ",
                              source->index(),
                              record::Text(source->header.machine));
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
  auto sources = SourcesOf(std::move(records), order.missing);
  if (!sources) return sources.error();
  return Merging(std::move(*sources)).Lines(order);
}

}  // namespace reports::merge
