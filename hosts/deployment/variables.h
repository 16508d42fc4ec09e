#pragma once
// Variables: what SetEnv, UnsetEnv, PassEnv, SetEnvIf and BrowserMatch make of a request: the
// variables that the application finds in its environ and that %{ENV:name} names.
//
// SetEnvIf and its kin act first, in their order, then SetEnv, UnsetEnv and PassEnv in theirs: so
// Apache's modules take their turns.
//
// Source:  EXP-8.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/deployment/routing.h"
#include "hosts/deployment/settings.h"

namespace hosts::deployment {

using Variables = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] Variables VariablesOf(const std::vector<const VariableChange*>& changes,
                                    const RequestAddress& request,
                                    Surroundings& surroundings);

}  // namespace hosts::deployment
