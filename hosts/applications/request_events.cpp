#include "hosts/applications/request_events.h"

#include <unistd.h>

#include <cstdint>
#include <utility>

#include "hosts/python/call.h"
#include "hosts/python/strings.h"
#include "hosts/python/versions.h"

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

void Set(const Ref& payload, const char* name, double seconds) {
  Set(payload, name, Take(PyFloat_FromDouble(seconds)).get());
}
void Set(const Ref& payload, const char* name, std::uint64_t count) {
  Set(payload, name, Take(PyLong_FromUnsignedLongLong(count)).get());
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

void RequestEvents::SetWay(const Ref& payload) const {
  const bool is_daemon = head_.queued_at_us != 0;
  const int server_pid = head_.server_pid != 0 ? head_.server_pid : ::getpid();
  Set(payload, "server_pid", Take(PyLong_FromLong(server_pid)).get());
  Set(payload, "request_start", interpreters::InSeconds(head_.received_at_us));
  Set(payload, "queue_start", interpreters::InSeconds(head_.queued_at_us));
  Set(payload, "daemon_start", is_daemon ? started_at_ : 0.0);
}

void RequestEvents::Publish(const Attached& attached, const char* name, const Ref& payload) const {
  module_.Publish(attached, interpreters::ModWsgiModule::Subscribers::Events, name, payload);
}

Ref RequestEvents::Started(const Attached& attached, PyObject* environ, PyObject* application) {
  const Ref payload = Payload(attached);
  SetWay(payload);
  Set(payload, "request_environ", environ);
  Set(payload, "application_object", application);
  Set(payload, "callable_object", python::Latin1(head_.callable_object).get());
  Set(payload, "application_start", started_at_);
  Publish(attached, "request_started", payload);
  Ref chosen =
      Ref::Steal(python::NewItem(payload.get(), python::Interned("application_object").get()));
  if (!chosen && PyErr_Occurred() != nullptr) throw PythonError();
  return chosen ? std::move(chosen) : Ref::Share(application);
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

void RequestEvents::Finished(const Attached& attached, const interpreters::RequestCost& cost) {
  try {
    const Ref payload = Payload(attached);
    SetWay(payload);
    Set(payload, "application_start", cost.application_start);
    Set(payload, "application_finish", cost.application_finish);
    Set(payload, "application_time", cost.application_finish - cost.application_start);
    Set(payload, "status", Take(PyLong_FromLong(cost.status)).get());
    Set(payload, "input_reads", cost.input_reads);
    Set(payload, "input_length", cost.input_bytes);
    Set(payload, "input_time", cost.input_time);
    Set(payload, "output_writes", cost.output_writes);
    Set(payload, "output_length", cost.output_bytes);
    Set(payload, "output_time", cost.output_time);
    Set(payload, "cpu_user_time", cost.cpu_user_time);
    Set(payload, "cpu_system_time", cost.cpu_system_time);
    Set(payload, "cpu_time", cost.cpu_user_time + cost.cpu_system_time);
    Set(payload, "gil_wait_time", cost.gil_wait_time);
    Set(payload, "gil_wait_count", cost.gil_wait_count);
    Publish(attached, "request_finished", payload);
  } catch (const PythonError& failure) {
    python::LogFailure(
        "H0313", "request_finished could not be published", failure.Describe(attached));
  }
}

}  // namespace hosts::applications
