#pragma once
// Resolve: settings by scope -> Deployment, where nothing is left to be looked up but what the
// request says.
//
// A mount's value is the alias option's, else that of the longest Directory path around the script,
// else the virtual host's, else the server's, else the default (CFG-50 to CFG-53).
//
// Fails:   InvalidInput for settings below a directory of scripts, which would need another answer
//          for each script in it.

#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"
#include "hosts/directives/settings.h"

namespace hosts::directives {

[[nodiscard]] base::Result<deployment::Deployment> Resolve(const Settings& settings);

}  // namespace hosts::directives
