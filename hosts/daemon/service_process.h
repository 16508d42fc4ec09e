#pragma once
// ServiceProcess: what a process of a group with threads=0 does: runs the scripts that are imported into it,
// one after the other, on its main thread, and ends; the supervisor starts another (DAEMON-9).
//
// No request comes here, and no timer counts. SIGTERM raises SystemExit in the script, so that it can tidy
// up; signal.signal() is the real one.
//
// Threads: RunServiceProcess() on the process's only thread, just after fork().
// Fails:   with the exit code kCannotStart when identity, directory or Python cannot be had.

#include <functional>

#include "hosts/daemon/daemon_process.h"

namespace hosts::daemon {

[[nodiscard]] int RunServiceProcess(const DaemonProcessPlan& plan,
                                    const std::function<void()>& ready);

}  // namespace hosts::daemon
