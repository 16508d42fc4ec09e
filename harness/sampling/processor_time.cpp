#include "harness/sampling/processor_time.h"

#include <time.h>

namespace harness::sampling {

using std::chrono::nanoseconds;

std::optional<nanoseconds> ProcessorTimeOf(pid_t pid) {
  clockid_t clock{};
  if (::clock_getcpuclockid(pid, &clock) != 0) return std::nullopt;
  timespec spent{};
  if (::clock_gettime(clock, &spent) != 0) return std::nullopt;
  return std::chrono::seconds(spent.tv_sec) + nanoseconds(spent.tv_nsec);
}

std::optional<nanoseconds> ProcessorTimeOf(std::span<const pid_t> pids) {
  nanoseconds sum{0};
  for (const pid_t pid : pids) {
    const auto spent = ProcessorTimeOf(pid);
    if (!spent) return std::nullopt;
    sum += *spent;
  }
  return sum;
}

}  // namespace harness::sampling
