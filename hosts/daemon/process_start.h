#pragma once
// What a process of a group is before anything of an application runs in it: its identity, its limits, its
// language (DAEMON-5), and what Python is told of it.
//
// Threads: the process's only one, just after fork().
// Fails:   Become with what could not be had; the process must end then.

#include <string>

#include "hosts/applications/application_process.h"
#include "hosts/base/result.h"
#include "hosts/daemon/daemon_process.h"

namespace hosts::daemon {

[[nodiscard]] base::Result<void> Become(const DaemonProcessPlan& plan);

[[nodiscard]] applications::ProcessSettings SettingsOf(const deployment::ProcessGroup& group);

// SEC-6. One outside the root cannot be found, which is logged.
[[nodiscard]] std::string AsSeenBy(const deployment::ProcessGroup& group,
                                   const std::string& script);

// Logs why; the exit code.
[[nodiscard]] int CannotStart(const base::Error& error);

}  // namespace hosts::daemon
