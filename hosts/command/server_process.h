#pragma once
// ServerProcess: one of the server's own processes: accepts clients, answers what is embedded, sends the rest to
// daemon processes. GroupProcess: one process of a group.
//
// Both run in a child, just after fork(), on its only thread; what is not theirs of the server is closed
// and wiped first (SEC-10). SIGTERM and SIGINT: stop. SIGUSR1, a server process: leave.
//
// Fails: with an exit code; kCannotStart where the next one could not start either.

#include <cstddef>
#include <functional>

#include "hosts/command/running_server.h"

namespace hosts::command {

// `number` counts the server's processes from 0.
[[nodiscard]] int RunServerProcess(RunningServer& server,
                                   int number,
                                   const std::function<void()>& ready);

[[nodiscard]] int RunGroupProcess(RunningServer& server,
                                  std::size_t group,
                                  std::size_t process,
                                  const std::function<void()>& ready);

}  // namespace hosts::command
