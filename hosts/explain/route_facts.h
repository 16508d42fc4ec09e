#pragma once
// Facts about where a URL leads: the virtual host, the script and who may have it, the groups, the
// callable, what may change them, and when the script is loaded.

#include "hosts/explain/fact_book.h"

namespace hosts::explain {

void AddRouteFacts(const deployment::Deployment& deployment,
                   const deployment::Route& route,
                   FactBook& facts);

}  // namespace hosts::explain
