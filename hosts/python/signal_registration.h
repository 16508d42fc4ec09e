#pragma once
// RestrictSignalRegistration: signal.signal() of this interpreter registers nothing any more: it
// writes to the log who asked for what (H0322), and answers the handler that it was given
// (RESTRICT-6). The signals of a process are the engine's: it must be able to stop.
//
// In a process that an application forks off, signal.signal() is the real one again.
//
// Threads: attached.
// Fails:   throws PythonError.

#include "hosts/python/thread_state.h"

namespace hosts::python {

void RestrictSignalRegistration(const Attached& attached);

}  // namespace hosts::python
