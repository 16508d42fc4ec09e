#include "hosts/python/versions.h"

extern "C" {
void hosts_python_set_state_on_file(PyThreadState* state);    // state_on_file.c
void hosts_python_take_state_off_file(PyThreadState* state);  // state_on_file.c
void hosts_python_number_states_apart(PyThreadState* first);  // state_numbers.c
}

namespace hosts::python {

#if PY_VERSION_HEX >= 0x030D0000
PyThreadState* CurrentState() {
  return PyThreadState_GetUnchecked();
}
#else
PyThreadState* CurrentState() {
  return _PyThreadState_UncheckedGet();
}
#endif

#if PY_VERSION_HEX >= 0x030C0000
PyThreadState* NewLegacyInterpreter() {
  PyInterpreterConfig config{};
  config.use_main_obmalloc = 1;
  config.allow_fork = 1;
  config.allow_exec = 1;
  config.allow_threads = 1;
  config.allow_daemon_threads = 1;
  config.check_multi_interp_extensions = 0;
  config.gil = PyInterpreterConfig_SHARED_GIL;
  PyThreadState* state = nullptr;
  const PyStatus status = Py_NewInterpreterFromConfig(&state, &config);
  return PyStatus_Exception(status) ? nullptr : state;
}
#else
PyThreadState* NewLegacyInterpreter() {
  PyThreadState* state = Py_NewInterpreter();
  if (state != nullptr) hosts_python_number_states_apart(state);
  return state;
}
#endif

void SetCurrentOnFile(PyThreadState* state) {
  if constexpr (kStateOnFileGoesStale) hosts_python_set_state_on_file(state);
}

void TakeOffFile(PyThreadState* state) {
  if constexpr (kStateOnFileIsWrittenTo) hosts_python_take_state_off_file(state);
}

#if PY_VERSION_HEX >= 0x030C0000
PyObject* TakeRaisedException() {
  return PyErr_GetRaisedException();
}
void SetRaisedException(PyObject* exception) {
  PyErr_SetRaisedException(exception);
}
#else
PyObject* TakeRaisedException() {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  if (type == nullptr) return nullptr;
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  Py_XDECREF(traceback);
  Py_DECREF(type);
  return value;
}

void SetRaisedException(PyObject* exception) {
  PyErr_Restore(Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(exception))),
                exception,
                PyException_GetTraceback(exception));
}
#endif

}  // namespace hosts::python
