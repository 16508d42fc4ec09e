// What belongs to a thread of the pool, and what applications see of each other's threads.

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

namespace {

constexpr std::string_view kPythonThread =
    "Python keeps it with the thread's state, of which a thread has one for each interpreter";

}  // namespace

std::vector<StateProbe> ThreadProbes() {
  constexpr std::string_view kToggleMask =
      "import signal; blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])\n"
      "result = signal.SIGUSR2 not in blocked\n"
      "signal.pthread_sigmask(signal.SIG_BLOCK if result else signal.SIG_UNBLOCK, "
      "{signal.SIGUSR2})";
  constexpr std::string_view kReadMask =
      "import signal; result = signal.SIGUSR2 in signal.pthread_sigmask(signal.SIG_BLOCK, [])";
  constexpr std::string_view kNice =
      "import os; os.nice(3); result = os.getpriority(os.PRIO_PROCESS, 0)";
  constexpr std::string_view kReadNice = "import os; result = os.getpriority(os.PRIO_PROCESS, 0)";
  constexpr std::string_view kPrecision = "import decimal; decimal.getcontext().prec = 71";
  constexpr std::string_view kReadPrecision = "import decimal; result = decimal.getcontext().prec";
  constexpr std::string_view kLocal = "import lab_shared; lab_shared.local.value = TOKEN";
  constexpr std::string_view kReadLocal =
      "import lab_shared; result = getattr(lab_shared.local, 'value', None)";
  constexpr std::string_view kVariable = "import lab_shared; lab_shared.variable.set(TOKEN)";
  constexpr std::string_view kReadVariable =
      "import lab_shared; result = lab_shared.variable.get()";
  constexpr std::string_view kTrace = "import sys; sys.settrace(lambda *what: None)";
  constexpr std::string_view kReadTrace = "import sys; result = sys.gettrace() is not None";
  return {
      {.name = "sigmask_t5",
       .title = "a signal blocked, among five threads",
       .set = kToggleMask,
       .read = kReadMask,
       .shared_if = "result == FROM_A",
       .scope = Scope::Thread,
       .threads = Threads::Pool},
      {.name = "sigmask_t1",
       .title = "a signal blocked, with one thread",
       .set = kToggleMask,
       .read = kReadMask,
       .shared_if = "result == FROM_A",
       .scope = Scope::Thread,
       .threads = Threads::One},
      {.name = "nice_t5",
       .title = "os.nice(), among five threads",
       .set = kNice,
       .read = kReadNice,
       .shared_if = "result == FROM_A",
       .scope = Scope::Thread,
       .threads = Threads::Pool},
      {.name = "nice_t1",
       .title = "os.nice(), with one thread",
       .set = kNice,
       .read = kReadNice,
       .shared_if = "result == FROM_A",
       .scope = Scope::Thread,
       .threads = Threads::One},
      {.name = "affinity_t1",
       .title = "the processors that may be used, with one thread",
       .set = "import os; result = [max(os.sched_getaffinity(0))]; os.sched_setaffinity(0, result)",
       .read = "import os; result = FROM_A is not None and os.sched_getaffinity(0) == set(FROM_A)",
       .shared_if = "result",
       .scope = Scope::Thread,
       .threads = Threads::One},
      {.name = "pr_name_t1",
       .title = "the thread's name, by prctl(), with one thread",
       .set = "import ctypes; ctypes.CDLL(None).prctl(15, b'lab-name', 0, 0, 0)",
       .read = "import threading; thread = threading.get_native_id()\n"
               "result = open(f'/proc/self/task/{thread}/comm').read().strip()",
       .shared_if = "result == 'lab-name'",
       .scope = Scope::Thread,
       .threads = Threads::One},
      {.name = "decimal_context_t1",
       .title = "the precision of decimal's context, with one thread",
       .set = kPrecision,
       .read = kReadPrecision,
       .shared_if = "result == 71",
       .scope = Scope::Thread,
       .threads = Threads::One,
       .mechanism = "before Python 3.12 decimal finds its context by a number of the thread's "
                    "state that is unique in "
                    "its interpreter only"},
      {.name = "decimal_context_t5",
       .title = "the precision of decimal's context, among five threads",
       .set = kPrecision,
       .read = kReadPrecision,
       .shared_if = "result == 71",
       .scope = Scope::Thread,
       .threads = Threads::Pool,
       .mechanism = "before Python 3.12 decimal finds its context by a number of the thread's "
                    "state that is unique in "
                    "its interpreter only"},
      {.name = "decimal_default_context",
       .title = "decimal.DefaultContext, as new threads of B find it",
       .set = "import decimal; decimal.DefaultContext.prec = 73",
       .read = "import decimal, threading\n"
               "found = []\n"
               "thread = threading.Thread(target=lambda: found.append(decimal.getcontext().prec))\n"
               "thread.start(); thread.join(); result = found[0]",
       .shared_if = "result == 73",
       .scope = Scope::Process,
       .mechanism = "before Python 3.12 _decimal keeps its template in a C static"},
      {.name = "threading_local_t1",
       .title = "a threading.local of a module that both import, with one thread",
       .set = kLocal,
       .read = kReadLocal,
       .scope = Scope::Thread,
       .threads = Threads::One,
       .mechanism = kPythonThread},
      {.name = "threading_local_t5",
       .title = "a threading.local of a module that both import, among five threads",
       .set = kLocal,
       .read = kReadLocal,
       .scope = Scope::Thread,
       .threads = Threads::Pool,
       .mechanism = kPythonThread},
      {.name = "contextvar_t1",
       .title = "a ContextVar that is set and not reset, with one thread",
       .set = kVariable,
       .read = kReadVariable,
       .scope = Scope::Thread,
       .threads = Threads::One,
       .mechanism = kPythonThread},
      {.name = "contextvar_t5",
       .title = "a ContextVar that is set and not reset, among five threads",
       .set = kVariable,
       .read = kReadVariable,
       .scope = Scope::Thread,
       .threads = Threads::Pool,
       .mechanism = kPythonThread},
      {.name = "settrace_t1",
       .title = "sys.settrace(), with one thread",
       .set = kTrace,
       .read = kReadTrace,
       .shared_if = "result",
       .scope = Scope::Thread,
       .threads = Threads::One,
       .mechanism = kPythonThread},
      {.name = "setprofile_t1",
       .title = "sys.setprofile(), with one thread",
       .set = "import sys; sys.setprofile(lambda *what: None)",
       .read = "import sys; result = sys.getprofile() is not None",
       .shared_if = "result",
       .scope = Scope::Thread,
       .threads = Threads::One,
       .mechanism = kPythonThread},
      {.name = "settrace_t5",
       .title = "sys.settrace(), among five threads",
       .set = kTrace,
       .read = kReadTrace,
       .shared_if = "result",
       .scope = Scope::Thread,
       .threads = Threads::Pool,
       .mechanism = kPythonThread},
      {.name = "threading_settrace",
       .title = "threading.settrace(), for new threads",
       .set = "import threading; threading.settrace(lambda *what: None)",
       .read = "import threading; result = threading.gettrace() is not None",
       .shared_if = "result"},
      {.name = "settrace_all_threads",
       .title = "threading.settrace_all_threads(), among five threads",
       .set = "import threading; threading.settrace_all_threads(lambda *what: None)",
       .read = kReadTrace,
       .shared_if = "result",
       .is_of_threads_seen = true,
       .mechanism = "it reaches the threads that have a state in its interpreter"},
      {.name = "ctypes_errno",
       .title = "ctypes.set_errno(), with one thread",
       .set = "import ctypes; ctypes.set_errno(77)",
       .read = "import ctypes; result = ctypes.get_errno()",
       .shared_if = "result == 77",
       .scope = Scope::Thread,
       .threads = Threads::One,
       .mechanism = kPythonThread},
      {.name = "threading_enumerate",
       .title = "a thread of A, looked for with threading.enumerate()",
       .set = "import lab_shared, threading; STATE['end'] = threading.Event()\n"
              "lab_shared.start_thread(target=STATE['end'].wait, args=(20,), name=TOKEN)",
       .read = "import threading; result = any(t.name == TOKEN for t in threading.enumerate())",
       .shared_if = "result"},
      {.name = "os_threads",
       .title = "seven threads of A, counted in /proc/self/task",
       .set = "import lab_shared, os, threading; result = len(os.listdir('/proc/self/task'))\n"
              "STATE['end'] = threading.Event()\n"
              "for _ in range(7): lab_shared.start_thread(target=STATE['end'].wait, args=(20,))",
       .read = "import os\n"
               "result = FROM_A is not None and len(os.listdir('/proc/self/task')) - FROM_A >= 7",
       .shared_if = "result",
       .scope = Scope::Process},
      {.name = "current_frames",
       .title = "a local variable of a thread of A, read through sys._current_frames()",
       .set = "import lab_shared, threading\n"
              "began, end = threading.Event(), threading.Event()\n"
              "def lab_keeps_a_secret():\n"
              "    secret = 'secret ' + TOKEN\n"
              "    began.set(); end.wait(20)\n"
              "lab_shared.start_thread(target=lab_keeps_a_secret)\n"
              "STATE['end'] = end; began.wait(20)",
       .read = "import sys\n"
               "result = None\n"
               "for frame in list(sys._current_frames().values()):\n"
               "    while frame is not None:\n"
               "        if frame.f_code.co_name == 'lab_keeps_a_secret':\n"
               "            result = frame.f_locals.get('secret')\n"
               "        frame = frame.f_back",
       .shared_if = "result == 'secret ' + TOKEN",
       .scope = Scope::Process,
       .mechanism = "before Python 3.14 it shows the threads of all interpreters"},
  };
}

}  // namespace suites::isolation
