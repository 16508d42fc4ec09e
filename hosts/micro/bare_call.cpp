#include "hosts/micro/bare_call.h"

#include <utility>
#include <vector>

#include "hosts/python/call.h"
#include "hosts/python/heap_type.h"
#include "hosts/python/strings.h"

namespace hosts::micro {

using python::Attached;
using python::BodyOf;
using python::Check;
using python::PythonError;
using python::Ref;
using python::Take;

namespace {

// What start_response was told in the call that is going on.
struct StartResponse {
  vectorcallfunc call;
  Ref status;
  Ref headers;
};

PyObject* Note(PyObject* self, PyObject* const* arguments, size_t count, PyObject*) {
  if (PyVectorcall_NARGS(count) < 2) {
    PyErr_SetString(PyExc_TypeError, "start_response wants a status and headers");
    return nullptr;
  }
  auto& body = BodyOf<StartResponse>(self);
  body.status = Ref::Share(arguments[0]);
  body.headers = Ref::Share(arguments[1]);
  return Py_NewRef(Py_None);
}

Ref NewStartResponse() {
  static PyMemberDef members[] = {
      {"__vectorcalloffset__",
       T_PYSSIZET,
       static_cast<Py_ssize_t>(offsetof(python::Instance<StartResponse>, body.call)),
       READONLY,
       nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  const Ref type = python::MakeType<StartResponse>(
      "limit.StartResponse",
      {{Py_tp_members, members}, {Py_tp_call, python::Slot(&PyVectorcall_Call)}},
      Py_TPFLAGS_HAVE_VECTORCALL);
  return python::NewInstance<StartResponse>(type.get(), StartResponse{Note, Ref(), Ref()});
}

std::string_view Text(PyObject* object) {
  const auto view = PyUnicode_Check(object) != 0 ? python::Latin1View(object) : std::nullopt;
  if (!view) throw PythonError(PyExc_TypeError, "a status or header that is no native string");
  return *view;
}

void AppendHead(const StartResponse& told, std::string& out) {
  if (!told.status) throw PythonError(PyExc_RuntimeError, "start_response was not called");
  out += "HTTP/1.1 ";
  out += Text(told.status.get());
  out += "\r\n";
  for (Py_ssize_t i = 0; i < PyList_Size(told.headers.get()); ++i) {
    PyObject* const pair = PyList_GetItem(told.headers.get(), i);
    out += Text(PyTuple_GetItem(pair, 0));
    out += ": ";
    out += Text(PyTuple_GetItem(pair, 1));
    out += "\r\n";
  }
  out += "\r\n";
}

void Add(PyObject* environ, const char* key, const Ref& value) {
  Check(PyDict_SetItem(environ, python::Interned(key).get(), value.get()));
}

Ref MakeEnviron() {
  Ref environ = Take(PyDict_New());
  const Ref io = Take(PyImport_ImportModule("io"));
  Add(environ.get(), "SCRIPT_NAME", python::Latin1(""));
  Add(environ.get(), "SERVER_NAME", python::Latin1("localhost"));
  Add(environ.get(), "SERVER_PORT", python::Latin1("80"));
  Add(environ.get(), "SERVER_PROTOCOL", python::Latin1("HTTP/1.1"));
  Add(environ.get(), "wsgi.version", Take(Py_BuildValue("ii", 1, 0)));
  Add(environ.get(), "wsgi.url_scheme", python::Latin1("http"));
  Add(environ.get(), "wsgi.input", Take(PyObject_CallMethod(io.get(), "BytesIO", nullptr)));
  Add(environ.get(), "wsgi.errors", Ref::Share(PySys_GetObject("stderr")));
  for (const char* key : {"wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"}) {
    Add(environ.get(), key, Ref::Share(Py_False));
  }
  return environ;
}

}  // namespace

Ref LoadApplication(const Attached&, const std::string& script, const std::string& callable) {
  const Ref runpy = Take(PyImport_ImportModule("runpy"));
  const Ref globals = Take(PyObject_CallMethod(runpy.get(), "run_path", "s", script.c_str()));
  return Take(PyMapping_GetItemString(globals.get(), callable.c_str()));
}

BareCall::BareCall(const Attached&, Ref application)
    : application_(std::move(application)),
      environ_(MakeEnviron()),
      start_response_(NewStartResponse()),
      method_key_(python::Interned("REQUEST_METHOD")),
      path_key_(python::Interned("PATH_INFO")),
      query_key_(python::Interned("QUERY_STRING")) {}

void BareCall::Call(const Attached&,
                    std::string_view method,
                    std::string_view path,
                    std::string_view query,
                    std::string& out) {
  const Ref environ = Take(PyDict_Copy(environ_.get()));
  Check(PyDict_SetItem(environ.get(), method_key_.get(), python::Latin1(method).get()));
  Check(PyDict_SetItem(environ.get(), path_key_.get(), python::Latin1(path).get()));
  Check(PyDict_SetItem(environ.get(), query_key_.get(), python::Latin1(query).get()));
  PyObject* arguments[] = {nullptr, environ.get(), start_response_.get()};
  const Ref result = Take(PyObject_Vectorcall(
      application_.get(), arguments + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
  auto& told = BodyOf<StartResponse>(start_response_.get());
  AppendHead(told, out);
  const Ref iterator = Take(PyObject_GetIter(result.get()));
  while (const Ref item = Ref::Steal(PyIter_Next(iterator.get()))) {
    if (PyBytes_Check(item.get()) == 0) throw PythonError(PyExc_TypeError, "bytes are yielded");
    out += python::BytesView(item.get());
  }
  if (PyErr_Occurred() != nullptr) throw PythonError();
  told.status.reset();
  told.headers.reset();
}

}  // namespace hosts::micro
