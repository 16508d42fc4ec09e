#pragma once
// Cell … Interference: the lines about a cell: where it was found to run, and what was measured of it.
//
// A member that is not optional must be in the line. An optional member that was not measured is
// left out of the line, never written as 0; an empty list is left out as well.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/record/run_lines.h"
#include "reports/record/words.h"

namespace reports::record {

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
  std::optional<std::string> gil;                // "shared", "own", "off"
  std::optional<std::string> gil_before_import;  // of its script: "on", "off"
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
  std::optional<std::string> hdr = {};  // latencies, exactly: HdrHistogram's V2 text
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

}  // namespace reports::record
