#include "hosts/wsgi/input_stream.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "hosts/python/call.h"
#include "hosts/python/heap_type.h"
#include "hosts/python/strings.h"

namespace hosts::wsgi {

using python::Attached;
using python::BodyOf;
using python::PythonError;
using python::Ref;
using python::Take;
using python::Trampoline;

namespace {

constexpr size_t kEverything = std::numeric_limits<size_t>::max();

struct Input {
  explicit Input(OngoingRequest& ongoing) : request(ongoing) {}
  OngoingHandle request;
  // Of whoever is InUse.
  bool is_at_end = false;
  std::string failure{};  // why the body broke off; empty while it has not
};

// True when there is something buffered, false at the end of the body.
bool HasMore(const Attached& attached, Input& input, exchange::RequestBody& body) {
  if (!input.failure.empty()) throw PythonError(PyExc_OSError, input.failure);
  while (body.buffered().empty()) {
    if (input.is_at_end) return false;
    const auto filled = [&] {
      const python::GilReleased released(attached);
      return body.Fill();
    }();
    if (!filled) {
      input.failure = "request body: " + filled.error().Text();
      throw PythonError(PyExc_OSError, input.failure);
    }
    input.is_at_end = !*filled;
  }
  return true;
}

// How much of what is buffered is wanted, and whether that is all.
struct Piece {
  size_t size;
  bool is_last;
};

// Takes pieces off the body until one is the last or the body ends. A single piece, the usual
// case, is copied once.
template <typename Choose>
Ref TakePieces(const InUse& in_use, Input& input, Choose choose) {
  if (input.request.has_ended()) {  // between two lines of a thread that reads many
    throw PythonError(PyExc_RuntimeError, "wsgi.input was used after its request had ended");
  }
  const Attached& attached = in_use.attached();
  exchange::RequestBody& body = in_use.request().body;
  std::string collected;
  while (HasMore(attached, input, body)) {
    const std::string_view bytes = body.buffered();
    const Piece piece = choose(bytes);
    const std::string_view taken = bytes.substr(0, piece.size);
    if (piece.is_last && collected.empty()) {
      Ref result = python::Bytes(taken);
      body.Consume(piece.size);
      return result;
    }
    collected.append(taken);
    body.Consume(piece.size);
    if (piece.is_last) break;
  }
  return python::Bytes(collected);
}

Ref ReadUpTo(const InUse& in_use, Input& input, size_t limit) {
  if (limit == 0) return python::Bytes({});
  return TakePieces(in_use, input, [&](std::string_view bytes) {
    const size_t size = std::min(limit, bytes.size());
    if (limit != kEverything) limit -= size;
    return Piece{size, limit == 0};
  });
}

Ref ReadLineUpTo(const InUse& in_use, Input& input, size_t limit) {
  if (limit == 0) return python::Bytes({});
  return TakePieces(in_use, input, [&](std::string_view bytes) {
    const std::string_view within = bytes.substr(0, limit);
    const size_t newline = within.find('\n');
    if (newline != std::string_view::npos) return Piece{newline + 1, true};
    if (limit != kEverything) limit -= within.size();
    return Piece{within.size(), limit == 0};
  });
}

// An optional size: none, None and negative numbers mean everything.
size_t SizeArgument(PyObject* const* arguments, Py_ssize_t count, const char* method) {
  if (count > 1) {
    PyErr_Format(PyExc_TypeError, "%s() takes at most 1 argument (%zd given)", method, count);
    throw PythonError();
  }
  if (count == 0 || arguments[0] == Py_None) return kEverything;
  const Py_ssize_t size = PyNumber_AsSsize_t(arguments[0], PyExc_OverflowError);
  if (size == -1 && PyErr_Occurred() != nullptr) throw PythonError();
  return size < 0 ? kEverything : static_cast<size_t>(size);
}

PyObject* Read(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  return Trampoline([&](const Attached& attached) {
    auto& input = BodyOf<Input>(self);
    const InUse in_use(attached, input.request, "wsgi.input");
    return ReadUpTo(in_use, input, SizeArgument(arguments, count, "read"));
  });
}

PyObject* ReadLine(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  return Trampoline([&](const Attached& attached) {
    auto& input = BodyOf<Input>(self);
    const InUse in_use(attached, input.request, "wsgi.input");
    return ReadLineUpTo(in_use, input, SizeArgument(arguments, count, "readline"));
  });
}

PyObject* ReadLines(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  return Trampoline([&](const Attached& attached) {
    auto& input = BodyOf<Input>(self);
    const InUse in_use(attached, input.request, "wsgi.input");
    size_t hint = SizeArgument(arguments, count, "readlines");
    if (hint == 0) hint = kEverything;  // as io.IOBase.readlines has it
    Ref lines = Take(PyList_New(0));
    for (size_t total = 0; total < hint;) {
      const Ref line = ReadLineUpTo(in_use, input, kEverything);
      if (PyBytes_GET_SIZE(line.get()) == 0) break;
      total += python::BytesView(line.get()).size();
      python::Check(PyList_Append(lines.get(), line.get()));
    }
    return lines;
  });
}

PyObject* Next(PyObject* self) {
  return Trampoline([&](const Attached& attached) {
    auto& input = BodyOf<Input>(self);
    const InUse in_use(attached, input.request, "wsgi.input");
    Ref line = ReadLineUpTo(in_use, input, kEverything);
    return PyBytes_GET_SIZE(line.get()) == 0 ? Ref() : std::move(line);
  });
}

PyObject* Close(PyObject*, PyObject*) {
  return Py_NewRef(Py_None);
}

PyMethodDef input_methods[] = {
    {"read", python::Method(Read), METH_FASTCALL, nullptr},
    {"readline", python::Method(ReadLine), METH_FASTCALL, nullptr},
    {"readlines", python::Method(ReadLines), METH_FASTCALL, nullptr},
    {"close", Close, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Ref MakeInputType(const Attached&) {
  return python::MakeType<Input>("mod_wsgi.Input",
                                 {{Py_tp_methods, input_methods},
                                  {Py_tp_iter, python::Slot(PyObject_SelfIter)},
                                  {Py_tp_iternext, python::Slot(Next)}},
                                 Py_TPFLAGS_DISALLOW_INSTANTIATION);
}

Ref NewInput(const Attached&, PyObject* type, OngoingRequest& request) {
  return python::NewInstance<Input>(type, request);
}

void EndInput(const Attached&, PyObject* input) {
  BodyOf<Input>(input).request.End();
}

}  // namespace hosts::wsgi
