#pragma once
// Subject … Loading: the lines that `wsgilab check` writes about somebody's own application, before its cells: what it is, how
// what it needs can be imported, whether it answers the same in every mode, and how much of the time is its own.
//
// What follows from them is not written: reports/fitness finds it out.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/record/words.h"

namespace reports::record {

// An SQLite file of which each host was given a copy.
struct Database {
  std::string file;
  bool was_opened = false;  // by what was asked in the reference
};

struct Subject {
  std::string app;  // as in the ids of its cells
  std::string script;
  std::string callable;
  std::optional<std::string> project;        // on the Python path, and the home of its processes
  std::vector<std::string> python_path;      // besides
  std::optional<std::string> venv;           // absent: the host's own Python
  std::vector<std::string> environment;      // names of variables that its processes were given
  std::optional<std::string> server_name;    // that requests named in Host
  std::optional<std::string> source;         // "site.conf:12", when a configuration named it
  std::optional<std::string> virtual_host;   // its ServerName there; absent: the main server
  std::optional<std::string> mount;          // its URL there
  std::optional<std::string> mode;           // it has there
  std::optional<std::string> process_group;  // there; absent: the server's own processes
  std::optional<std::string> application_group;  // there; absent: the main interpreter
  std::optional<std::string>
      reference;  // the mode its answers are held against; absent: it answers in none
  std::optional<std::int64_t>
      repetitions;                    // of each request in it, by which was learned what varies
  std::vector<std::string> requests;  // "GET /login/"
  std::vector<Database> databases;
  std::int64_t processes = 1;
  std::int64_t threads = 5;
};

// A C extension module, and what it says itself about interpreters.
struct Extension {
  std::string module;
  std::string declares;
};

// A distribution, or a module that the run was told to try, imported in a fresh process.
struct Import {
  std::optional<std::string> app;   // whose environment has it; absent: no application's
  std::optional<std::string> host;  // absent: the engine
  std::string distribution;
  std::string version;
  // "main", "sub", "sub-own-gil"; and "… after …": another interpreter of the process had imported it before.
  std::string interpreter;
  ImportOutcome outcome = ImportOutcome::Works;
  bool is_used = false;               // the application had imported some of it
  std::optional<std::string> module;  // that failed
  std::optional<std::string> error;
  std::optional<double> ms;
  std::vector<Extension> extensions;  // with "main" only
};

// What was heard to one request, in an arrangement.
struct Replay {
  std::string app;
  std::string arrangement;  // a mode, or "two copies: …", "as configured", "as advised"
  std::string request;
  ReplayOutcome outcome = ReplayOutcome::Same;
  std::optional<int> status;
  std::optional<std::string> detail;  // what differs, or why there is no answer
  std::vector<std::string> log_tail;  // when it is not the same
  std::optional<std::int64_t>
      varying;  // parts of the answer that vary within one mode; in the reference
  std::optional<std::string> mode;  // of the two copies: that which this speaks about
};

// How long a client waits for an answer, one request after the other, and how long of it the application took.
struct Overhead {
  std::string app;
  std::string mode;
  std::string request;
  std::int64_t requests = 0;
  double application_us = 0;  // mean
  double service_us = 0;      // mean
};

// Of all modules of a package, without what they import from others.
struct LoadedPackage {
  std::string package;  // "django"
  double ms = 0;
  std::int64_t modules = 0;
};

// Where the time goes in which an application is loaded, as CPython's own import profile has it.
struct Loading {
  std::string app;
  std::string mode;
  double ms = 0;                        // from the script's first line to its last
  double own_ms = 0;                    // of it, what no import accounts for: the script's own code
  std::vector<LoadedPackage> packages;  // the slowest first, as far as they matter
};

}  // namespace reports::record
