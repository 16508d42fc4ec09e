#pragma once
// Options of WSGIDaemonProcess that say who processes are, beyond user and group, and what they may
// use. Each writes into the group that is being declared.
//
// Fails:   as setters.

#include "hosts/base/result.h"
#include "hosts/directives/settings.h"
#include "hosts/directives/table.h"

namespace hosts::directives {

[[nodiscard]] inline deployment::ProcessGroup& Declared(Scope& scope) {
  return scope.settings.process_groups.back().group;
}

base::Result<void> SetSupplementaryGroups(const Option& option, Scope& scope);
base::Result<void> SetChroot(const Option& option, Scope& scope);
base::Result<void> SetMemoryLimit(const Option& option, Scope& scope);
base::Result<void> SetVirtualMemoryLimit(const Option& option, Scope& scope);
base::Result<void> SetStackSize(const Option& option, Scope& scope);
base::Result<void> SetPriority(const Option& option, Scope& scope);
base::Result<void> SetSendBuffer(const Option& option, Scope& scope);
base::Result<void> SetReceiveBuffer(const Option& option, Scope& scope);
base::Result<void> SetBacklog(const Option& option, Scope& scope);
base::Result<void> SetSocketUser(const Option& option, Scope& scope);
base::Result<void> SetScriptUser(const Option& option, Scope& scope);
base::Result<void> SetScriptGroup(const Option& option, Scope& scope);

}  // namespace hosts::directives
