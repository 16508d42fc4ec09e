#pragma once
// Header, NotMeasured, Footer: the lines about the run itself: what it was to do, where, and how it ended.
//
// A member that is not optional must be in the line. An optional member that was not measured is
// left out of the line, never written as 0; an empty list is left out as well.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reports/record/words.h"

namespace reports::record {

inline constexpr int kSchema = 1;

// Seconds since the epoch.
using Instant = double;

// How much the same work varied just before the run.
struct Noise {
  double compute_cov = 0;             // standard deviation by mean of a computing loop's times
  double memory_cov = 0;              // of a walk through memory
  std::optional<double> steal_share;  // of the processors' time, by the hypervisor
  double score = 0;
  std::string word;  // "quiet", "moderate", "noisy", "very noisy"
};

struct Machine {
  std::string cpu;
  int cores = 0;
  std::int64_t memory_kib = 0;
  std::string kernel;
  std::string distribution;
  std::optional<double> load_1min;
  std::optional<std::string> governor;
  std::optional<std::string> build_type;
  // What makes it another machine when it changes: a digest, and the facts it is of, one a line: "cpu: ...".
  std::optional<std::string> fingerprint = {};
  std::vector<std::string> facts = {};
  std::optional<Noise> noise = {};
};

inline constexpr std::string_view kNotYet = "not yet";

// Where a host does something else than mod_wsgi: a row of hosts/deviations.md, in Markdown.
struct Deviation {
  std::string rule;
  std::string kind;  // "on purpose" or kNotYet
  std::string theirs;
  std::string ours;
  std::string why;
};

struct HostVersion {
  std::string name;
  std::string version;
  std::optional<std::string> python;
  std::optional<std::string> library;  // the libpython it is linked against
  std::vector<Deviation> deviations;   // of the engine, as it says itself
  // What its interpreters can have, where it says so: "shared", "own"; "off" of a Python that was built to run without a GIL.
  std::vector<std::string> gils = {};

  [[nodiscard]] bool can_run_without_gil() const;
};

// The checks of a host that a run is to make. Their names are many: `digest` stands for them (reports/plan).
struct PlannedChecks {
  std::string host;
  int count = 0;
  std::string digest;
};

struct Plan {
  std::vector<std::string> modes;  // "embedded/main/lazy"
  std::vector<std::string> apps;
  std::vector<std::string> cells;        // ids
  std::vector<std::string> not_offered;  // ids of cells that were asked for, and are not to be had
  std::vector<PlannedChecks> checks;
  std::optional<std::string> digest;  // of all that decides what is run
  std::optional<int> processes =
      {};  // of each application; absent: what the hosts are asked for by default
  std::optional<int> threads = {};  // of each process
};

// The record of a shard: its own plan is its share of the whole one.
struct Shard {
  int index = 1;  // from 1
  int count = 1;
  Plan whole;
};

// One of the shards that a record was merged from.
struct Part {
  int shard = 1;
  std::string run;
  Instant started_at = 0;
  std::optional<double> seconds;
  bool complete = false;
  Machine machine;
};

struct Merged {
  int shards = 0;  // that there must be
  std::vector<Part> parts;
};

struct Header {
  int schema = kSchema;
  std::string run;
  Instant started_at = 0;
  std::string command;
  std::string profile;
  std::optional<std::string> revision;
  Machine machine;
  std::vector<HostVersion> hosts;
  Plan plan;
  std::optional<Shard> shard;
  std::optional<Merged> merged;
  std::optional<double>
      seconds_before;  // of a header that resumes: how long the run had taken before
  // Nothing of this was measured: who made it up, in a sentence. Every report says so first.
  std::optional<std::string> synthetic = {};
};

struct NotMeasured {
  std::string what;
  std::string reason;
  std::optional<int> cells =
      std::nullopt;  // how many cells that are; of a host that is not installed
  std::optional<Stopped> stopped = std::nullopt;  // the run ended before it: it can be resumed
};

struct Footer {
  Instant finished_at = 0;
  double seconds = 0;
  std::string verdict;
  std::map<std::string, std::int64_t> cells;   // outcome -> count
  std::map<std::string, std::int64_t> checks;  // outcome -> count
  int exit_code = 0;
  std::vector<std::string> left_behind;
};

}  // namespace reports::record
