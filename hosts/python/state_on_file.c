// The thread-local key under which CPython 3.11 keeps a thread's state on file, for versions.cpp.
// In C, because CPython's internal headers are no C++; alone, because Py_BUILD_CORE is needed.
#define Py_BUILD_CORE 1
#include <Python.h>

void hosts_python_set_state_on_file(PyThreadState* state);

#if PY_VERSION_HEX < 0x030C0000
#include <internal/pycore_runtime.h>

void hosts_python_set_state_on_file(PyThreadState* state) {
  PyThread_tss_set(&_PyRuntime.gilstate.autoTSSkey, state);
}
#else
void hosts_python_set_state_on_file(PyThreadState* state) {
  (void)state;
}
#endif
