#pragma once
// Dump: a Deployment as text, for people and for golden files: one thing on a line, and the line of
// the configuration that decided it.
//
// The text is stable: equal deployments give equal text, whatever the machine.

#include <string>

#include "hosts/deployment/deployment.h"

namespace hosts::deployment {

[[nodiscard]] std::string Dump(const Deployment& deployment);

// As it is written in a configuration: "%{GLOBAL}", "%{RESOURCE}", or the name.
[[nodiscard]] std::string Written(const GroupName& name);

}  // namespace hosts::deployment
