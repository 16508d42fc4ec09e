#pragma once
// StatusProcess: the process that answers for the status page: it reads the boards, runs no Python, and is
// the user that the server is.
//
// Threads: called on the process's only thread, just after fork().
// Fails:   with the exit code kCannotStart when it cannot be that user.

#include <functional>

#include "hosts/command/running_server.h"
#include "hosts/command/status_page.h"

namespace hosts::command {

[[nodiscard]] int RunStatusProcess(RunningServer& server,
                                   StatusPage& page,
                                   const std::function<void()>& ready);

}  // namespace hosts::command
