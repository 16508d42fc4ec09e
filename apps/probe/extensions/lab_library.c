/* A library for ctypes, no module: a C static, and what code does that uses the simplified GIL API (PyGILState), as ctypes
   itself and many extensions do. */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <pthread.h>
#include <time.h>

static int value = 0;

void lab_set(int wanted) {
  value = wanted;
}
int lab_get(void) {
  return value;
}

/* The id of the interpreter in which PyGILState_Ensure puts the calling thread. */
long lab_ensure(void) {
  const PyGILState_STATE state = PyGILState_Ensure();
  const long id = (long)PyInterpreterState_GetID(PyInterpreterState_Get());
  PyGILState_Release(state);
  return id;
}

static void* ensure_in_thread(void* answer) {
  *(long*)answer = lab_ensure();
  return NULL;
}

/* The same on a thread of its own; -1 if it has not come back in time. Then it is left behind, and so is its answer: it
   must not be written to the stack of a function that has returned. */
long lab_ensure_in_thread(int milliseconds) {
  static long answers[64];
  static int used = 0;
  long* answer = &answers[used++ % 64];
  *answer = -1;
  pthread_t thread;
  if (pthread_create(&thread, NULL, ensure_in_thread, answer) != 0) return -2;
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += milliseconds / 1000;
  until.tv_nsec += (milliseconds % 1000) * 1000000L;
  if (until.tv_nsec >= 1000000000L) {
    until.tv_sec += 1;
    until.tv_nsec -= 1000000000L;
  }
  if (pthread_timedjoin_np(thread, NULL, &until) != 0) {
    pthread_detach(thread);
    return -1;
  }
  return *answer;
}

/* Sleeps without giving the GIL back, if it is called through ctypes.PyDLL. */
void lab_sleep(int milliseconds) {
  struct timespec span = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
  while (nanosleep(&span, &span) != 0) {
  }
}
