#pragma once
// Run:       what a trend needs of a record, which is little of it.
// Group:     runs that may stand in one series: alike in machine, Python, profile and processes, and all of them measured, or none.
// Series:    the values of one metric of one cell over the runs of a group, in the order in which they began.
//
// Pure.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/compare/metrics.h"
#include "reports/record/record.h"

namespace reports::trend {

struct Run {
  std::string name;  // of the file
  std::string run;
  std::string revision;  // "" where it is not known
  record::Instant started_at = 0;
  record::Machine machine;
  std::string profile;
  std::string size;  // "2 processes", where they were asked for
  std::optional<std::string> synthetic;
  bool complete = false;
  std::map<std::string, std::string> pythons;                    // cell → "3.11"
  std::map<std::pair<std::string, std::string>, double> values;  // (cell, metric) → above 0
  std::vector<std::string> cells;                                // in their order
};

[[nodiscard]] Run RunOf(const record::Record& record, std::string name);

struct Group {
  std::string what;  // "Example CPU, 2 cores …; Python 3.11; profile smoke"
  bool is_synthetic = false;
  std::vector<std::size_t> runs;  // that have a value in it
};

struct Series {
  std::string cell;
  const compare::Metric* metric = nullptr;
  std::size_t group = 0;
  std::vector<std::size_t> runs;  // one for each value
  std::vector<double> values;
};

enum class Machines { Apart, Together };

struct Choice {
  std::vector<const compare::Metric*> metrics;
  std::function<bool(const std::string& cell)> wants_cell;  // absent: all
  Machines machines = Machines::Apart;  // Together: somebody said that they are alike
};

struct History {
  std::vector<Run> runs;  // in the order in which they began
  std::vector<Group> groups;
  std::vector<Series>
      series;  // by cell, metric and group, in the order in which cells first appear
};

[[nodiscard]] History HistoryOf(std::vector<Run> runs, const Choice& choice);

// What is looked at where nobody asks for anything.
[[nodiscard]] std::vector<const compare::Metric*> UsualMetrics();

}  // namespace reports::trend
