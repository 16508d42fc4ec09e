// The numbers by which CPython 3.11 tells thread states apart, for versions.cpp. In C, and alone, as state_on_file.c.
//
// Every interpreter counts its own from 1, but what the C module _decimal caches by such a number is one for the process:
// a thread that enters a second interpreter with an equal number finds the decimal context of the first (suites/isolation/
// discoveries.md, 10).
#define Py_BUILD_CORE 1
#include <Python.h>

void hosts_python_number_states_apart(PyThreadState* first);

#if PY_VERSION_HEX < 0x030C0000
#include <internal/pycore_interp.h>

void hosts_python_number_states_apart(PyThreadState* first) {
  const uint64_t begin = (uint64_t)first->interp->id
                         << 40;  // so many threads no interpreter ever has
  first->id += begin;
  first->interp->threads.next_unique_id += begin;
}
#else
void hosts_python_number_states_apart(PyThreadState* first) {
  (void)first;
}
#endif
