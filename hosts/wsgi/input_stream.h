#pragma once
// wsgi.input: read, readline, readlines, iteration and close over the request's body (INP-1 to -4).
//
// What is buffered is taken with the GIL held; waiting for more releases it. The true end of the
// body counts, whatever Content-Length says.
//
// Threads: attached.
// Fails:   making one throws PythonError. In Python: OSError for a body that broke off, at every
//          further read too; RuntimeError after the request.

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"
#include "hosts/wsgi/ongoing_request.h"

namespace hosts::wsgi {

// One per interpreter.
[[nodiscard]] python::Ref MakeInputType(const python::Attached& attached);

[[nodiscard]] python::Ref NewInput(const python::Attached& attached,
                                   PyObject* type,
                                   OngoingRequest& request);
// The request is over.
void EndInput(const python::Attached& attached, PyObject* input);

}  // namespace hosts::wsgi
