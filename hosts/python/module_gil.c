// What an extension module declared about the GIL (PEP 703, Py_mod_gil), for versions.cpp. CPython keeps it in the module
// object, which is not public. In C and alone, as state_on_file.c is.
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stdbool.h>

// Attached. Of what is no module, or none of an extension: false.
bool hosts_python_wants_gil(PyObject* module);

#if defined(Py_GIL_DISABLED) && PY_VERSION_HEX < 0x030F0000
#include <internal/pycore_moduleobject.h>

bool hosts_python_wants_gil(PyObject* module) {
  if (!PyModule_Check(module) || PyModule_GetDef(module) == NULL) return false;
  return ((PyModuleObject*)module)->md_gil == Py_MOD_GIL_USED;
}
#else
bool hosts_python_wants_gil(PyObject* module) {
  (void)module;
  return false;
}
#endif
