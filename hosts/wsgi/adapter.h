#pragma once
// Adapter: PEP 3333 in one interpreter: the types and names that it takes, made once, and Serve,
//          which runs an application on a request.
//
// An answer that is a list or tuple is collected and left in the Answer, to be sent with nothing
// attached; anything else is sent item by item as it comes (RESP-5), with the GIL released.
//
// Owns:    Python objects of its interpreter: ends attached to it.
// Threads: attached.
// Fails:   the constructor throws PythonError. Serve never: what the application raises is logged
//          and fails the answer.

#include <functional>

#include "hosts/exchange/request.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"
#include "hosts/wsgi/answer.h"
#include "hosts/wsgi/environ.h"
#include "hosts/wsgi/names.h"
#include "hosts/wsgi/observer.h"

namespace hosts::wsgi {

class OngoingRequest;

struct Call {
  PyObject* application = nullptr;  // borrowed
  EnvironTemplate& environ_template;
  const exchange::RequestHead& head;
  exchange::RequestBody& body;
  RequestVariables variables;  // input and errors are set by Serve
  Observer* observer = nullptr;
};

class Adapter {
 public:
  // request_timeout: the exception that interrupts a request (ERR-30); null: there is none.
  explicit Adapter(const python::Attached& attached, python::Ref request_timeout = {});

  // Borrowed; wsgi.file_wrapper of every request.
  [[nodiscard]] PyObject* file_wrapper_type() const { return file_wrapper_type_.get(); }
  // Both are used by one thread at a time: where there is no GIL, each has its own.
  [[nodiscard]] EnvironTemplate MakeTemplate(const python::Attached& attached,
                                             HeaderKeys& header_keys,
                                             MountVariables variables) const;
  void Serve(const python::Attached& attached, Call call, Answer& answer);

  // Shows the environ of a request to those who do not answer it: there is no wsgi.input (LOAD-20).
  // Throws PythonError, also what `show` raises.
  void ShowEnviron(const python::Attached& attached,
                   EnvironTemplate& environ_template,
                   const exchange::RequestHead& head,
                   RequestVariables variables,
                   const std::function<void(PyObject* environ)>& show);

 private:
  class RequestObjects;
  void Run(const python::Attached& attached, Call& call, OngoingRequest& request);
  enum class FileSending { Allowed, No };
  void SendIterable(const python::Attached& attached,
                    PyObject* result,
                    OngoingRequest& request,
                    FileSending file_sending);

  // Whether that was all of the answer.
  [[nodiscard]] bool SendsFile(const python::Attached& attached,
                               PyObject* wrapper,
                               OngoingRequest& request,
                               FileSending file_sending);

  Names names_;
  python::Ref input_type_;
  python::Ref start_response_type_;
  python::Ref errors_type_;
  python::Ref file_wrapper_type_;
  python::Ref request_timeout_;
};

}  // namespace hosts::wsgi
