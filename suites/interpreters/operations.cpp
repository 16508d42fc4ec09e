#include "suites/interpreters/operations.h"

#include <array>

namespace suites::interpreters {

namespace {

constexpr std::string_view kNoFork =
    "RuntimeError: fork not supported for isolated subinterpreters";
constexpr std::string_view kRefusedFork = "RuntimeError: os.fork() in a process with several …";
constexpr std::string_view kNoDaemonThread =
    "RuntimeError: daemon threads are disabled in this (sub)interpreter";
constexpr std::string_view kNoDaemonThreadNow =
    "RuntimeError: daemon threads are disabled in this interpreter";

// Alike in every kind of interpreter.
constexpr Operation Alike(std::string_view name, std::string_view python, std::string_view found) {
  return {.name = name, .python = python, .in_main = found, .in_sub = found, .in_own = found};
}

constexpr std::array kOperations{
    // ---- processes ----
    Operation{.name = "os_fork",
              .python = R"(
child = os.fork()
if child == 0:
    os._exit(7)
return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
)",
              .in_main = "True",
              .in_sub = "False",
              .in_own = kNoFork,
              .engine_beside_main = kRefusedFork},
    Operation{.name = "os_forkpty",
              .python = R"(
child, terminal = os.forkpty()
if child == 0:
    os._exit(7)
os.close(terminal)
return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
)",
              .in_main = "",
              .in_sub = "RuntimeError: fork not supported for subinterpreters",
              .in_own = "RuntimeError: fork not supported for subinterpreters",
              .engine_beside_main = "RuntimeError: os.forkpty() in a process with several …"},
    Operation{.name = "os_execv",
              .python = "os.execv('/no/such/program', ['program'])",
              .in_main = "FileNotFoundError: [Errno 2] No such file or directory",
              .in_sub = "FileNotFoundError: [Errno 2] No such file or directory",
              .in_own = "RuntimeError: exec not supported for isolated subinterpreters"},
    Alike("os_posix_spawn",
          R"(
child = os.posix_spawn('/bin/sh', ['sh', '-c', 'exit 3'], {})
return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
)",
          "3"),
    Alike("os_system", "return os.waitstatus_to_exitcode(os.system('exit 3'))", "3"),
    Alike("subprocess_run",
          "return subprocess.run(['printf', 'x'], capture_output=True, text=True).stdout",
          "'x'"),
    Alike("subprocess_cwd",
          "return subprocess.run(['pwd'], cwd='/usr', close_fds=True, capture_output=True, "
          "text=True).stdout",
          "'/usr\\n'"),
    Operation{.name = "subprocess_preexec_fn",
              .python = "return subprocess.run(['true'], preexec_fn=lambda: None).returncode",
              .in_main = "0",
              .in_sub = "RuntimeError: preexec_fn not supported within subinterpreters",
              .in_own = "RuntimeError: preexec_fn not supported within subinterpreters"},
    Alike("subprocess_user", "return subprocess.run(['true'], user=os.getuid()).returncode", "0"),
    Operation{.name = "multiprocessing_fork",
              .python = R"(
child = multiprocessing.get_context('fork').Process(target=os.getpid)
child.start()
child.join()
return child.exitcode == 0
)",
              .in_main = "True",
              .in_sub = "False",
              .in_own = kNoFork,
              .engine_beside_main = kRefusedFork},
    Alike("multiprocessing_spawn",
          R"(
child = multiprocessing.get_context('spawn').Process(target=os.getpid)
child.start()
child.join()
return child.exitcode
)",
          "0"),
    Operation{.name = "ProcessPoolExecutor",
              .python = R"(
with concurrent.futures.ProcessPoolExecutor(1) as pool:
    return pool.submit(abs, -1).result()
)",
              .in_main = "1",
              .in_sub = "1",
              .in_own = "BrokenProcessPool: …",
              .hosted = Hosted::InDaemons},
    Operation{.name = "multiprocessing_Queue",
              .python = R"(
queue = multiprocessing.Queue()
queue.put(1)
return queue.get(timeout=10)
)",
              .in_main = "1",
              .in_sub = "1",
              .in_own = kNoDaemonThread},
    Alike("multiprocessing_shared_memory",
          R"(
memory = multiprocessing.shared_memory.SharedMemory(create=True, size=1)
memory.buf[0] = 7
found = memory.buf[0]
memory.close()
memory.unlink()
return found
)",
          "7"),

    // ---- threads ----
    Operation{.name = "daemon_Thread",
              .python = R"(
ran = []
thread = threading.Thread(target=ran.append, args=['ran'], daemon=True)
thread.start()
thread.join()
return ran
)",
              .in_main = "['ran']",
              .in_sub = "['ran']",
              .in_own = kNoDaemonThread},
    Operation{.name = "Thread",
              .python = R"(
ran = []
thread = threading.Thread(target=ran.append, args=['ran'])
thread.start()
thread.join()
return ran, thread.daemon
)",
              .in_main = "(['ran'], True)",
              .in_sub = "(['ran'], True)",
              .in_own = "(['ran'], False)"},
    Alike("start_new_thread",
          R"(
done = threading.Lock()
done.acquire()
_thread.start_new_thread(done.release, ())
return done.acquire(timeout=10)
)",
          "True"),
    Operation{.name = "Timer",
              .python = R"(
ran = []
timer = threading.Timer(0, ran.append, ['ran'])
timer.start()
timer.join()
return ran, timer.daemon
)",
              .in_main = "(['ran'], True)",
              .in_sub = "(['ran'], True)",
              .in_own = "(['ran'], False)"},
    Alike("ThreadPoolExecutor",
          R"(
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    return list(pool.map(abs, [-1]))
)",
          "[1]"),
    Operation{.name = "ThreadPool",
              .python = R"(
with multiprocessing.pool.ThreadPool(1) as pool:
    return pool.map(abs, [-1])
)",
              .in_main = "[1]",
              .in_sub = "[1]",
              .in_own = kNoDaemonThreadNow},
    Operation{.name = "QueueListener",
              .python = R"(
listener = logging.handlers.QueueListener(queue.Queue())
listener.start()
listener.stop()
)",
              .in_main = "None",
              .in_sub = "None",
              .in_own = kNoDaemonThreadNow},
    Operation{.name = "ThreadingTCPServer",
              .python = R"(
went_wrong = []
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    def handle_error(self, request, address):
        went_wrong.append(str(sys.exception()))
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b'x')
with Server(('127.0.0.1', 0), Handler) as server:
    with socket.create_connection(server.server_address, timeout=10) as client:
        server.handle_request()
        received = client.recv(1)
