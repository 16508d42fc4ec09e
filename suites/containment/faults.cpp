#include "suites/containment/faults.h"

namespace suites::containment {

namespace {

constexpr std::string_view kLoopThatCatchesAll = R"(
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
)";

// Where Python does not see it: from 3.12 on it counts its own recursion in C.
constexpr std::string_view kStackOverflow = R"(
import ctypes
ctypes.CDLL(None).regcomp(ctypes.create_string_buffer(256), b'(' * 1_000_000, 1)
)";

constexpr std::string_view kThreadsThatWait = R"(
import threading
never = threading.Event()
for _ in range(100):
    threading.Thread(target=never.wait, daemon=True).start()
)";

// Its children wait for the check, and longer than any client does.
constexpr std::string_view kForkAndDie = R"(
import os
for _ in range(20):
    if os.fork() == 0:
        any(wait_for(lambda: exists('children.go')) for _ in range(3))
        os._exit(0)
os._exit(1)
)";

constexpr std::string_view kForkBomb = R"(
import os, resource
resource.setrlimit(resource.RLIMIT_NPROC, (64, 64))
while True:
    if os.fork() == 0:
        any(wait_for(lambda: exists('children.go')) for _ in range(3))
        os._exit(0)
)";

// A process does not stop all of its threads at once.
constexpr std::string_view kStopItself = R"(
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
wait_for(lambda: exists('beside.go'))
)";

constexpr std::string_view kScribble = R"(
import os
for descriptor in range(3, 200):
    try:
        os.write(descriptor, b'\xff' * 64)
    except OSError:
        pass
)";

constexpr std::string_view kChangeMany = R"(
import locale, os, resource
os.chdir(HERE)
os.umask(0o777)
os.environ.clear()
os.environ['TZ'] = 'Asia/Tokyo'
os.nice(5)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
locale.setlocale(locale.LC_ALL, 'C')
)";

// What ends the process at once.
std::vector<Fault> Crashes() {
  return {
      {.name = "segfault",
       .what = "reads address 0",
       .rules = "ERR-24, ERR-41, DAEMON-4",
       .python = "import ctypes; ctypes.string_at(0)",
       .logged = {"H0104: signal 11"}},
      {.name = "abort",
       .what = "calls abort()",
       .rules = "ERR-24, ERR-41, DAEMON-4",
       .python = "import os; os.abort()",
       .logged = {"H0104: signal 6"}},
      {.name = "os_exit",
       .what = "calls os._exit()",
       .rules = "ERR-24, ERR-41, DAEMON-4",
       .python = "import os; os._exit(3)",
       .logged = {"H0104: exit code 3"}},
      {.name = "stack_overflow",
       .what = "recurses in C without end (a regular expression of a million brackets)",
       .rules = "ERR-24, ERR-41, DAEMON-4",
       .python = kStackOverflow,
       .logged = {"H0104: signal 11"},
       .needs = Needs::NoSanitizer},
      {.name = "sigkill_to_itself",
       .what = "sends itself SIGKILL",
       .rules = "ERR-24, DAEMON-65",
       .python = "import os; os.kill(os.getpid(), 9)",
       .logged = {"H0104: signal 9"}},
      {.name = "sigkill_to_its_process_group",
       .what = "sends SIGKILL to its process group (kill 0)",
       .rules = "ERR-24, ERR-41, DAEMON-65",
       .python = "import os; os.kill(0, 9)",
       .logged = {"H0104: signal 9"}},
      {.name = "children_that_outlive_it",
       .what = "forks 20 children that stay, and dies",
       .rules = "ERR-24, ERR-41, DAEMON-4",
       .python = kForkAndDie,
       .logged = {"H0104: exit code 1"},
       .remark = "the children are the application's, and live on",
       .needs = Needs::NoSanitizer},
  };
}

