#pragma once
// RestrictStream: puts an object in the place of sys.stdin or sys.stdout that applications must not
// use: to read any attribute of it is an OSError (RESTRICT-4, RESTRICT-5).
//
// Python flushes sys.stdout when an interpreter ends: by then, behind every atexit handler that is
// registered later, the object is gone again.
//
// Threads: attached.
// Fails:   throws PythonError.

#include "hosts/python/thread_state.h"

namespace hosts::python {

enum class StandardStream { Input, Output };
void RestrictStream(const Attached& attached, StandardStream stream);

}  // namespace hosts::python
