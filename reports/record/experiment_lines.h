#pragma once
// Experiment, Sample: the lines of arms that were measured against each other.
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
  // How late a thread was woken that only slept meanwhile.
  std::optional<double> hiccup_p99_us = {};
  std::optional<double> hiccup_max_us = {};
  std::optional<std::string> problem;  // in a sentence; then there is nothing to judge
};

}  // namespace reports::record