// What Python can say.
std::vector<Fault> Exceptions() {
  return {
      {.name = "sys_exit",
       .what = "calls sys.exit()",
       .rules = "ERR-8, ERR-41",
       .python = "import sys; sys.exit(3)",
       .status = 500,
       .beside = 200,
       .fate = Fate::LivesOn,
       .logged = {"H0302: SystemExit"}},
      {.name = "recursion",
       .what = "recurses without end, with Python's limit",
       .rules = "ERR-8, ERR-41",
       .python = "def endless():\n  endless()\nendless()",
       .status = 500,
       .beside = 200,
       .fate = Fate::LivesOn,
       .logged = {"H0302: RecursionError"}},
      {.name = "memory",
       .what = "takes memory without end",
       .rules = "CFG-96, ERR-8, ERR-41",
       .python = "hoard = []\nwhile True:\n  hoard.append(bytes(16 << 20))",
       .remedy = "memory-limit=1073741824",
       .status = 500,
       .beside = 200,
       .fate = Fate::LivesOn,
       .logged = {"H0302: MemoryError"},
       .needs = Needs::NoSanitizer},
      {.name = "fork_bomb",
       .what = "forks without end, children that stay, and may have 64 processes",
       .rules = "ERR-8, ERR-41, SEC-1",
       .python = kForkBomb,
       .remedy = "user=nobody group=nogroup home={stage}",
       .status = 500,
       .beside = 200,
       .fate = Fate::LivesOn,
       .ends = Ends::ByTheEngine,  // mod_wsgi starts a thread for it, which cannot be started
       .afterwards = Afterwards::Terminate,
       .logged = {"H0302: BlockingIOError", "H0104: exit code 0"},
       .remark = "the children are the application's, and live on",
       .needs = Needs::RootAndNoSanitizer},
      {.name = "kill_the_server",
       .what = "sends SIGKILL to the server, as another user than it",
       .rules = "ERR-8, ERR-41, SEC-11",
       .python = "import os; os.kill(os.getppid(), 9)",
       .remedy = "user=nobody group=nogroup home={stage}",
       .status = 500,
       .beside = 200,
       .fate = Fate::LivesOn,
       .logged = {"H0302: PermissionError"},
       .needs = Needs::Root},
  };
}

// What does not end by itself.
std::vector<Fault> Stuck() {
  return {
      {.name = "python_loop",
       .what = "loops in Python without end",
       .rules = "DAEMON-36, ERR-30",
       .python = "while True: pass",
       .remedy = "request-timeout=1 interrupt-timeout=10",
       .status = 504,
       .beside = 504,
       .beside_too = 200,
       .fate = Fate::LivesOn,
       .logged = {"H0325"},
       .remark = "the other one was overdue itself"},
      {.name = "python_loop_that_catches_everything",
       .what = "loops in Python without end and catches what interrupts it",
       .rules = "DAEMON-36, DAEMON-35, DAEMON-41, ERR-24",
       .python = kLoopThatCatchesAll,
       .remedy = "request-timeout=1 interrupt-timeout=1 graceful-timeout=1 shutdown-timeout=1",
       .beside = 504,
       .beside_too = 502,
       .logged = {"H0325", "H0131: request_timeout", "H0107", "H0104: exit code 255"},
       .remark = "the other one was overdue itself"},
      {.name = "c_call_that_does_not_return",
       .what = "calls C that does not return, without the GIL",
       .rules = "DAEMON-35, DAEMON-41, ERR-24",
       .python = "import ctypes; ctypes.CDLL(None).sleep(60)",
       .remedy = "request-timeout=1 graceful-timeout=1 shutdown-timeout=1",
       .logged = {"H0131: request_timeout", "H0107", "H0104: exit code 255"}},
      {.name = "c_call_that_keeps_the_gil",
       .what = "calls C that does not return and keeps the GIL",
       .rules = "DAEMON-37, DAEMON-41, ERR-24",
       .python = "import ctypes; ctypes.PyDLL(None).sleep(60)",
       .remedy = "deadlock-timeout=1 shutdown-timeout=1",
       .logged = {"H0131: deadlock_timeout", "H0107", "H0104: exit code 255"}},
      {.name = "sigstop_to_itself",
       .what = "sends itself SIGSTOP",
       .rules = "DAEMON-43, ERR-23",
       .python = kStopItself,
       .remedy = "socket-timeout=1",
       .status = 504,
       .beside = 504,
       .fate = Fate::LivesOn,
       .afterwards = Afterwards::Continue,
       .logged = {"H0212"},
       .remark = "when somebody sends SIGCONT: nothing in the process can"},
  };
}

