#pragma once
// Evidence that a deviation bears on conditions: <If>, SetEnvIfExpr and Require expr.
//
// Threads: pure.

#include <optional>
#include <vector>

#include "hosts/explain/bearing.h"

namespace hosts::explain {

// Nothing: it does not bear on the site.
using Evidence = std::optional<std::vector<deployment::Origin>>;

// It bears on it, and on this line if it is one.
void Take(Evidence& evidence, const deployment::Origin& origin);

// They ask what only other modules know.
[[nodiscard]] Evidence OfForeignConditions(const ExplainedSite& site);
[[nodiscard]] Evidence OfAddressConditions(const ExplainedSite& site);
// They ask for what Apache then adds to Vary.
[[nodiscard]] Evidence OfHeaderConditions(const ExplainedSite& site);
[[nodiscard]] Evidence OfRequireExpressions(const ExplainedSite& site);

}  // namespace hosts::explain
