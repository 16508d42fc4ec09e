#pragma once
// What advice tells people to write: words quoted where they must be, lines with all that stood on
// them.

#include <string>
#include <string_view>

#include "hosts/deployment/deployment.h"

namespace hosts::explain {

// A word as a configuration has it: in quotes if it is empty, or has a blank or a quote.
[[nodiscard]] std::string AsWord(std::string_view text);

// A final name of a group: "%{GLOBAL}" for none.
[[nodiscard]] std::string AsGroup(const std::string& name);

// The mount's line as it stands.
[[nodiscard]] std::string AsAlias(const deployment::Mount& mount);

// The mount's line with these two groups, and its other options as they stand.
[[nodiscard]] std::string AsAlias(const deployment::Mount& mount,
                                  const std::string& process_group,
                                  const std::string& application_group);

// A name for a process group of the mount's own, which nobody has declared yet: of its URL, else of
// its host.
[[nodiscard]] std::string NewGroupFor(const deployment::Deployment& deployment,
                                      const deployment::VirtualHost& host,
                                      const deployment::Mount& mount);

}  // namespace hosts::explain