// What stays in the process.
std::vector<Fault> Lasting() {
  return {
      {.name = "thread_leak",
       .what = "leaves 100 daemon threads",
       .rules = "SHUT-1",
       .python = kThreadsThatWait,
       .status = 200,
       .beside = 200,
       .fate = Fate::LivesOn,
       .afterwards = Afterwards::Terminate,
       .logged = {"H0131: shutdown_signal", "H0104: exit code 0"},
       .remark = "its threads end with their process"},
      {.name = "thread_that_does_not_end",
       .what = "leaves a thread that is no daemon thread and does not end",
       .rules = "SHUT-4, DAEMON-41",
       .python = "import threading; threading.Thread(target=threading.Event().wait, "
                 "daemon=False).start()",
       .remedy = "shutdown-timeout=1",
       .status = 200,
       .beside = 200,
       .fate = Fate::LivesOn,
       .afterwards = Afterwards::Terminate,
       .logged = {"H0131: shutdown_signal", "H0107", "H0104: exit code 255"},
       .remark = "its process ends by force"},
      {.name = "changed_process",
       .what = "changes directory, umask, environment, priority, limits and locale",
       .rules = "DAEMON-8, DAEMON-5",
       .python = kChangeMany,
       .status = 200,
       .beside = 200,
       .fate = Fate::LivesOn,
       .trace = Trace::Left,
       .afterwards = Afterwards::Terminate,
       .logged = {"H0104: exit code 0"},
       .remark = "the change lasts until its process ends"},
      {.name = "signal_handler",
       .what = "ignores SIGTERM with signal.signal()",
       .rules = "DAEMON-60",
       .python = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
       .status = 200,
       .beside = 200,
       .fate = Fate::LivesOn,
       .afterwards = Afterwards::Terminate,
       .logged = {"H0322", "H0104: exit code 0"},
       .remark = "nothing was registered"},
      {.name = "blocked_signals",
       .what = "blocks all signals in its thread",
       .rules = "DAEMON-60",
       .python = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())",
       .status = 200,
       .beside = 200,
       .fate = Fate::LivesOn,
       .trace = Trace::OfItsThread,
       .afterwards = Afterwards::Terminate,
       .logged = {"H0131: shutdown_signal", "H0104: exit code 0"}},
      {.name = "ignored_signals",
       .what = "ignores SIGTERM in C",
       .rules = "DAEMON-65",
       .python = "import ctypes; ctypes.CDLL(None).signal(15, 1)",
       .status = 200,
       .beside = 200,
       .fate = Fate::LivesOn,
       .trace = Trace::Left,
       .afterwards = Afterwards::Kill,
       .logged = {"H0104: signal 9"},
       .remark = "SIGKILL ends its process"},
      {.name = "sigterm_to_its_process_group",
       .what = "sends SIGTERM to its process group",
       .rules = "DAEMON-60, DAEMON-41, ERR-24",
       .python = "import os, signal; os.killpg(os.getpgrp(), signal.SIGTERM)",
       .remedy = "shutdown-timeout=1",
       .status = 200,
       .logged = {"H0131: shutdown_signal", "H0107", "H0104: exit code 255"},
       .remark = "who is inside has shutdown-timeout"},
      {.name = "child_that_comes_back",
       .what = "forks, and both go on with the request",
       .rules = "ERR-41, DAEMON-67",
       .python = "import os; os.fork()",
       .status = 200,
       .beside = 200,
       .fate = Fate::LivesOn,
       .afterwards = Afterwards::Terminate,
       .logged = {"H0133", "H0104: exit code 0"},
       .remark = "the child ends when it comes back, and answers nobody",
       .needs = Needs::NoSanitizer},
      {.name = "closed_descriptors",
       .what = "closes all descriptors from 3 on",
       .rules = "ERR-24, ERR-41, DAEMON-4",
       .python = "import os; os.closerange(3, 10000)",
       .ends = Ends::ByTheEngine,
       .logged = {"H0104"}},
      {.name = "closed_standard_streams",
       .what = "closes descriptors 0, 1 and 2",
       .rules = "LOG-1",
       .python = "import os; os.closerange(0, 3)",
       .status = 200,
       .beside = 200,
       .fate = Fate::LivesOn,
       .afterwards = Afterwards::Terminate},
      {.name = "scribble",
       .what = "writes 64 bytes to every descriptor",
       .rules = "ERR-24, ERR-26",
       .python = kScribble,
       .fate = Fate::LivesOn},
  };
}

std::vector<Fault> Table() {
  std::vector<Fault> table;
  for (const auto& part : {Crashes(), Exceptions(), Stuck(), Lasting()})
    table.insert(table.end(), part.begin(), part.end());
  return table;
}

}  // namespace

std::span<const Fault> FaultTable() {
  static const std::vector<Fault> table = Table();
  return table;
}

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

}  // namespace suites::containment
