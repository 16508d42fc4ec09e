#include "hosts/python/restricted_stream.h"

#include "hosts/base/check.h"
#include "hosts/python/heap_type.h"

namespace hosts::python {

namespace {

struct Restricted {
  const char* name;
};

PyObject* RefuseAttribute(PyObject* self, PyObject*) {
  PyErr_Format(PyExc_OSError, "sys.%s is not for applications here", BodyOf<Restricted>(self).name);
  return nullptr;
}

constexpr const char* NameOf(StandardStream stream) {
  return stream == StandardStream::Input ? "stdin" : "stdout";
}

void ClearAtExit(const char* name) {
  const Ref sys = Take(PyImport_ImportModule("sys"));
  const Ref atexit = Take(PyImport_ImportModule("atexit"));
  PyObject* set = PyDict_GetItemString(PyEval_GetBuiltins(), "setattr");
  CHECK(set != nullptr, "Python has setattr");
  Take(PyObject_CallMethod(atexit.get(), "register", "OOsO", set, sys.get(), name, Py_None))
      .reset();
}

}  // namespace

void RestrictStream(const Attached&, StandardStream stream) {
  const Ref type = MakeType<Restricted>("mod_wsgi.Restricted",
                                        {{Py_tp_getattro, Slot(&RefuseAttribute)}},
                                        Py_TPFLAGS_DISALLOW_INSTANTIATION);
  const char* name = NameOf(stream);
  Check(PySys_SetObject(name, NewInstance<Restricted>(type.get(), Restricted{name}).get()));
  ClearAtExit(name);
}

}  // namespace hosts::python
