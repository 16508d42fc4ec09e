#pragma once
// RunCell: one cell from its empty directory to the question what it left behind.
//
//   set up -> launch -> first and second request -> a request to every worker -> proof of placement ->
//   tour -> warm-up -> closed loop -> open loop -> memory and CPU -> memory over requests -> settings ->
//   stop -> what is left?
//
// The application is touched by nothing before its first request is measured. A cell that is not
// where it was asked to be gets no numbers.
//
// Owns:    nothing beyond the call: the host is stopped and its directory gone when it returns.
// Fails:   never; whatever goes wrong is the cell's outcome, with phase and reason.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "harness/matrix/expansion.h"
#include "harness/run/cell_setup.h"
#include "harness/run/profile.h"
#include "harness/tour/tour.h"
#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::run {

struct CellContext {
  const adapters::HostAdapter* adapter = nullptr;
  RunProfile profile;
  Surroundings surroundings;
  // The application's prepared data and tour, or why there is none.
  hosts::base::Result<std::filesystem::path> prepared_data;
  hosts::base::Result<tour::Tour> tour;
  std::string reproduce;  // the command that runs just this cell
  std::function<void(reports::record::Line)> write;
  std::function<void(std::string_view)> entering;  // the name of the phase that begins
  std::function<bool()> is_interrupted;
};

struct CellEnd {
  reports::record::Cell cell;
  std::vector<std::string> left_behind;
  bool was_interrupted = false;  // then the cell has no outcome
};

[[nodiscard]] CellEnd RunCell(const matrix::Cell& cell, const CellContext& context);

}  // namespace harness::run
