#include "hosts/wsgi/start_response.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "hosts/base/letters.h"
#include "hosts/python/call.h"
#include "hosts/python/heap_type.h"
#include "hosts/python/strings.h"
#include "hosts/wsgi/header_rules.h"

namespace hosts::wsgi {

using python::Attached;
using python::BodyOf;
using python::PythonError;
using python::Ref;
using python::Take;
using python::Trampoline;

namespace {

struct StartResponse {
  StartResponse(vectorcallfunc function, OngoingRequest& ongoing)
      : call(function), request(ongoing) {}
  vectorcallfunc call;  // found by CPython at the offset given below
  OngoingHandle request;
};

[[noreturn]] void RaiseTypeError(const char* what, const char* expected, PyObject* found) {
  throw PythonError(PyExc_TypeError,
                    fmt::format("{} must be {}, not {}", what, expected, Py_TYPE(found)->tp_name));
}

template <typename Value>
Value ValueOf(base::Result<Value> result) {
  if (!result) throw PythonError(PyExc_ValueError, result.error().Text());
  return std::move(result).value();
}

void Require(const base::Result<void>& result) {
  if (!result) throw PythonError(PyExc_ValueError, result.error().Text());
}

// A native string's bytes. One that is not Latin-1 raises what Python itself would.
std::string_view NativeString(PyObject* text, const char* what) {
  if (PyUnicode_Check(text) == 0) RaiseTypeError(what, "str", text);
  const auto bytes = python::Latin1View(text);
  if (!bytes) {
    Take(PyUnicode_AsLatin1String(text)).reset();
    throw PythonError(PyExc_ValueError, fmt::format("{} is not Latin-1", what));
  }
  return *bytes;
}

void AddContentLength(std::string_view value, exchange::AnswerHead& head) {
  const std::uint64_t length = ValueOf(ParseContentLength(value));
  if (head.content_length && *head.content_length != length) {
    throw PythonError(PyExc_ValueError, "Content-Length is given twice, with different values");
  }
  head.content_length = length;
}

void AddHeader(PyObject* item, exchange::AnswerHead& head) {
  if (PyTuple_Check(item) == 0) RaiseTypeError("a header", "a tuple", item);
  if (PyTuple_GET_SIZE(item) != 2) {
    throw PythonError(PyExc_ValueError, "a header must be a tuple of a name and a value");
  }
  const std::string_view name = NativeString(PyTuple_GET_ITEM(item, 0), "a header's name");
  const std::string_view value = NativeString(PyTuple_GET_ITEM(item, 1), "a header's value");
  Require(CheckHeader(name, value));
  if (base::SameLetters(name, "content-length")) {
    const bool is_repeated = head.content_length.has_value();
    AddContentLength(value, head);
    if (is_repeated) return;
  }
  head.headers.emplace_back(name, value);
}

exchange::AnswerHead HeadOf(PyObject* status_text, PyObject* headers) {
  const Status status = ValueOf(ParseStatus(NativeString(status_text, "the status")));
  if (PyList_Check(headers) == 0) RaiseTypeError("the headers", "a list", headers);
  exchange::AnswerHead head;
  head.status = status.code;
  head.reason = status.reason;
  const Ref items = Take(PyList_AsTuple(headers));  // other threads may change a list
  head.headers.reserve(static_cast<size_t>(PyTuple_GET_SIZE(items.get())));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items.get()); ++i) {
    AddHeader(PyTuple_GET_ITEM(items.get(), i), head);
  }
  return head;
}

