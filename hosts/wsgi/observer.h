#pragma once
// Observer: hears how a request goes, and may have another application called (API-2).
//
// Threads: attached, on the thread that answers.
// Fails:   never, except that Started may throw PythonError.

#include "hosts/python/error.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::wsgi {

class Observer {
 public:
  virtual ~Observer() = default;

  // Before the application is called. The value is called in its place.
  [[nodiscard]] virtual python::Ref Started(const python::Attached& attached,
                                            PyObject* environ,
                                            PyObject* application) = 0;
  // start_response was called; exc_info may be null.
  virtual void ResponseStarted(const python::Attached& attached,
                               PyObject* status,
                               PyObject* headers,
                               PyObject* exc_info) = 0;
  virtual void Raised(const python::Attached& attached, const python::PythonError& error) = 0;
};

}  // namespace hosts::wsgi
