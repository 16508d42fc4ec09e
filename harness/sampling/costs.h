#pragma once
// Costs: what a process and all that descend from it have spent since they started. Between: since then.
//
// Children that ended count, once their parent has waited for them. A thread that ended takes its context switches
// along: those are of the threads that are alive at the end.
//
// Threads: any; a snapshot of /proc.
// Fails:   a process that ends while it is looked at is left out. What the kernel does not show to us is absent.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "harness/sampling/proc_text.h"

namespace harness::sampling {

struct Costs {
  std::chrono::nanoseconds cpu{0};
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::map<pid_t, Switches> switches;   // by thread
  std::optional<FileCalls> file_calls;  // absent when one of the processes hides them
};

[[nodiscard]] Costs CostsOf(pid_t root);

struct Spent {
  std::chrono::nanoseconds cpu{0};
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  Switches switches;
  std::optional<FileCalls> file_calls;
};

[[nodiscard]] Spent Between(const Costs& before, const Costs& after);

}  // namespace harness::sampling
