#pragma once
// KernelCounters: instructions and system calls of running processes, counted by the kernel (perf_event_open) where it
// lets us and the machine can.
//
// Instructions are those in user mode. Threads and processes that a counted thread makes afterwards are counted too.
//
// Owns:    a descriptor for each thread that was there and each kind of event.
// Fails:   never; of what cannot be counted there is a reason.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hosts/base/unique_fd.h"

namespace harness::sampling {

class KernelCounters {
 public:
  // Counts from now on: the process and all that descend from it.
  explicit KernelCounters(pid_t root);

  // Until now; absent when it cannot be counted.
  [[nodiscard]] std::optional<std::int64_t> Instructions() const { return instructions_.Sum(); }
  [[nodiscard]] std::optional<std::int64_t> SystemCalls() const { return system_calls_.Sum(); }
  // "" when it is counted.
  [[nodiscard]] const std::string& why_no_instructions() const { return instructions_.reason; }
  [[nodiscard]] const std::string& why_no_system_calls() const { return system_calls_.reason; }

 private:
  struct Event {
    std::vector<hosts::base::UniqueFd> fds;
    std::string reason;
    [[nodiscard]] std::optional<std::int64_t> Sum() const;
  };
  static void Open(Event& event, std::uint32_t type, std::uint64_t config, pid_t thread);

  Event instructions_;
  Event system_calls_;
};

}  // namespace harness::sampling
