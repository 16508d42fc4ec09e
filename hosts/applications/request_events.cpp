#include "hosts/applications/request_events.h"

#include "hosts/python/call.h"
#include "hosts/python/strings.h"

namespace hosts::applications {

using python::Attached;
using python::Check;
using python::PythonError;
using python::Ref;
using python::Take;

namespace {

void Set(const Ref& payload, const char* name, PyObject* value) {
  Check(PyDict_SetItemString(payload.get(), name, value));
}

// As sys.exc_info() would say it.
Ref ExcInfoOf(PyObject* exception) {
  const Ref traceback = Ref::Steal(PyException_GetTraceback(exception));
  return Take(PyTuple_Pack(3,
                           reinterpret_cast<PyObject*>(Py_TYPE(exception)),
                           exception,
                           traceback ? traceback.get() : Py_None));
}

}  // namespace

Ref RequestEvents::Payload(const Attached& attached) {
  const Ref payload = Take(PyDict_New());
  Set(payload, "request_id", python::Latin1(request_.id()).get());
  Set(payload, "thread_id", Take(PyLong_FromLong(request_.thread_id())).get());
  Set(payload, "request_data", request_.Data(attached).get());
  return Ref::Share(payload.get());
}

void RequestEvents::Publish(const Attached& attached, const char* name, const Ref& payload) const {
  module_.Publish(attached, interpreters::ModWsgiModule::Subscribers::Events, name, payload);
}

Ref RequestEvents::Started(const Attached& attached, PyObject* environ, PyObject* application) {
  const Ref payload = Payload(attached);
  Set(payload, "request_environ", environ);
  Set(payload, "application_object", application);
  Set(payload, "application_start", Take(PyFloat_FromDouble(started_at_)).get());
  Publish(attached, "request_started", payload);
  PyObject* chosen = PyDict_GetItemString(payload.get(), "application_object");
  return Ref::Share(chosen != nullptr ? chosen : application);
}

void RequestEvents::ResponseStarted(const Attached& attached,
                                    PyObject* status,
                                    PyObject* headers,
                                    PyObject* exc_info) {
  const Ref payload = Payload(attached);
  Set(payload, "response_status", status);
  Set(payload, "response_headers", headers);
  Set(payload, "exception_info", exc_info != nullptr ? exc_info : Py_None);
  Publish(attached, "response_started", payload);
}

void RequestEvents::Raised(const Attached& attached, const PythonError& error) {
  try {
    const Ref payload = Payload(attached);
    Set(payload, "exception_info", ExcInfoOf(error.exception()).get());
    Publish(attached, "request_exception", payload);
  } catch (const PythonError& failure) {
    python::LogFailure(
        "H0313", "request_exception could not be published", failure.Describe(attached));
  }
}

void RequestEvents::Finished(const Attached& attached, double finished_at) {
  try {
    const Ref payload = Payload(attached);
    Set(payload, "application_start", Take(PyFloat_FromDouble(started_at_)).get());
    Set(payload, "application_finish", Take(PyFloat_FromDouble(finished_at)).get());
    Set(payload, "application_time", Take(PyFloat_FromDouble(finished_at - started_at_)).get());
    Publish(attached, "request_finished", payload);
  } catch (const PythonError& failure) {
    python::LogFailure(
        "H0313", "request_finished could not be published", failure.Describe(attached));
  }
}

}  // namespace hosts::applications
