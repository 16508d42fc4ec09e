#pragma once
// HostProcess: a host that was started from a plan and serves.
//
// Start() writes the plan's files, starts the program and returns when it serves. Stop() asks it
// to end, insists after the grace, and then puts the questions of a stranger who comes into the
// room: is every process gone, is no socket left?
//
// Owns:    the host's process and all that descend from it; destruction stops it.
// Threads: one thread at a time. Start() makes this process a subreaper.
// Fails:   Start: Closed when the host ended before it served (with its exit status and the end of
//          its log), Timeout when it did not become ready, System when it could not be started.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/launch/descendants.h"
#include "harness/launch/launch_plan.h"
#include "harness/launch/ready.h"
#include "hosts/base/child_process.h"
#include "hosts/base/result.h"

namespace harness::launch {

struct StopReport {
  hosts::base::ExitStatus status;
  bool was_killed = false;  // it outlived its grace
  std::chrono::nanoseconds took{0};
  std::vector<std::string> left_behind;  // sentences; empty is as it should be
};

class HostProcess {
 public:
  [[nodiscard]] static hosts::base::Result<HostProcess> Start(const LaunchPlan& plan);
  HostProcess(HostProcess&&) noexcept = default;
  HostProcess& operator=(HostProcess&&) = delete;
  ~HostProcess();

  [[nodiscard]] const Ready& ready() const { return ready_; }
  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  [[nodiscard]] const LaunchPlan& plan() const { return plan_; }

  // How it ended, if it has although nobody asked it to.
  [[nodiscard]] std::optional<hosts::base::ExitStatus> Poll() { return child_.Poll(); }
  [[nodiscard]] std::vector<std::string> LogTail(size_t lines = 20) const;

  StopReport Stop();
  // Ends it and all that descend from it at once, without asking and without a question afterwards: for a host that
  // would take long to end, or has done all that it was started for.
  void Kill();

 private:
  static hosts::base::Result<HostProcess> StartOnce(const LaunchPlan& plan);
  HostProcess(hosts::base::ChildProcess child, LaunchPlan plan, std::string mark)
      : child_(std::move(child)), plan_(std::move(plan)), mark_(std::move(mark)) {}
  std::vector<std::string> EndTheRest(std::vector<ProcessId> family) const;

  hosts::base::ChildProcess child_;
  LaunchPlan plan_;
  std::string mark_;  // the entry in the environment by which its descendants are found
  Ready ready_;
};

}  // namespace harness::launch
