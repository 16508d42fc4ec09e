#include "hosts/python/ending.h"

#include <chrono>
#include <thread>

#include "hosts/base/deadline.h"

namespace hosts::python {

namespace {

constexpr auto kLastMoment = std::chrono::milliseconds(100);
constexpr auto kBetweenLooks = std::chrono::milliseconds(1);

// threading takes the thread that has imported it for the main one, and at the end it wants the lock of that
// thread's state to be held. A state that was deleted has let go of it; and the thread that ends the interpreter
// may have the id of one that is no more. So it takes the lock in its place.
constexpr const char* kTakePlaceOfMainThread = R"(
import sys
threading = sys.modules.get("threading")
main = getattr(threading, "_main_thread", None)
lock = getattr(main, "_tstate_lock", None)
if lock is not None and main.ident == threading.get_ident() and not lock.locked():
    lock.acquire(False)
)";

// threading's list of exit calls is private but has had this name since 3.9.
constexpr const char* kRunThreadingExits = R"(
import sys
threading = sys.modules.get("threading")
for call in reversed(getattr(threading, "_threading_atexits", ())):
    call()
)";

constexpr const char* kJoinThreads = R"(
import sys
if "threading" in sys.modules:
    sys.modules["threading"]._shutdown()
)";

constexpr const char* kRunAtexitHandlers = R"(
import atexit
atexit._run_exitfuncs()
)";

constexpr const char* kFlushStandardStreams = R"(
import sys
for stream in (sys.stdout, sys.stderr):
    if stream is not None:
        stream.flush()
)";

// Nothing here may stop the end: an exception is reported where Python reports those of atexit.
void RunOrReport(const char* source) {
  PyObject* globals = PyDict_New();
  PyObject* result = nullptr;
  if (globals != nullptr &&
      PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) == 0) {
    result = PyRun_String(source, Py_file_input, globals, globals);
  }
  if (result == nullptr) PyErr_WriteUnraisable(nullptr);
  Py_XDECREF(result);
  Py_XDECREF(globals);
}

}  // namespace

void RunThreadingExits(const Attached&) {
  RunOrReport(kTakePlaceOfMainThread);
  RunOrReport(kRunThreadingExits);
}
void JoinThreads(const Attached&) {
  RunOrReport(kTakePlaceOfMainThread);
  RunOrReport(kJoinThreads);
}
void RunAtexitHandlers(const Attached&) {
  RunOrReport(kRunAtexitHandlers);
}
void FlushStandardStreams(const Attached&) {
  RunOrReport(kFlushStandardStreams);
}

void WaitForThreads(const Attached& attached, const std::function<bool()>& are_gone) {
  const auto deadline = base::Deadline::After(kLastMoment);
  while (!are_gone() && !deadline.has_passed()) {
    const GilReleased released(attached);
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace hosts::python
