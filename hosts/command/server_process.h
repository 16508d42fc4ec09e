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
#include "hosts/status/process_page.h"

namespace hosts::command {

// `number` counts the server's processes from 0. The page is null where nobody wants to see how it is.
[[nodiscard]] int RunServerProcess(RunningServer& server,
                                   int number,
                                   status::ProcessPage* page,
                                   const std::function<void()>& ready);

[[nodiscard]] int RunGroupProcess(RunningServer& server,
                                  std::size_t group,
                                  std::size_t process,
                                  status::ProcessPage* page,
                                  const std::function<void()>& ready);

}  // namespace hosts::command
