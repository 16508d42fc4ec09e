#pragma once
// What CPython does when an interpreter ends, in pieces: for the interpreters that cannot be ended
// because threads still run in them.
//
// Fails:   never: what an exit handler raises is written to sys.stderr.

#include <functional>

#include "hosts/python/thread_state.h"

namespace hosts::python {

// What threading calls before it joins threads: executors stop theirs.
void RunThreadingExits(const Attached& attached);
// Joins the threads that are no daemons.
void JoinThreads(const Attached& attached);
void RunAtexitHandlers(const Attached& attached);
void FlushStandardStreams(const Attached& attached);

// Gives threads that are about to end a moment in which to do it.
void WaitForThreads(const Attached& attached, const std::function<bool()>& are_gone);

}  // namespace hosts::python
