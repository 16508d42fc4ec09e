#pragma once
// Identities: as whom the processes of a group run, and whose their sockets are.
//
// Only the superuser can be somebody else. mod_wsgi ignores what it cannot do; here a group that was to
// be kept apart from others by its user does not run at all when it would not be.
//
// Threads: one.
// Fails:   at the option: a name that does not exist, or an option that needs the superuser.
// Source:  SEC-1, SEC-2, SEC-3, SEC-6, SEC-8.

#include <sys/types.h>

#include <optional>

#include "hosts/base/result.h"
#include "hosts/daemon/privileges.h"
#include "hosts/deployment/deployment.h"

namespace hosts::command {

[[nodiscard]] base::Result<daemon::Identity> IdentityOf(const deployment::ProcessGroup& group);

// Nullopt: who starts the server.
[[nodiscard]] base::Result<std::optional<uid_t>> SocketOwner(const deployment::ProcessGroup& group,
                                                             const daemon::Identity& server);

}  // namespace hosts::command