// Nullopt if there is none. Python itself takes whatever it is told for an exception, so it is looked
// at first; it need not be one that was caught, but it has to be one.
struct ExcInfo {
  PyObject* type;
  PyObject* value;
  PyObject* traceback;
};
std::optional<ExcInfo> ExcInfoOf(PyObject* exc_info) {
  if (exc_info == nullptr || exc_info == Py_None) return std::nullopt;
  if (PyTuple_Check(exc_info) == 0) RaiseTypeError("exc_info", "a tuple", exc_info);
  ExcInfo info{};
  if (PyArg_ParseTuple(exc_info, "OOO:exc_info", &info.type, &info.value, &info.traceback) == 0) {
    throw PythonError();
  }
  const bool is_exception =
      PyExceptionClass_Check(info.type) != 0 && PyExceptionInstance_Check(info.value) != 0 &&
      PyObject_TypeCheck(info.value, reinterpret_cast<PyTypeObject*>(info.type)) != 0;
  if (!is_exception || (info.traceback != Py_None && PyTraceBack_Check(info.traceback) == 0)) {
    throw PythonError(
        PyExc_TypeError,
        "exc_info must be what sys.exc_info() says of an exception: its class, itself "
        "and its traceback");
  }
  return info;
}

// The head is out: PEP 3333 wants the application's exception raised, and a call without one to be
// an error.
void RaiseTooLate(const std::optional<ExcInfo>& exc_info) {
  if (!exc_info) {
    throw PythonError(PyExc_RuntimeError,
                      "start_response was called again after the headers had been sent");
  }
  PyErr_Restore(Py_NewRef(exc_info->type),
                Py_NewRef(exc_info->value),
                exc_info->traceback == Py_None ? nullptr : Py_NewRef(exc_info->traceback));
  throw PythonError();
}

PyObject* Write(PyObject* self, PyObject* bytes) {
  return Trampoline([&](const Attached& attached) {
    const InUse in_use(attached, BodyOf<StartResponse>(self).request, "write()");
    if (PyBytes_Check(bytes) == 0) RaiseTypeError("what write() sends", "bytes", bytes);
    const std::string_view view = python::BytesView(bytes);
    if (view.empty()) return python::None();
    const auto sent = [&] {
      const python::GilReleased released(attached);
      return in_use.request().answer.Send(view);
    }();
    if (!sent) throw PythonError(PyExc_OSError, sent.error().Text());
    return python::None();
  });
}

PyMethodDef write_method = {"write", Write, METH_O, nullptr};

PyObject* Call(PyObject* self, PyObject* const* arguments, size_t flagged_count, PyObject* names) {
  return Trampoline([&](const Attached& attached) {
    const Py_ssize_t count = PyVectorcall_NARGS(flagged_count);
    if (count < 2 || count > 3 || (names != nullptr && PyTuple_GET_SIZE(names) != 0)) {
      throw PythonError(PyExc_TypeError,
                        "start_response takes status, headers and, if at all, exc_info, by "
                        "position");
    }
    const InUse in_use(attached, BodyOf<StartResponse>(self).request, "start_response");
    const OngoingRequest& request = in_use.request();
    const std::optional<ExcInfo> exc_info = ExcInfoOf(count == 3 ? arguments[2] : nullptr);
    if (request.answer.is_settled()) RaiseTooLate(exc_info);
    request.answer.SetHead(HeadOf(arguments[0], arguments[1]));
    if (request.observer != nullptr) {
      request.observer->ResponseStarted(
          attached, arguments[0], arguments[1], count == 3 ? arguments[2] : nullptr);
    }
    return Take(PyCFunction_New(&write_method, self));
  });
}

PyMemberDef start_response_members[] = {
    {"__vectorcalloffset__",
     T_PYSSIZET,
     offsetof(python::Instance<StartResponse>, body.call),
     READONLY,
     nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

}  // namespace

Ref MakeStartResponseType(const Attached&) {
  return python::MakeType<StartResponse>(
      "mod_wsgi.StartResponse",
      {{Py_tp_call, python::Slot(PyVectorcall_Call)}, {Py_tp_members, start_response_members}},
      Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_VECTORCALL);
}

Ref NewStartResponse(const Attached&, PyObject* type, OngoingRequest& request) {
  return python::NewInstance<StartResponse>(type, Call, request);
}

void EndStartResponse(const Attached&, PyObject* start_response) {
  BodyOf<StartResponse>(start_response).request.End();
}

}  // namespace hosts::wsgi
