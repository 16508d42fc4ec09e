#include "reports/trend/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "reports/compare/cell_values.h"
#include "reports/notation/notation.h"
#include "reports/record/same_machine.h"

namespace reports::trend {

namespace {

// "3.11.2" → "3.11": a new version of the same Python is what a trend shows.
std::string Feature(std::string_view version) {
  const std::size_t first = version.find('.');
  return std::string(version.substr(0,
                                    first == std::string_view::npos
                                        ? first
                                        : version.find_first_not_of("0123456789", first + 1)));
}

std::string PythonOf(const record::Record& record, const record::Cell& cell) {
  const record::Placement* placement = FindPlacement(record, cell.cell);
  if (placement != nullptr && placement->found.python) return Feature(*placement->found.python);
  for (const record::HostVersion& host : record.header.hosts) {
    if (host.name == cell.host && host.python) return Feature(*host.python);
  }
  return "not known";
}

std::string SizeOf(const record::Plan& plan) {
  std::string size;
  if (plan.processes) size += ", " + notation::Plural(*plan.processes, "process");
  if (plan.threads) size += ", " + notation::Plural(*plan.threads, "thread");
  return size;
}

// Puts runs of machines that are alike together.
class MachineNumbers {
 public:
  explicit MachineNumbers(Machines machines) : machines_(machines) {}

  std::size_t Of(const record::Machine& machine) {
    if (machines_ == Machines::Together && !known_.empty()) return 0;
    for (std::size_t number = 0; number < known_.size(); ++number) {
      if (!record::WhyNotSameMachine(known_[number], machine)) return number;
    }
    known_.push_back(machine);
    return known_.size() - 1;
  }
  // What tells it from others of the same name.
  [[nodiscard]] std::string Text(std::size_t number) const {
    if (machines_ == Machines::Together) return "machines that were said to be alike";
    const record::Machine& machine = known_[number];
    return fmt::format("{}, {} build, {}",
                       record::Text(machine),
                       machine.build_type.value_or("unknown"),
                       machine.fingerprint ? "fingerprint " + *machine.fingerprint
                                           : "which does not say what it is");
  }

 private:
  Machines machines_;
  std::vector<record::Machine> known_;
};

class Sorting {
 public:
  Sorting(History& history, const Choice& choice)
      : history_(history), choice_(choice), machines_(choice.machines) {}

  void Add(std::size_t at) {
    const Run& run = history_.runs[at];
    const std::size_t machine = machines_.Of(run.machine);
    for (const std::string& cell : run.cells) {
      if (choice_.wants_cell && !choice_.wants_cell(cell)) continue;
      for (const compare::Metric* metric : choice_.metrics) {
        const auto value = run.values.find({cell, std::string(metric->name)});
        if (value == run.values.end()) continue;
        Series& series = SeriesFor(cell, metric, GroupOf(run, machine, cell));
        series.runs.push_back(at);
        series.values.push_back(value->second);
        std::vector<std::size_t>& of_group = history_.groups[series.group].runs;
        if (of_group.empty() || of_group.back() != at) of_group.push_back(at);
      }
    }
  }

 private:
  std::size_t GroupOf(const Run& run, std::size_t machine, const std::string& cell) {
    const std::string what = fmt::format("{}{}; Python {}; profile {}{}",
                                         run.synthetic ? "synthetic; " : "",
                                         machines_.Text(machine),
                                         run.pythons.at(cell),
                                         run.profile,
                                         run.size);
    const auto [found, is_new] =
        group_numbers_.try_emplace({machine, what}, history_.groups.size());
    if (is_new) history_.groups.push_back({what, run.synthetic.has_value(), {}});
    return found->second;
  }

  Series& SeriesFor(const std::string& cell, const compare::Metric* metric, std::size_t group) {
    const auto [found, is_new] =
        series_numbers_.try_emplace({cell, metric->name, group}, history_.series.size());
    if (is_new) history_.series.push_back({cell, metric, group, {}, {}});
    return history_.series[found->second];
  }

  History& history_;
  const Choice& choice_;
  MachineNumbers machines_;
  std::map<std::pair<std::size_t, std::string>, std::size_t> group_numbers_;
  std::map<std::tuple<std::string, std::string_view, std::size_t>, std::size_t> series_numbers_;
};

// Cells in the order of their first run, their metrics in that of the table, groups as they came.
void Order(History& history) {
  std::map<std::string, std::size_t> places;
  for (const Series& series : history.series)
    places.try_emplace(series.cell, places.size());
  std::ranges::stable_sort(history.series, {}, [&](const Series& series) {
    return std::tuple(places.at(series.cell), series.metric, series.group);
  });
}

}  // namespace

Run RunOf(const record::Record& record, std::string name) {
  Run run;
  run.name = std::move(name);
  run.run = record.header.run;
  run.revision = record.header.revision.value_or("");
  run.started_at = record.header.started_at;
  run.machine = record.header.machine;
  run.profile = record.header.profile;
  run.size = SizeOf(record.header.plan);
  run.synthetic = record.header.synthetic;
  run.complete = record.complete;
  for (const record::Cell& cell : record.cells) {
    run.cells.push_back(cell.cell);
    run.pythons[cell.cell] = PythonOf(record, cell);
    for (const compare::Metric& metric : compare::Metrics()) {
      const auto value = compare::ValueOf(record, cell.cell, metric.name);
      // What is 0 was too short for its clock: no step of it could be told as a share.
      if (value && *value > 0) run.values[{cell.cell, std::string(metric.name)}] = *value;
    }
  }
  return run;
}

History HistoryOf(std::vector<Run> runs, const Choice& choice) {
  History history;
  history.runs = std::move(runs);
  std::ranges::stable_sort(history.runs, {}, &Run::started_at);
  Sorting sorting(history, choice);
  for (std::size_t at = 0; at < history.runs.size(); ++at)
    sorting.Add(at);
  Order(history);
  return history;
}

std::vector<const compare::Metric*> UsualMetrics() {
  std::vector<const compare::Metric*> metrics;
  for (const std::string_view name : {"latency_p50_us",
                                      "latency_p99_us",
                                      "requests_per_s",
                                      "cpu_us",
                                      "ready_ms",
                                      "first_request_ms",
                                      "pss_kib"})
    metrics.push_back(compare::FindMetric(name));
  return metrics;
}

}  // namespace reports::trend
