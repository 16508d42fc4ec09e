#pragma once
// Facts about a process group: as whom its processes run, what they may use, when one of them ends, what a
// client may wait for, who reaches their sockets. In an operator's words, and with what follows.
//
// Whatever is a threshold is asked where the engine asks it: hosts/deployment/process_timers.h, groups.h.
//
// Source: CFG-60 to CFG-97, DAEMON-2 to DAEMON-45, SEC-1 to SEC-9.

#include "hosts/explain/explanation.h"

namespace hosts::explain {

[[nodiscard]] GroupExplanation ExplainGroup(const deployment::Deployment& deployment,
                                            const deployment::ProcessGroup& group);

}  // namespace hosts::explain
