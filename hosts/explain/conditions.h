#pragma once
// ConditionsOf: what came of each <If>, <ElseIf> and <Else> that a request met, and on what it
//               depends that a URL does not say.

#include <vector>

#include "hosts/explain/explanation.h"

namespace hosts::explain {

[[nodiscard]] std::vector<Fact> ConditionsOf(const deployment::Route& route);

}  // namespace hosts::explain
