#pragma once
// Variables: what SetEnv, UnsetEnv, PassEnv, SetEnvIf and BrowserMatch make of a request: the
// variables that the application finds in its environ and that %{ENV:name} names.
//
// SetEnv, UnsetEnv and PassEnv act first, in their order, then SetEnvIf and its kin in theirs: where
// both set a variable, Apache takes SetEnvIf's value.
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

class RequestValues;

using Variables = std::vector<std::pair<std::string, std::string>>;

// The values are what expressions ask; they carry the variables that were made afterwards.

[[nodiscard]] Variables VariablesOf(const std::vector<const VariableChange*>& changes,
                                    const RequestAddress& request,
                                    Surroundings& surroundings,
                                    RequestValues& values);

// The same without SetEnv, UnsetEnv and PassEnv: what conditions and access see.
[[nodiscard]] Variables EarlyVariablesOf(std::vector<const VariableChange*> changes,
                                         const RequestAddress& request,
                                         Surroundings& surroundings,
                                         RequestValues& values);

}  // namespace hosts::deployment
