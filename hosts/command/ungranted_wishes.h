#pragma once
// What a configuration wishes about the GIL and the engine does not grant: told when it is read.

#include "hosts/deployment/deployment.h"

namespace hosts::command {

// Into the log, when the server starts (H0120 to H0122).
void WarnOfUngrantedWishes(const deployment::Deployment& deployment);
// On standard error, when a configuration is checked.
void PrintUngrantedWishes(const deployment::Deployment& deployment);

}  // namespace hosts::command
