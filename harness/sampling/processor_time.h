#pragma once
// ProcessorTimeOf: the processor time of other processes, to the nanosecond: the kernel keeps a clock for each process
// (clock_getcpuclockid(3)), threads that have ended included. /proc/PID/stat knows ticks of 10 ms only, which is a tenth of a short
// window.
//
// Threads: any.
// Fails:   nothing for a process that is gone.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <span>

namespace harness::sampling {

[[nodiscard]] std::optional<std::chrono::nanoseconds> ProcessorTimeOf(pid_t pid);

// The sum; nothing when one of them is gone.
[[nodiscard]] std::optional<std::chrono::nanoseconds> ProcessorTimeOf(std::span<const pid_t> pids);

}  // namespace harness::sampling
