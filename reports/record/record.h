#pragma once
// Record: the lines of one run, sorted by type. Every report is made from it alone.
// Line:   one of them; a plain struct for each type, as format.md describes it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "reports/record/cell_lines.h"
#include "reports/record/experiment_lines.h"
#include "reports/record/run_lines.h"
#include "reports/record/subject_lines.h"
#include "reports/record/words.h"

namespace reports::record {

// One conformance or isolation check.
struct Check {
  std::string suite;
  std::string check;
  std::optional<std::string> host;  // that was asked; absent: the engine
  std::optional<std::string> rule;
  Level level = Level::Must;
  std::string mode;
  std::string title;
  std::optional<std::string> expected;
  std::optional<std::string> observed;  // isolation: "shared", "isolated", "error" or "crash"
  CheckOutcome outcome = CheckOutcome::Error;
  std::optional<std::string> detail;
  std::optional<double> ms;
  std::optional<std::string> reproduce;
  std::optional<std::string> transcript;       // of one that failed: what was sent and received
  std::optional<std::string> probe;            // isolation: its name
  std::optional<std::string> pairing;          // isolation: how A and B were hosted
  std::optional<std::string> settings_asked;   // Django: whose settings the application was given
  std::optional<std::string> settings_served;  // Django: whose settings answered
};

// One repetition of a micro-benchmark, as Google Benchmark measured it.
struct Micro {
  std::string name;                    // with its arguments: "ParseHead/4096"
  std::optional<std::string> program;  // that holds it
  std::optional<std::int64_t> repetition;
  std::optional<std::int64_t> repetitions;  // that were planned
  std::optional<std::int64_t> iterations;
  std::optional<int> threads;
  std::optional<double> real_ns;  // of one iteration
  std::optional<double> cpu_ns;
  std::optional<double> items_per_s;
  std::optional<double> bytes_per_s;
  std::optional<std::string> problem;  // why it has no times
};

// What became of a rule that a gate held the record against, once it was written to its end.
struct Rule {
  std::string name;
  std::string expect;  // "latency: p(50) <= baseline * 1.02"
  RuleStanding standing = RuleStanding::NothingMeasured;
  std::vector<std::string> evidence;  // sentences, what decided first
  std::optional<std::string> where;   // "gate.toml:3:11"
};

// A line whose type this version does not know; kept as it was read.
struct UnknownLine {
  std::string type;
  std::string text;
};

using Line = std::variant<Header,
                          Cell,
                          Placement,
                          Settings,
                          Startup,
                          Tour,
                          Load,
                          Resources,
                          Check,
                          Experiment,
                          Sample,
                          Micro,
                          Interference,
                          Subject,
                          Import,
                          Replay,
                          Overhead,
                          Loading,
                          NotMeasured,
                          Rule,
                          Footer,
                          UnknownLine>;

// Lists are in the order of the file. The lists about cells hold one entry for a cell (and loop, and
// `when`): the last one written, so that a resumed run replaces what was cut off.
struct Record {
  Header header;
  std::vector<Cell> cells;
  std::vector<Placement> placements;
  std::vector<Settings> settings;
  std::vector<Startup> startups;
  std::vector<Tour> tours;
  std::vector<Load> loads;
  std::vector<Resources> resources;
  std::vector<Check> checks;
  std::vector<Experiment> experiments;
  std::vector<Sample> samples;
  std::vector<Micro> micros;
  std::vector<Interference> interferences;
  std::vector<Subject> subjects;
  std::vector<Import> imports;
  std::vector<Replay> replays;
  std::vector<Overhead> overheads;
  std::vector<Loading> loadings;
  std::vector<NotMeasured> not_measured;
  std::vector<Rule> rules;  // in the order of their file; those that were left out last
  std::vector<UnknownLine> unknown;
  std::optional<Footer> footer;
  std::vector<Instant> resumed_at;    // when the run was gone on with
  bool complete = false;              // has a footer, no line was cut off, and no shard is missing
  std::vector<std::string> problems;  // what is not complete, in sentences
};

// Of a record that was merged: the shards that it lacks, in sentences.
[[nodiscard]] std::vector<std::string> ProblemsOf(const Merged& merged);

// The cell that a line is about; "" for a line about none.
[[nodiscard]] std::string_view CellOf(const Line& line);

// Sorts a line into the record.
void Add(Record& record, Line line);

// What the record says about a cell, or null.
[[nodiscard]] const Cell* FindCell(const Record& record, std::string_view cell);
[[nodiscard]] const Placement* FindPlacement(const Record& record, std::string_view cell);
[[nodiscard]] const Settings* FindSettings(const Record& record, std::string_view cell);
[[nodiscard]] const Startup* FindStartup(const Record& record, std::string_view cell);
[[nodiscard]] const Tour* FindTour(const Record& record, std::string_view cell);
[[nodiscard]] const Load* FindLoad(const Record& record, std::string_view cell, Loop loop);
[[nodiscard]] const Resources* FindResources(const Record& record,
                                             std::string_view cell,
                                             When when);

}  // namespace reports::record
