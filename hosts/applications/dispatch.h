#pragma once
// AskDispatchScript: the three functions a dispatch script may have, process_group,
// application_group and callable_object, called in that order with one environ.
//
// Threads: attached to the interpreter that the script was loaded in.
// Fails:   throws PythonError: what a function raised, or a TypeError when it answered anything but
//          None, bytes or a str of Latin-1 (LOAD-21).
// Source:  LOAD-20, LOAD-21.

#include "hosts/exchange/answer.h"
#include "hosts/interpreters/script.h"
#include "hosts/python/thread_state.h"

namespace hosts::applications {

[[nodiscard]] exchange::Choice AskDispatchScript(const python::Attached& attached,
                                                 const interpreters::Script& script,
                                                 PyObject* environ);

}  // namespace hosts::applications
