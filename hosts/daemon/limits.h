#pragma once
// Limits: what a process of a group may use: its priority, its memory, the buffers of its sockets.
//
// Threads: one, in a process just forked; SetBufferSizes: any.
// Fails:   never: what cannot be had is logged (H0150), and the process goes on without it, as under
//          mod_wsgi.
// Source:  CFG-91, CFG-95, CFG-96, DAEMON-5.

#include "hosts/deployment/deployment.h"

namespace hosts::daemon {

// While the process may still raise it: before it gives up the superuser.
void TakePriority(const deployment::ProcessGroup& group);

// Before Python starts. Soft and hard limit are the same: an application cannot raise them.
void LimitMemory(const deployment::ProcessGroup& group);

// Of a socket that the front connects to, or of a connection to it.
void SetBufferSizes(int fd, const deployment::GroupSocket& settings);

}  // namespace hosts::daemon
