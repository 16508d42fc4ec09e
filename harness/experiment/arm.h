#pragma once
// Arm: one of the things that an experiment compares: a host, a mode and an application, and what is special about it.
//
// Arms differ in one thing, and that is what the experiment is about: the host's program, the mode, the Python environment of
// the application. The controls differ from the baseline in nothing (again), in nothing that should matter (twin), or in a delay
// that must be found (delayed).
//
// Owns:    nothing; whoever makes an arm keeps its adapter.

#include <chrono>
#include <filesystem>
#include <string>

#include "harness/adapters/host_adapter.h"
#include "harness/matrix/expansion.h"
#include "reports/record/record.h"

namespace harness::experiment {

struct Arm {
  std::string name;
  reports::record::ArmRole role = reports::record::ArmRole::Baseline;
  const adapters::HostAdapter* adapter = nullptr;
  std::string program;  // what is launched, for the reader of a record
  matrix::Cell cell;
  std::filesystem::path venv;          // the application's Python environment
  std::chrono::nanoseconds delay{0};   // in every request
  bool has_another_hash_seed = false;  // than the other arms of its block

  [[nodiscard]] reports::record::Arm ToRecord() const;
};

// The baseline again under another name and role.
[[nodiscard]] Arm ControlOf(const Arm& baseline, reports::record::ArmRole role);

}  // namespace harness::experiment
