#pragma once
// Readiness: waiting until a host serves, without sleeping and without missing its death.
//
// Fails:   Closed when the process ended first, Timeout when the deadline passed, InvalidInput
//          when it wrote something that is no ready line.

#include "harness/launch/ready.h"
#include "hosts/base/child_process.h"
#include "hosts/base/deadline.h"
#include "hosts/base/result.h"

namespace harness::launch {

[[nodiscard]] hosts::base::Result<Ready> AwaitReadyLine(int read_end,
                                                        hosts::base::ChildProcess& child,
                                                        hosts::base::Deadline deadline);

[[nodiscard]] hosts::base::Result<Ready> AwaitConnect(const Endpoint& endpoint,
                                                      hosts::base::ChildProcess& child,
                                                      hosts::base::Deadline deadline);

}  // namespace harness::launch
