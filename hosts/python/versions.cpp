#include "hosts/python/versions.h"

extern "C" {
bool hosts_python_wants_gil(PyObject* module);                // module_gil.c
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
namespace {
NewInterpreter NewInterpreterOf(const PyInterpreterConfig& config) {
  NewInterpreter made;
  const PyStatus status = Py_NewInterpreterFromConfig(&made.first, &config);
  if (!PyStatus_Exception(status)) return made;
  made.first = nullptr;
  if (status.err_msg != nullptr) made.why_not = status.err_msg;
  return made;
}
}  // namespace

NewInterpreter NewLegacyInterpreter() {
  PyInterpreterConfig config{};
  config.use_main_obmalloc = 1;
  config.allow_fork = 1;
  config.allow_exec = 1;
  config.allow_threads = 1;
  config.allow_daemon_threads = 1;
  config.check_multi_interp_extensions = kIsFreeThreaded ? 1 : 0;  // it makes no other (gh-117649)
  config.gil = PyInterpreterConfig_SHARED_GIL;
  return NewInterpreterOf(config);
}

NewInterpreter NewIsolatedInterpreter() {
  PyInterpreterConfig config{};
  config.use_main_obmalloc = 0;
  config.allow_fork = 0;
  config.allow_exec = 0;
  config.allow_threads = 1;
  config.allow_daemon_threads = 0;
  config.check_multi_interp_extensions = 1;
  config.gil = PyInterpreterConfig_OWN_GIL;
  return NewInterpreterOf(config);
}
#else
NewInterpreter NewLegacyInterpreter() {
  NewInterpreter made;
  made.first = Py_NewInterpreter();
  if (made.first != nullptr) hosts_python_number_states_apart(made.first);
  return made;
}

NewInterpreter NewIsolatedInterpreter() {
  return {.why_not = "Python " PY_VERSION
                     " has no interpreters with a GIL of their own: 3.12 and later have"};
}
#endif

#ifdef Py_GIL_DISABLED
void ChooseGil(PyConfig& config, ProcessGil gil) {
  config.enable_gil = gil == ProcessGil::On ? 1 : 0;
}

// Asked for its objects Python stops all threads of the interpreter, and lets them go on when the last has been seen.
void WithOthersStopped(void (*hold)(void*), void* argument) {
  struct Once {
    void (*hold)(void*);
    void* argument;
  } once{hold, argument};
  PyUnstable_GC_VisitObjects(
      [](PyObject*, void* arg) {
        const auto& wanted = *static_cast<Once*>(arg);
        wanted.hold(wanted.argument);
        return 0;  // no further object
      },
      &once);
}
#else
void ChooseGil(PyConfig& /*config*/, ProcessGil /*gil*/) {}
void WithOthersStopped(void (*hold)(void*), void* argument) {
  hold(argument);
}
#endif

#if PY_VERSION_HEX >= 0x030D0000
PyObject* NewItem(PyObject* dict, PyObject* key) {
  PyObject* item = nullptr;
  (void)PyDict_GetItemRef(dict, key, &item);
  return item;
}
#else
PyObject* NewItem(PyObject* dict, PyObject* key) {
  return Py_XNewRef(PyDict_GetItemWithError(dict, key));
}
#endif

bool WantsGil(PyObject* module) {
  return hosts_python_wants_gil(module);
}

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
