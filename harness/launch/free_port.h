#pragma once
// FreePort: a port of 127.0.0.1 that nobody listens on, for a host that cannot ask the system for one itself.
//
// It is free when it is chosen and may be taken a moment later: who starts a host there asks for another one when it
// was (HostProcess::Start does).
//
// Fails:   System when this machine has no port left.

#include "hosts/base/result.h"

namespace harness::launch {

[[nodiscard]] hosts::base::Result<int> FreePort();

}  // namespace harness::launch
