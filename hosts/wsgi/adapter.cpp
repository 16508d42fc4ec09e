#include "hosts/wsgi/adapter.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "hosts/base/log.h"
#include "hosts/python/call.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/strings.h"
#include "hosts/wsgi/file_wrapper.h"
#include "hosts/wsgi/input_stream.h"
#include "hosts/wsgi/ongoing_request.h"
#include "hosts/wsgi/start_response.h"

namespace hosts::wsgi {

using python::Attached;
using python::PythonError;
using python::Ref;
using python::Take;

namespace {

// Up to here a collected body is copied and sent after the thread has let the interpreter go;
// beyond, it is sent from where it is.
constexpr size_t kMostHeld = 64 * 1024;

std::string_view BytesOf(PyObject* item) {
  if (PyBytes_Check(item) == 0) {
    throw PythonError(PyExc_TypeError,
                      fmt::format("an application yields bytes, not {}", Py_TYPE(item)->tp_name));
  }
  return python::BytesView(item);
}

bool MayHoldFile(const Answer& answer) {
  return answer.has_head() && !answer.has_begun();
}

// False: there is no descriptor for it, and it is sent block by block.
bool HoldFile(const RegularFile& file, Answer& answer) {
  auto part = PartOf(file, *answer.room());
  if (!part) return false;
  answer.HoldFile(*std::move(part));
  return true;
}

void RequireHead(const Answer& answer) {
  if (answer.has_head()) return;
  throw PythonError(PyExc_RuntimeError, "the application did not call start_response");
}

// Whether the client is still there.
bool SendReleased(const InUse& in_use, const std::vector<std::string_view>& pieces) {
  const python::GilReleased released(in_use.attached());
  return in_use.request().answer.SendAll(pieces).has_value();
}

bool SendItem(const Attached& attached, OngoingRequest& request, std::string_view bytes) {
  const InUse in_use(attached, request, "the answer");
  RequireHead(request.answer);
  // An application may count wrong, and go on to its end.
  if (request.answer.is_full()) return true;
  return SendReleased(in_use, {bytes});
}

bool IsFull(const Attached& attached, OngoingRequest& request) {
  const InUse in_use(attached, request, "the answer");
  return request.answer.is_full();
}

void SendCollected(const Attached& attached, PyObject* result, OngoingRequest& request) {
  const Ref items = Take(PySequence_Tuple(result));  // other threads may change a list
  const auto count = static_cast<size_t>(PyTuple_GET_SIZE(items.get()));
  std::vector<std::string_view> pieces(count);
  size_t total = 0;
  for (size_t i = 0; i < count; ++i) {
    pieces[i] = BytesOf(PyTuple_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i)));
    total += pieces[i].size();
  }
  const InUse in_use(attached, request, "the answer");
  RequireHead(request.answer);
  if (total <= kMostHeld) {
    for (const std::string_view piece : pieces)
      request.answer.Hold(piece);
    return;
  }
  (void)SendReleased(in_use, pieces);  // that nobody takes it Complete will see
}

// Calls close() on what the application returned, whatever happened meanwhile (RESP-17).
class Closing {
 public:
  Closing(const Attached& attached, const Names& names, PyObject* result)
      : attached_(attached), names_(names), result_(result) {}
  Closing(const Closing&) = delete;
  Closing& operator=(const Closing&) = delete;
  ~Closing() {
    try {
      Close();
    } catch (const PythonError& error) {
      python::LogFailure(
          "H0309", "close() of what the application returned failed", error.Describe(attached_));
    }
  }

 private:
  void Close() const {
    const Ref method = Ref::Steal(PyObject_GetAttr(result_, names_.close.get()));
    if (method) {
      Take(PyObject_CallNoArgs(method.get())).reset();
      return;
    }
    PythonError error;
    if (!error.Is(PyExc_AttributeError)) throw std::move(error);
  }

  const Attached& attached_;
  const Names& names_;
  PyObject* result_;
};

// wsgi.errors, for as long as its request is looked at.
class OpenLogStream {
 public:
  OpenLogStream(const Attached& attached, PyObject* type)
      : attached_(attached), stream_(python::NewLogStream(attached, type, "<wsgi.errors>")) {}
  OpenLogStream(const OpenLogStream&) = delete;
  OpenLogStream& operator=(const OpenLogStream&) = delete;
  ~OpenLogStream() { python::CloseLogStream(attached_, stream_.get()); }

  [[nodiscard]] PyObject* stream() const { return stream_.get(); }

 private:
  const Attached& attached_;
  const Ref stream_;
};

void LogRaised(const Attached& attached,
               const PythonError& error,
               const exchange::RequestHead& head,
               const Answer& answer) {
  if (answer.client_has_left() && error.Is(PyExc_OSError)) {
    base::Log(base::LogLevel::Info,
              "H0311",
              "{}the client left before the answer was complete",
              python::LogPrefix());
    return;
  }
  python::LogFailure("H0302",
                     fmt::format("Exception occurred processing WSGI script '{}'", head.script),
                     error.Describe(attached));
}

}  // namespace

