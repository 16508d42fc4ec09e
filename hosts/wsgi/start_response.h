#pragma once
// start_response and write(): what an application says before and beside its iterable.
//
// Called again while the head is held back, start_response replaces it; afterwards it raises the
// exc_info it was given, or RuntimeError (RESP-2). What it refuses, it refuses at once, by raising
// into the application (RESP-7 to RESP-9). write() sends at once (RESP-4).
//
// Threads: attached.
// Fails:   making one throws PythonError. In Python: TypeError, ValueError, UnicodeEncodeError;
//          OSError from write() when the client has left; RuntimeError after the request.

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"
#include "hosts/wsgi/ongoing_request.h"

namespace hosts::wsgi {

// One per interpreter.
[[nodiscard]] python::Ref MakeStartResponseType(const python::Attached& attached);

[[nodiscard]] python::Ref NewStartResponse(const python::Attached& attached,
                                           PyObject* type,
                                           OngoingRequest& request);
// The request is over.
void EndStartResponse(const python::Attached& attached, PyObject* start_response);

}  // namespace hosts::wsgi
