#pragma once
// Header … Footer: one plain struct for each type of line in a record, as format.md describes them.
// Record:          the lines of one run, sorted by type. Every report is made from it alone.
//
// A member that is not optional must be in the line. An optional member that was not measured is
// left out of the line, never written as 0; an empty list is left out as well.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
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
};

// A cell is finished.
struct Cell {
  std::string cell;  // id: host/process/interpreter/loading/app
  std::string host;
  std::string process;      // "embedded", "daemon"
  std::string interpreter;  // "main", "sub"
  std::string loading;      // "lazy", "preload"
  std::string app;
  std::string title;
  CellOutcome outcome = CellOutcome::HarnessFault;
  std::optional<std::string> reason;
  std::optional<double> seconds;
  std::vector<std::string> log_tail;
  std::optional<std::string> reproduce;
};

struct PlacementAsked {
  std::string process_group;      // "" is embedded
  std::string application_group;  // "" is the main interpreter
  std::string interpreter;        // "main", "sub"
  std::string loading;            // "lazy", "preload"
};

struct PlacementFound {
  std::optional<int> pid;
  std::optional<int> parent_pid;
  std::optional<int> supervisor_pid;
  std::optional<std::string> process_group;
  std::optional<std::string> application_group;
  std::optional<std::int64_t> interpreter_id;
  std::optional<bool> is_main_interpreter;
  std::optional<std::string> python;
  std::optional<std::string> prefix;
  std::optional<std::string> gil;
  std::optional<Instant> process_started_at;
  std::optional<Instant> import_started_at;
  std::optional<Instant> import_finished_at;
  std::optional<Instant> ready_at;
  std::optional<Instant> first_request_at;
  std::optional<bool> import_on_main_thread;
  std::optional<int> load_count;
};

// Proof of placement, from inside the application.
struct Placement {
  std::string cell;
  PlacementAsked asked;
  PlacementFound found;
  bool agrees = false;
  std::vector<std::string> differences;  // sentences
};

struct SettingsAsked {
  int processes = 0;  // that run the application
  int threads = 0;    // of each
  bool keep_alive = true;
  bool access_log = false;
};

// Of the running host, not of its configuration.
struct SettingsFound {
  std::optional<int> processes;  // counted in /proc
  std::optional<int> threads;    // of the one that has most, counted there too
  std::optional<int> at_once;  // requests that one process had in the application at the same time
  std::optional<bool> at_once_is_limit;   // false: it may have had more, had there been more
  std::optional<bool> keep_alive;         // the load phase needed no new connections
  std::optional<std::int64_t> log_lines;  // that were written while it answered `requests`
  std::optional<std::int64_t> requests;
  std::vector<std::string> words;  // what its log says of its settings
};

// What a host was told, and what it does.
struct Settings {
  std::string cell;
  SettingsAsked asked;
  SettingsFound found;
  std::vector<std::string> differences;  // sentences
};

// A process that runs the application, and what it answered before anything was measured.
struct Worker {
  int pid = 0;
  int requests = 0;                        // 0: it was never reached
  std::optional<double> first_request_ms;  // others may have been on their way at the same time
};

// What was imported when. Names are in the order of their import.
struct Modules {
  int before_script = 0;  // in the interpreter, before the script was executed
  int by_script = 0;      // while it was
  std::vector<std::string> by_first_requests;
  std::vector<std::string> by_tour;
  std::vector<std::string> by_load;
};

// Cold start.
struct Startup {
  std::string cell;
  std::optional<double> ready_ms;
  std::optional<double> first_request_ms;
  std::optional<double> second_request_ms;
  std::optional<double> import_ms;
  std::vector<Worker> workers = {};
  std::optional<Modules> modules = {};  // of one of them
};

struct TourStep {
  std::string name;
  std::string method;
  std::string path;
  std::optional<int> status;  // absent: no answer
  std::optional<double> ms;
  bool passed = false;
  std::optional<std::string> problem;
};

// The application's tour before measuring.
struct Tour {
  std::string cell;
  std::vector<TourStep> steps;
  bool passed = false;
};

struct Latency {
  std::optional<double> min;
  std::optional<double> mean;
  std::optional<double> p50;
  std::optional<double> p90;
  std::optional<double> p99;
  std::optional<double> p999;
  std::optional<double> max;
};

struct Bucket {
  double value_us = 0;
  std::int64_t count = 0;
};

struct Generator {
  std::optional<double> cpu_share;
  std::optional<double> lateness_p99_us;
  GeneratorState state = GeneratorState::Unverified;
  std::optional<std::string> reason;
  std::optional<Latency> lateness_us = std::nullopt;   // open loop
  std::optional<double> ceiling_per_s = std::nullopt;  // against a server that does nothing
  std::optional<double> floor_p50_us = std::nullopt;   // the same, at a low rate
  // How late a thread was woken that only slept meanwhile.
  std::optional<double> hiccup_p99_us = {};
  std::optional<double> hiccup_max_us = {};
};

