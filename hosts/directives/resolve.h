#pragma once
// Resolve: settings by scope -> Deployment: each virtual host with the settings, sections and mounts
// that hold in it, its own and the main server's, in the order in which requests meet them (CFG-50,
// CFG-51). What they come to for one URL is settled by hosts/deployment/routing.h.

#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"
#include "hosts/directives/settings.h"

namespace hosts::directives {

[[nodiscard]] deployment::Deployment Resolve(const Settings& settings);

}  // namespace hosts::directives