// The objects an application is given for one request; they are of no use after it.
class Adapter::RequestObjects {
 public:
  RequestObjects(const Attached& attached, const Adapter& adapter, OngoingRequest& request)
      : attached_(attached),
        request_(request),
        input(NewInput(attached, adapter.input_type_.get(), request)),
        errors(python::NewLogStream(attached, adapter.errors_type_.get(), "<wsgi.errors>")),
        start_response(NewStartResponse(attached, adapter.start_response_type_.get(), request)) {}
  RequestObjects(const RequestObjects&) = delete;
  RequestObjects& operator=(const RequestObjects&) = delete;
  ~RequestObjects() {
    EndInput(attached_, input.get());
    EndStartResponse(attached_, start_response.get());
    python::CloseLogStream(attached_, errors.get());
    request_.WaitUntilUnused(attached_);
  }

 private:
  const Attached& attached_;
  OngoingRequest& request_;

 public:
  const Ref input;
  const Ref errors;
  const Ref start_response;
};

Adapter::Adapter(const Attached& attached, Ref request_timeout)
    : input_type_(MakeInputType(attached)),
      start_response_type_(MakeStartResponseType(attached)),
      errors_type_(python::MakeLogStreamType(attached)),
      file_wrapper_type_(MakeFileWrapperType(attached)),
      request_timeout_(std::move(request_timeout)) {}

EnvironTemplate Adapter::MakeTemplate(const Attached& attached,
                                      HeaderKeys& header_keys,
                                      MountVariables variables) const {
  return EnvironTemplate(
      attached, names_, header_keys, file_wrapper_type_.get(), std::move(variables));
}

void Adapter::Serve(const Attached& attached, Call call, Answer& answer) {
  OngoingRequest request(call.body, answer, call.observer);
  try {
    Run(attached, call, request);
  } catch (const PythonError& error) {
    const bool is_interrupted = request_timeout_ && error.Is(request_timeout_.get());
    if (!is_interrupted) {
      if (call.observer != nullptr) call.observer->Raised(attached, error);
      LogRaised(attached, error, call.head, answer);
    }
    answer.Fail(is_interrupted ? 504 : 500);
  }
}

void Adapter::ShowEnviron(const Attached& attached,
                          EnvironTemplate& environ_template,
                          const exchange::RequestHead& head,
                          RequestVariables variables,
                          const std::function<void(PyObject*)>& show) {
  const OpenLogStream errors(attached, errors_type_.get());
  variables.errors = errors.stream();
  const Ref environ = environ_template.Make(attached, head, variables);
  show(environ.get());
}

void Adapter::Run(const Attached& attached, Call& call, OngoingRequest& request) {
  const RequestObjects objects(attached, *this, request);
  call.variables.input = objects.input.get();
  call.variables.errors = objects.errors.get();
  const Ref environ = call.environ_template.Make(attached, call.head, call.variables);

  Ref replacement;
  if (call.observer != nullptr) {
    replacement = call.observer->Started(attached, environ.get(), call.application);
  }
  PyObject* arguments[] = {nullptr, environ.get(), objects.start_response.get()};
  const Ref result = Take(PyObject_Vectorcall(replacement ? replacement.get() : call.application,
                                              arguments + 1,
                                              2 | PY_VECTORCALL_ARGUMENTS_OFFSET,
                                              nullptr));
  if (PyList_CheckExact(result.get()) || PyTuple_CheckExact(result.get())) {
    SendCollected(attached, result.get(), request);
    return;
  }
  const Closing closing(attached, names_, result.get());
  SendIterable(attached,
               result.get(),
               request,
               call.head.may_send_files ? FileSending::Allowed : FileSending::No);
}

void Adapter::SendIterable(const Attached& attached,
                           PyObject* result,
                           OngoingRequest& request,
                           FileSending file_sending) {
  const bool is_file =
      Py_IS_TYPE(result, reinterpret_cast<PyTypeObject*>(file_wrapper_type_.get()));
  if (is_file && SendsFile(attached, result, request, file_sending)) return;
  const Ref iterator = Take(PyObject_GetIter(result));
  while (!(is_file && IsFull(attached, request))) {
    const Ref item = Ref::Steal(PyIter_Next(iterator.get()));
    if (!item) break;
    const std::string_view bytes = BytesOf(item.get());
    if (bytes.empty()) continue;
    if (!SendItem(attached, request, bytes)) return;
  }
  if (PyErr_Occurred() != nullptr) throw PythonError();
  const InUse in_use(attached, request, "the answer");
  RequireHead(request.answer);
}

// What can be said of the file is asked first: that may be Python code, which may answer itself.
bool Adapter::SendsFile(const Attached& attached,
                        PyObject* wrapper,
                        OngoingRequest& request,
                        FileSending file_sending) {
  const auto file = RegularFileIn(attached, wrapper);
  const InUse in_use(attached, request, "the answer");
  Answer& answer = request.answer;
  if (!file || !MayHoldFile(answer)) return false;
  if (!answer.has_content_length()) answer.SetContentLength(file->length);
  return file_sending == FileSending::Allowed && HoldFile(*file, answer);
}

}  // namespace hosts::wsgi