return received, went_wrong
)",
              .in_main = "(b'x', [])",
              .in_sub = "(b'x', [])",
              .in_own = "(b'', ['daemon threads are disabled in this interpreter'])"},
    Alike("concurrent_interpreters",
          R"(
import concurrent.interpreters
other = concurrent.interpreters.create()
other.exec('x = 1')
other.close()
)",
          "None"),
    Alike("InterpreterPoolExecutor",
          R"(
with concurrent.futures.InterpreterPoolExecutor(1) as pool:
    return pool.submit(abs, -1).result()
)",
          "1"),

    // ---- asyncio and signals ----
    Alike("asyncio_run",
          R"(
async def seven():
    await asyncio.sleep(0)
    return 7
return asyncio.run(seven())
)",
          "7"),
    Alike("asyncio_to_thread", "return asyncio.run(asyncio.to_thread(abs, -7))", "7"),
    Alike("asyncio_subprocess",
          R"(
async def said():
    child = await asyncio.create_subprocess_exec('printf', 'x', stdout=asyncio.subprocess.PIPE)
    return (await child.communicate())[0]
return asyncio.run(said())
)",
          "b'x'"),
    Alike("asyncio_add_signal_handler",
          R"(
async def wait_for_it():
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, print)
asyncio.run(wait_for_it())
)",
          "RuntimeError: set_wakeup_fd only works in main thread of the main interpreter"),
    Alike("signal_set_wakeup_fd",
          "signal.set_wakeup_fd(-1)",
          "ValueError: set_wakeup_fd only works in main thread of the main interpreter"),
    Alike("signal_setitimer", "return signal.setitimer(signal.ITIMER_REAL, 0)", "(0.0, 0.0)"),

    // ---- what is of the process ----
    Operation{.name = "faulthandler",
              .python = R"(
import faulthandler
faulthandler.dump_traceback_later(1000, file=open(os.devnull, 'w'))
faulthandler.cancel_dump_traceback_later()
)",
              .in_main = "None",
              .in_sub = "None",
              .in_own = "ImportError: module faulthandler does not support loading in "
                        "subinterpreters"},
    Operation{.name = "tracemalloc",
              .python = R"(
import tracemalloc
tracemalloc.start()
is_on = tracemalloc.is_tracing()
tracemalloc.stop()
return is_on
)",
              .in_main = "True",
              .in_sub = "True",
              .in_own = "ImportError: module _tracemalloc does not support loading in "
                        "subinterpreters"},
    Operation{.name = "syslog_openlog",
              .python = "syslog.openlog('wsgilab')",
              .in_main = "None",
              .in_sub = "RuntimeError: subinterpreter can't use syslog.openlog()",
              .in_own = "RuntimeError: subinterpreter can't use syslog.openlog()"},
    Operation{
        .name = "syslog_syslog",
        .python = "syslog.syslog(syslog.LOG_DEBUG, 'a check of wsgilab')",
        .in_main = "None",
        .in_sub = "RuntimeError: subinterpreter can't use syslog.syslog() until the syslog is "
                  "opened by the main interpreter",
        .in_own = "RuntimeError: subinterpreter can't use syslog.syslog() until the syslog is "
                  "opened by the main interpreter"},
    Alike("atexit_register", "atexit.register(int)", "None"),

    // ---- calls from C ----
    Alike("ctypes_callback",
          R"(
seen = []
callback = ctypes.CFUNCTYPE(None, ctypes.c_int)(seen.append)
callback(4)
return seen
)",
          "[4]"),
    Alike("ctypes_qsort",
          R"(
numbers = (ctypes.c_int * 3)(3, 1, 2)
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
ctypes.CDLL(None).qsort(numbers, 3, 4, compare(lambda a, b: a[0] - b[0]))
return list(numbers)
)",
          "[1, 2, 3]"),
    Alike("sqlite3_function",
          R"(
connection = sqlite3.connect(':memory:')
connection.create_function('answer', 0, lambda: 42)
return connection.execute('select answer()').fetchone()
)",
          "(42,)"),
    Alike("sqlite3_trace_from_another_thread",
          R"(
connection = sqlite3.connect(':memory:', check_same_thread=False)
traced = []
connection.set_trace_callback(traced.append)
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    pool.submit(connection.execute, 'select 2').result()
return traced
)",
          "['select 2']"),
    Alike("ssl_context",
          R"(
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.sni_callback = print
return context.sni_callback is print
)",
          "True"),
    Alike("hashlib", "return hashlib.sha256(b'x').hexdigest()[:10]", "'2d711642b7'"),
    Alike("zoneinfo",
          "return str(datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo('UTC')).utcoffset())",
          "'0:00:00'"),
    Alike("weakref_and_gc",
          R"(
class Ring: pass
ring = Ring()
ring.itself = ring
seen = weakref.ref(ring)
del ring
gc.collect()
return seen() is None
)",
          "True"),
    Alike("deep_recursion",
          R"(
before = sys.getrecursionlimit()
sys.setrecursionlimit(3000)
try:
    return (lambda down: down(down, 2000))(lambda down, n: down(down, n - 1) if n else 0)
finally:
    sys.setrecursionlimit(before)
)",
          "0"),
    Alike("hooks",
          R"(
sys.set_asyncgen_hooks(firstiter=None)
sys.monitoring.use_tool_id(5, 'wsgilab')
sys.monitoring.free_tool_id(5)
)",
          "None"),
};

}  // namespace

std::span<const Operation> Operations() {
  return kOperations;
}

}  // namespace suites::interpreters
