#pragma once
// BelieveProxies: changes a request's head to what a trusted proxy says of it (deployment/forwarded.h).
//
// Owns:    new text, and the head as it was, are kept in the decision.
// Threads: the leader's.
// Source:  ENV-40 to ENV-43.

#include "hosts/deployment/settings.h"
#include "hosts/exchange/request.h"
#include "hosts/serving/service.h"

namespace hosts::command {

// Once for a head, after it was routed: access is judged by who is connected (ENV-40).
void BelieveProxies(const deployment::EffectiveSettings& settings,
                    exchange::RequestHead& head,
                    serving::Decision& decision);

}  // namespace hosts::command
