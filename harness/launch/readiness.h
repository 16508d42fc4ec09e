#pragma once
// Readiness: waiting until a host serves, without sleeping and without missing its death.
//
// Fails:   Closed when the process ended first, Timeout when the deadline passed, InvalidInput
//          when it wrote something that is no ready line.

#include <filesystem>
#include <vector>

#include "harness/launch/log_signs.h"
#include "harness/launch/ready.h"
#include "hosts/base/child_process.h"
#include "hosts/base/deadline.h"
#include "hosts/base/result.h"

namespace harness::launch {

[[nodiscard]] hosts::base::Result<Ready> AwaitReadyLine(int read_end,
                                                        hosts::base::ChildProcess& child,
                                                        hosts::base::Deadline deadline);

// Reads the log whenever something is written to it, from `begin` on: what stands before is of another. The
// file exists.
[[nodiscard]] hosts::base::Result<Ready> AwaitLogSigns(const std::filesystem::path& log,
                                                       size_t begin,
                                                       const std::vector<LogSign>& signs,
                                                       const Endpoint& endpoint,
                                                       hosts::base::ChildProcess& child,
                                                       hosts::base::Deadline deadline);

// The processes are named afterwards, by NameProcesses.
[[nodiscard]] hosts::base::Result<Ready> AwaitConnect(const Endpoint& endpoint,
                                                      hosts::base::ChildProcess& child,
                                                      hosts::base::Deadline deadline);
[[nodiscard]] hosts::base::Result<Ready> AwaitAnswer(const Endpoint& endpoint,
                                                     hosts::base::ChildProcess& child,
                                                     hosts::base::Deadline deadline);

// Until so many sockets listen at the address: workers that share a port by SO_REUSEPORT have one each.
[[nodiscard]] hosts::base::Result<void> AwaitListening(const Endpoint& endpoint,
                                                       int sockets,
                                                       hosts::base::ChildProcess& child,
                                                       hosts::base::Deadline deadline);

// The children of the supervisor, as they are now: a daemon process if it calls itself "(wsgi:GROUP)", as
// mod_wsgi's display-name=%{GROUP} does, else a server process.
void NameProcesses(Ready& ready);

}  // namespace harness::launch
