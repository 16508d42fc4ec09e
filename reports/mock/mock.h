#pragma once
// MakeUp: records of runs that never took place, so that rules, reports and trends can be tried before anything is measured. What is to
//         be found in them is ordered: cells that are slower, from which run on, how much they differ from run to run, checks that fail.
//
// They are what a run writes, line for line (samples), with latencies drawn anew and counted as the generator counts them, and what
// differs between runs is a machine's weather (simulation). Every header says that it is synthetic, and its machine is like no other.
//
// Pure: a function of the order.
// Fails:   InvalidInput: a pattern that fits nothing, no cell at all, more failing checks than there are, a step that no run is behind.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "reports/plan/sharding.h"
#include "reports/record/record.h"

namespace reports::mock {

// Cells that are slower than they would be. 1.05: everything that is a time takes 5 % longer.
struct Slower {
  std::string pattern;  // of a host, a mode, an application or a cell's id: "daemon/*"
  double factor = 1;
};

struct MockOrder {
  std::uint64_t seed = 1;
  std::vector<std::string> hosts = {"engine"};
  std::vector<std::string> modes = {};                                // patterns; none: all
  std::vector<std::string> apps = {};                                 // patterns; none: all
  std::function<bool(const std::string& cell)> wants_cell = nullptr;  // absent: all of these
  std::vector<Slower> slower = {};
  double noise = 0.02;  // the spread from run to run
  int failing_checks = 0;
  int runs = 1;
  int step = 1;  // the run, from 1, from which on what is slower is so
  std::optional<plan::ShardNumber> shard = {};
  std::string command = {};  // as it was typed
};

using Lines = std::vector<record::Line>;

// The lines of each run, a day after the other.
[[nodiscard]] hosts::base::Result<std::vector<Lines>> MakeUp(const MockOrder& order);

}  // namespace reports::mock
