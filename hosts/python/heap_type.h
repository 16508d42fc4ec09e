#pragma once
// Heap types: Python types made from a spec, one per interpreter, never static.
//
// An instance carries a C++ value, its body. MakeType completes a list of slots with the
// deallocation of that body; NewInstance makes an instance. An instance whose body is only
// reached from Python code cannot be instantiated there unless the slots have a tp_new.
//
// Owns:    the instance owns its body and, as CPython wants it, a reference to its type.
// Threads: attached.
// Fails:   MakeType and NewInstance throw PythonError.

#include <memory>
#include <utility>
#include <vector>

#include "hosts/python/call.h"
#include "hosts/python/python.h"
#include "hosts/python/ref.h"

namespace hosts::python {

template <typename Body>
struct Instance {
  PyObject_HEAD Body body;
};

template <typename Body>
[[nodiscard]] Body& BodyOf(PyObject* self) {
  return reinterpret_cast<Instance<Body>*>(self)->body;
}

template <typename Body>
void Deallocate(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  if (PyType_IS_GC(type)) PyObject_GC_UnTrack(self);
  std::destroy_at(&BodyOf<Body>(self));
  type->tp_free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

// "mod_wsgi.Name"; flags beside Py_TPFLAGS_DEFAULT.
template <typename Body>
[[nodiscard]] Ref MakeType(const char* name, std::vector<PyType_Slot> slots, unsigned flags = 0) {
  slots.push_back({Py_tp_dealloc, reinterpret_cast<void*>(&Deallocate<Body>)});
  slots.push_back({0, nullptr});
  PyType_Spec spec{name,
                   static_cast<int>(sizeof(Instance<Body>)),
                   0,
                   static_cast<unsigned>(Py_TPFLAGS_DEFAULT) | flags,
                   slots.data()};
  return Take(PyType_FromSpec(&spec));
}

template <typename Body, typename... Arguments>
[[nodiscard]] Ref NewInstance(PyObject* type, Arguments&&... arguments) {
  auto* type_object = reinterpret_cast<PyTypeObject*>(type);
  Ref instance = Take(type_object->tp_alloc(type_object, 0));
  std::construct_at(&BodyOf<Body>(instance.get()), std::forward<Arguments>(arguments)...);
  return instance;
}

// A C function as a slot or a method table wants it.
template <typename Function>
[[nodiscard]] void* Slot(Function* function) {
  return reinterpret_cast<void*>(function);
}
template <typename Function>
[[nodiscard]] PyCFunction Method(Function* function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

}  // namespace hosts::python
