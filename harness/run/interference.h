#pragma once
// MeasureInterference: what the users of an application B notice while another one, A, is at work in the same deployment.
//
// For each arrangement a fresh host serves both, preloaded, one process and five threads each. B is asked in an open loop at one
// rate: alone, then while A burns CPU in Python, holds the GIL in C, sleeps, allocates, two requests at a time. Both
// say in which process and interpreter they run: an arrangement that is not what its name says gets no numbers.
//
// Owns:    nothing beyond the call: every host is stopped and its directory gone.
// Fails:   never; what could not be measured is a `not_measured` line with the reason.

#include <chrono>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "harness/adapters/host_adapter.h"
#include "harness/run/cell_setup.h"
#include "hosts/deployment/modes.h"
#include "reports/record/record.h"

namespace harness::run {

// How A and B are hosted.
struct Arrangement {
  std::string_view name;
  hosts::deployment::ProcessKind process = hosts::deployment::ProcessKind::Embedded;
  hosts::deployment::InterpreterKind interpreter = hosts::deployment::InterpreterKind::Main;
  bool is_one_group = true;  // of processes

  [[nodiscard]] bool same_process() const { return is_one_group; }
  [[nodiscard]] bool same_interpreter() const {
    return is_one_group && interpreter == hosts::deployment::InterpreterKind::Main;
  }
};

[[nodiscard]] std::span<const Arrangement> AllArrangements();

struct InterferenceOrder {
  const adapters::HostAdapter* adapter = nullptr;
  std::filesystem::path busy_script;   // apps/neighbour/busy.wsgi: A
  std::filesystem::path quiet_script;  // apps/neighbour/quiet.wsgi: B
  Surroundings surroundings;
  std::chrono::milliseconds window{2500};  // 1,250 requests: enough for a p99
  double rate_per_s = 500;
};

struct InterferenceObserver {
  std::function<void(reports::record::Line)> write;
  std::function<void(std::string_view)> entering;  // "daemon/sub: beside cpu"
  std::function<bool()> is_interrupted;
  // What a run that is gone on with has in its record is not measured again.
  std::function<bool(const Arrangement&, std::string_view kind)> is_done;
};

void MeasureInterference(const InterferenceOrder& order, const InterferenceObserver& observer);

// As a `not_measured` line has it: "interference in daemon/sub of engine".
[[nodiscard]] std::string NameOf(const Arrangement& arrangement, std::string_view host);

// How the two are served.
[[nodiscard]] adapters::ServedDeployment DeploymentOf(const Arrangement& arrangement,
                                                      const std::filesystem::path& busy,
                                                      const std::filesystem::path& quiet);

}  // namespace harness::run
