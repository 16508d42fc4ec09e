// The thread-local key under which CPython keeps a thread's state on file, for versions.cpp.
// In C, because CPython's internal headers are no C++; alone, because Py_BUILD_CORE is needed.
#define Py_BUILD_CORE 1
#include <Python.h>

void hosts_python_set_state_on_file(PyThreadState* state);
void hosts_python_take_state_off_file(PyThreadState* state);

#include <internal/pycore_runtime.h>

#if PY_VERSION_HEX < 0x030C0000

void hosts_python_set_state_on_file(PyThreadState* state) {
  PyThread_tss_set(&_PyRuntime.gilstate.autoTSSkey, state);
}
void hosts_python_take_state_off_file(PyThreadState* state) {
  (void)state;
}
#else
void hosts_python_set_state_on_file(PyThreadState* state) {
  (void)state;
}

// As CPython's unbind_gilstate_tstate does, which has no name outside.
void hosts_python_take_state_off_file(PyThreadState* state) {
  if (!state->_status.bound_gilstate) return;  // an extension has attached another one since
  PyThread_tss_set(&_PyRuntime.autoTSSkey, NULL);
  state->_status.bound_gilstate = 0;
}
#endif
