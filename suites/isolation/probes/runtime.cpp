// Settings of Python's runtime: the collector, limits, tracing, the hash seed.

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

std::vector<StateProbe> RuntimeProbes() {
  return {
      {.name = "recursionlimit",
       .title = "the recursion limit",
       .set = "import sys; sys.setrecursionlimit(777)",
       .read = "import sys; result = sys.getrecursionlimit()",
       .shared_if = "result == 777"},
      {.name = "switchinterval",
       .title = "the interval at which threads are switched",
       .set = "import sys; sys.setswitchinterval(0.125)",
       .read = "import sys; result = sys.getswitchinterval()",
       .shared_if = "result == 0.125",
       .scope = Scope::Process,
       .mechanism = "it belongs to the GIL, which all interpreters of the process share"},
      {.name = "gc_disable",
       .title = "the garbage collector switched off",
       .set = "import gc; gc.disable()",
       .read = "import gc; result = gc.isenabled()",
       .shared_if = "result is False"},
      {.name = "gc_threshold",
       .title = "the thresholds of the garbage collector",
       .set = "import gc; gc.set_threshold(1234, 5, 6)",
       .read = "import gc; result = gc.get_threshold()[0]",
       .shared_if = "result == 1234"},
      {.name = "gc_callbacks",
       .title = "a callback of the garbage collector",
       .set = "import gc\n"
              "def callback(*what): pass\n"
              "callback.token = TOKEN; gc.callbacks.append(callback)",
       .read = "import gc; result = any(getattr(c, 'token', None) == TOKEN for c in gc.callbacks)",
       .shared_if = "result"},
      {.name = "gc_debug",
       .title = "the debugging flags of the garbage collector",
       .set = "import gc; gc.set_debug(gc.DEBUG_COLLECTABLE)",
       .read = "import gc; result = gc.get_debug()",
       .shared_if = "result == 2"},
      {.name = "faulthandler",
       .title = "faulthandler switched on",
       .set = "import faulthandler; STATE['file'] = open('/dev/null', 'w')\n"
              "faulthandler.enable(file=STATE['file'])",
       .read = "import faulthandler; result = faulthandler.is_enabled()",
       .shared_if = "result",
       .scope = Scope::Process},
      {.name = "tracemalloc",
       .title = "tracemalloc switched on",
       .set = "import tracemalloc; tracemalloc.start()",
       .read = "import tracemalloc; result = tracemalloc.is_tracing()",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism = "it hooks the allocator, which is one for the process; making an interpreter, "
                    "or entering one for "
                    "the first time, while it traces hangs in Python before 3.12"},
      {.name = "int_max_str_digits",
       .title = "sys.set_int_max_str_digits()",
       .set = "import sys; sys.set_int_max_str_digits(7777)",
       .read = "import sys; result = sys.get_int_max_str_digits()",
       .shared_if = "result == 7777"},
      {.name = "dont_write_bytecode",
       .title = "sys.dont_write_bytecode",
       .set = "import sys; sys.dont_write_bytecode = 7",
       .read = "import sys; result = sys.dont_write_bytecode",
       .shared_if = "result == 7"},
      {.name = "dlopenflags",
       .title = "sys.setdlopenflags()",
       .set = "import sys; sys.setdlopenflags(0x101)",
       .read = "import sys; result = sys.getdlopenflags()",
       .shared_if = "result == 0x101"},
      {.name = "random_seed",
       .title = "the state of the module random",
       .set = "import random; random.seed(12345); result = random.getstate()[1][5]",
       .read = "import random; result = random.getstate()[1][5]",
       .shared_if = "result == FROM_A"},
      {.name = "audit_hook",
       .title = "an audit hook of A, when B raises an event",
       .set =
           "import sys; heard = STATE['heard'] = []; name = 'lab.' + TOKEN\n"
           "sys.addaudithook(lambda event, what: heard.append(event) if event == name else None)",
       .read = "import sys; sys.audit('lab.' + TOKEN)",
       .about = About::Deed,
       .after = "result = bool(STATE['heard'])"},
      {.name = "register_at_fork",
       .title = "os.register_at_fork() of A, when B forks",
       .set = "import os; heard = STATE['heard'] = []; os.register_at_fork(before=lambda: "
              "heard.append(1))",
       .read = "import os\n"
               "try: child = os.fork()\n"
               "except RuntimeError as error: child, result = None, str(error)\n"
               "if child == 0: os._exit(0)\n"
               "if child:\n"
               "    result = 'forked' if wait_for(lambda: os.waitpid(child, os.WNOHANG)[0], 2) "
               "else 'hangs'\n"
               "    if result == 'hangs': os.kill(child, 9); os.waitpid(child, 0)",
       .about = About::Deed,
       .after = "result = bool(STATE['heard'])"},
      {.name = "monitoring_tool",
       .title = "a tool of sys.monitoring",
       .set = "import sys; sys.monitoring.use_tool_id(4, TOKEN)",
       .read = "import sys; result = sys.monitoring.get_tool(4)"},
      {.name = "perf_trampoline",
       .title = "the trampoline for perf",
       .set = "import sys; sys.activate_stack_trampoline('perf')",
       .read = "import sys; result = sys.is_stack_trampoline_active()",
       .shared_if = "result",
       .scope = Scope::Process},
  };
}

}  // namespace suites::isolation
