#pragma once
// Run: all cells, then the checks, written line by line into a record; or what is left of them, of a run that was cut off
// or interrupted.
//
// One bad cell never ends the run. An interruption does: the cell in progress is stopped, what was
// not run is said, and the footer is written.
//
// Owns:    nothing beyond the call.
// Fails:   when the record cannot be opened or written, or is of another run than the one that is to be gone on with;
//          everything else is in the record.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "harness/matrix/expansion.h"
#include "harness/run/cell_setup.h"
#include "harness/run/checks_program.h"
#include "harness/run/interference.h"
#include "harness/run/profile.h"
#include "harness/tour/tour.h"
#include "hosts/base/result.h"
#include "reports/plan/sharding.h"
#include "reports/record/record.h"
#include "reports/tally/tally.h"

namespace harness::run {

using reports::tally::ExitCode;

struct InstalledHost {
  const adapters::HostAdapter* adapter = nullptr;
  adapters::HostVersion version;
};

// One that was asked for and is not installed.
struct MissingHost {
  std::string name;
  int cells = 0;  // that it would have had; 0: of interference
  std::string reason;
};

enum class Beginning { New, Resumed };

struct RunOrder {
  std::string name;     // of the run: the folder's
  std::string command;  // as a person would type it again
  std::filesystem::path record;
  std::filesystem::path checkout;  // whose commit is noted
  RunProfile profile;
  Surroundings surroundings;
  std::vector<InstalledHost> hosts;
  std::vector<MissingHost> missing_hosts;
  matrix::Expansion expansion;
  std::vector<ChecksOrder> checks;               // one for each host
  std::string why_no_checks;                     // when there are none
  std::vector<InterferenceOrder> interferences;  // one for each host, when they were asked for
  std::vector<reports::record::Micro> micros;    // micro-benchmarks that belong to the run
  std::optional<reports::plan::ShardNumber> shard;
  // The tour of an application, where it is not the catalogue's.
  std::function<hosts::base::Result<tour::Tour>(const matrix::App&)> tour_of = {};
  // What is found out before the first cell, and written line by line; and why a cell need not be run after it.
  std::function<void(const std::function<void(reports::record::Line)>& write)> examine = {};
  std::function<std::optional<std::string>(const matrix::Cell&)> why_skipped = {};
  Beginning beginning = Beginning::New;
};

// What is done already of a run that is gone on with.
struct Done {
  std::size_t cells = 0;
  std::size_t all_cells = 0;
  std::size_t checks = 0;
  std::size_t interferences = 0;
  bool has_dropped_half_a_line = false;
};

// What somebody who watches wants to know.
struct RunObserver {
  std::function<void(std::string_view cell, size_t number, size_t total)> cell_begins;
  std::function<void(std::string_view phase)> phase_begins;
  std::function<void(const reports::record::Cell&)> cell_ends;
  std::function<void(int count)> checks_begin;
  std::function<void(const reports::record::Check&)> check_ends;
  std::function<bool()> is_interrupted;
  std::function<void(const Done&)> goes_on = {};
};

[[nodiscard]] hosts::base::Result<ExitCode> Run(const RunOrder& order, const RunObserver& observer);

}  // namespace harness::run
