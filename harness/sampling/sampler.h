#pragma once
// SampleFamily: what a process and all that descend from it use now: CPU time, memory, threads.
//
// Threads: any; a snapshot of /proc.
// Fails:   a process that ends while it is looked at is left out. Memory is absent where the kernel
//          does not show it to us (another user's process).

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/sampling/proc_text.h"

namespace harness::sampling {

struct ProcessSample {
  ProcessStat stat;
  std::optional<MemoryRollup> memory;
};

struct FamilySample {
  std::vector<ProcessSample> processes;  // the root first
  std::chrono::nanoseconds cpu{0};       // of all, and of those that have ended and were waited for

  // Sums over the processes; absent when one of them hides its memory.
  [[nodiscard]] std::optional<MemoryRollup> Memory() const;
};

enum class Memory { Read, Skip };  // reading it costs milliseconds for a large process

[[nodiscard]] FamilySample SampleFamily(pid_t root, Memory memory);

}  // namespace harness::sampling