// One load phase.
struct Load {
  std::string cell;
  Loop loop = Loop::Closed;
  int connections = 0;
  std::optional<double> rate_per_s;  // open loop
  double seconds = 0;
  std::optional<std::int64_t> planned;
  std::int64_t sent = 0;
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::int64_t unfinished = 0;
  std::int64_t wrong_answers = 0;
  std::optional<double> requests_per_s;
  Latency latency_us;
  std::vector<Bucket> histogram;
  Generator generator;
  std::optional<std::string> hdr = std::nullopt;     // latencies, exactly: HdrHistogram's V2 text
  std::optional<Latency> service_us = std::nullopt;  // from the sending
  std::optional<Latency> connect_us = std::nullopt;
  std::optional<Latency> first_byte_us = std::nullopt;  // from the sending
  std::optional<std::int64_t> censored = std::nullopt;  // unsent and unfinished
  std::vector<std::string> lower_bounds = {};           // members of latency_us that may be more
  std::optional<double> ramp_to_per_s = std::nullopt;   // the rate that rate_per_s changed to
  std::optional<std::int64_t> poisson_seed = std::nullopt;  // arrivals were not even
  std::optional<std::int64_t> crosstalk = std::nullopt;     // answers with another request's token
  std::optional<std::int64_t> lost_tokens = std::nullopt;
};

struct HostProcess {
  int pid = 0;
  std::string role;
  std::optional<std::int64_t> pss_kib;
  std::optional<int> threads;
  std::optional<std::int64_t> private_dirty_kib = {};
  std::optional<std::int64_t> private_clean_kib = {};
  std::optional<std::int64_t> shared_kib = {};
};

// What one answered request costs all processes of the host together, under load.
struct RequestCosts {
  std::optional<double> voluntary_switches;
  std::optional<double> involuntary_switches;
  std::optional<double> minor_faults;
  std::optional<double> major_faults;
  std::optional<double>
      file_reads;  // calls: read, and its kin; what goes over a socket by recv is not in it
  std::optional<double> file_writes;  // calls: write, sendfile and their kin; not send
  std::optional<double> system_calls;
  std::optional<double> instructions;  // in user mode
};

// Of all processes of the host.
struct Resources {
  std::string cell;
  When when = When::Ready;
  std::optional<double> cpu_us_per_request;
  std::optional<std::int64_t> pss_kib;
  std::optional<std::int64_t> private_dirty_kib;
  std::vector<HostProcess> processes;
  std::optional<std::int64_t> private_clean_kib = {};
  std::optional<std::int64_t> shared_kib = {};  // the sum: what two share is in it twice
  std::optional<std::int64_t> requests = {};    // that had been answered by then
  std::optional<RequestCosts> per_request = {};
};

// What the users of application B saw in one window of an open loop.
struct Experience {
  std::int64_t planned = 0;
  std::int64_t done = 0;
  std::int64_t bad = 0;  // broke off, had no answer, or a wrong one
  Latency latency_us;    // from the scheduled start
  GeneratorState state = GeneratorState::Unverified;
  std::optional<std::string> reason;
};

// What B notices while A beside it works.
struct Interference {
  std::string host;
  std::string
      arrangement;  // "embedded/sub": how A and B are hosted; interference.h of harness/run has them
  std::string kind;           // what A does: "cpu", "gil", "sleep", "allocate"
  bool same_process = false;  // as both said
  bool same_interpreter = false;
  double rate_per_s = 0;  // of B's requests
  Experience alone;
  Experience beside;
  std::int64_t neighbour_requests = 0;  // that A answered meanwhile
};

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

// One of the things that an experiment compares.
struct Arm {
  std::string name;
  ArmRole role = ArmRole::Baseline;
  std::string host;
  std::string mode;  // "daemon/main/lazy"
  std::string app;
  std::string program;              // what was launched: the host's program, its version and build
  std::optional<std::string> venv;  // the application's Python environment
  std::optional<double> delay_us;   // put into every request on purpose
};

// A paired experiment begins: in each block a fresh host for every arm; then one of them at a time is offered requests, in windows
// whose order is balanced.
struct Experiment {
  std::string
      experiment;  // id: that of the baseline's cell, and what is asked, where there is more than one for it
  int attempt = 1;        // 2: the first one was repeated in reversed order, to confirm it
  std::vector<Arm> arms;  // the first is the baseline
  int blocks = 0;         // planned
  int windows = 0;        // of each arm in a block
  double window_ms = 0;
  double warm_up_ms = 0;
  int connections = 0;  // closed loop
  std::int64_t seed = 0;
  bool is_reversed = false;
  // How it is judged, decided before anything was measured.
  double margin = 0;                 // how much worse is still no matter: 0.02 is 2 %
  double alpha = 0;                  // how often all of its statements may be wrong
  int looks = 1;                     // at what has been measured so far: alpha is shared among them
  std::vector<std::string> metrics;  // that are asked for; empty: all that were measured
};

// What was seen of one arm in one block.
struct Sample {
  std::string experiment;
  int attempt = 1;
  int block = 0;  // from 1
  std::string arm;
  std::vector<int> positions;            // of its windows among all of the block, from 1
  std::map<std::string, double> values;  // by metric; its unit is the end of its name
  std::optional<std::int64_t> requests;  // that stand behind the latencies
  std::optional<std::string> problem;    // in a sentence; then there is nothing to judge
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
                          NotMeasured,
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
  std::vector<NotMeasured> not_measured;
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
