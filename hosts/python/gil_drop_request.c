// CPython 3.11's request to drop the GIL, for gil_turns.cpp: which interpreter has it, and the flag that its
// bytecode loop looks at. In C and alone, as state_on_file.c is.
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stdbool.h>

// Every function: any thread, with or without the GIL; none waits. To post may find nobody, to withdraw may fail (false):
// then it is to be tried again, and the GIL let go in between.
const void* hosts_python_gil_holder(void);
unsigned long hosts_python_switch_interval_us(void);
const void* hosts_python_post_drop_request(const void* holder);
bool hosts_python_withdraw_drop_request(const void* interpreter);

#if PY_VERSION_HEX < 0x030C0000
#include <internal/pycore_interp.h>
#include <internal/pycore_runtime.h>

const void* hosts_python_gil_holder(void) {
  return _PyThreadState_UncheckedGet();
}

unsigned long hosts_python_switch_interval_us(void) {
  return _PyRuntime.ceval.gil.interval;
}

// While it is held, no interpreter and no thread state goes. Never waited for: sys._current_frames() holds it while it makes
// objects, for which it may have to wait for the GIL, and the one who asks here may have that.
static bool lock_interpreters(void) {
  return PyThread_acquire_lock(_PyRuntime.interpreters.mutex, NOWAIT_LOCK) == PY_LOCK_ACQUIRED;
}
static void unlock_interpreters(void) {
  PyThread_release_lock(_PyRuntime.interpreters.mutex);
}

static bool has_state(PyInterpreterState* interpreter, const void* wanted) {
  PyThreadState* state = PyInterpreterState_ThreadHead(interpreter);
  while (state != NULL && state != wanted)
    state = PyThreadState_Next(state);
  return state != NULL;
}

const void* hosts_python_post_drop_request(const void* holder) {
  if (!lock_interpreters()) return NULL;
  PyInterpreterState* interpreter = PyInterpreterState_Head();
  while (interpreter != NULL && !has_state(interpreter, holder))
    interpreter = PyInterpreterState_Next(interpreter);
  if (interpreter != NULL) {
    _Py_atomic_store_relaxed(&interpreter->ceval.gil_drop_request, 1);
    _Py_atomic_store_relaxed(&interpreter->ceval.eval_breaker, 1);
  }
  unlock_interpreters();
  return interpreter;
}

bool hosts_python_withdraw_drop_request(const void* wanted) {
  if (!lock_interpreters()) return false;
  PyInterpreterState* interpreter = PyInterpreterState_Head();
  while (interpreter != NULL && interpreter != wanted)
    interpreter = PyInterpreterState_Next(interpreter);
  if (interpreter != NULL) _Py_atomic_store_relaxed(&interpreter->ceval.gil_drop_request, 0);
  unlock_interpreters();
  return true;
}
#else
const void* hosts_python_gil_holder(void) {
  return NULL;
}
unsigned long hosts_python_switch_interval_us(void) {
  return 0;
}
const void* hosts_python_post_drop_request(const void* holder) {
  (void)holder;
  return NULL;
}
bool hosts_python_withdraw_drop_request(const void* interpreter) {
  (void)interpreter;
  return true;
}
#endif
