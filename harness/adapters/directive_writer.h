#pragma once
// WriteDirectives: a deployment as Apache-style text, as an administrator would write it. Shared by
// the hosts that read such text.
//
// Groups that are not options of the alias are written into the <Directory> of the script, so
// scripts of different groups need directories of their own.
//
// Fails:   InvalidInput when one directory would need two groups, or a name cannot be written.

#include <string>

#include "harness/adapters/host_adapter.h"
#include "hosts/base/result.h"

namespace harness::adapters {

[[nodiscard]] hosts::base::Result<std::string> WriteDirectives(const ServedDeployment& deployment);

}  // namespace harness::adapters
