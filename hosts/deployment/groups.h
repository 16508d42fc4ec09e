#pragma once
// Process groups and application groups of a request: their final names, and who may use them.
//
// Source: EXP-1 to EXP-8, DAEMON-7.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hosts/deployment/deployment.h"
#include "hosts/deployment/names.h"

namespace hosts::deployment {

using LookupVariable = std::function<std::optional<std::string>(const std::string& name)>;

// The final name of a group (EXP-2 to EXP-8). %{SERVER} and %{RESOURCE} use the configured
// ServerName and its port, never the port a client wrote (a deviation: hosts/deviations.md).
[[nodiscard]] std::string ExpandGroupName(const GroupName& name,
                                          const VirtualHost& virtual_host,
                                          std::string_view script_name,
                                          std::string_view host,
                                          const LookupVariable& variable = {});

// The group named, or null.
[[nodiscard]] const ProcessGroup* FindProcessGroup(const Deployment& deployment,
                                                   std::string_view name);

// A path as processes see it whose root directory is `root`, empty for the system's; nullopt: they do
// not see it (SEC-6).
[[nodiscard]] std::optional<std::string_view> BelowRoot(std::string_view path,
                                                        std::string_view root);

// DAEMON-7: a group of the whole server serves every virtual host, another one those of its name.
[[nodiscard]] bool MayUse(const VirtualHost& virtual_host, const ProcessGroup& group);

// How long a client may read nothing of an answer of the group (CFG-87); 0: Timeout of its host.
[[nodiscard]] std::chrono::seconds ClientTimeout(const ProcessGroup& group);

}  // namespace hosts::deployment
