#pragma once
// Descendants: which processes a host has started, and whether they are gone.
//
// A process whose parent died would go to pid 1 and out of sight; a subreaper gets it instead, so
// that a daemonised grandchild can be found, named and ended.
//
// Threads: any; the answers are snapshots of /proc.
// Fails:   a process that ends while it is looked at is simply not in the answer.

#include <sys/types.h>

#include <string>
#include <vector>

#include "hosts/base/deadline.h"

namespace harness::launch {

// Orphans of the processes started here become children of this process, from now on.
void BecomeSubreaper();

// One process, told from a later one with the same pid by its time of start.
struct ProcessId {
  pid_t pid = 0;
  unsigned long long start_ticks = 0;
  bool operator==(const ProcessId&) const = default;
};

// The process itself and all that descend from it.
[[nodiscard]] std::vector<ProcessId> FamilyOf(pid_t pid);
// Processes whose parent it is.
[[nodiscard]] std::vector<pid_t> ChildrenOf(pid_t pid);
// Every process whose environment has NAME=value since its exec, whoever its parent is now.
[[nodiscard]] std::vector<ProcessId> ProcessesWithEnvironment(const std::string& entry);

// Waits until they are gone, reaping those that became ours. Returns the ones still there when
// the deadline passes.
[[nodiscard]] std::vector<ProcessId> WaitUntilGone(std::vector<ProcessId> processes,
                                                   hosts::base::Deadline deadline);

// "4711 (python3 worker.py)"
[[nodiscard]] std::string NameOf(const ProcessId& process);

}  // namespace harness::launch
