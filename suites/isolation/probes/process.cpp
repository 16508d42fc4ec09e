// What the kernel and the C library keep for a process: its directory, mask, locale, signals, limits, users.

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

std::vector<StateProbe> ProcessProbes() {
  return {
      {.name = "cwd",
       .title = "the current directory",
       .set = "import os; os.chdir('/usr/share')",
       .read = "import os; result = os.getcwd()",
       .shared_if = "result == '/usr/share'",
       .scope = Scope::Process},
      {.name = "umask",
       .title = "the umask",
       .set = "import os; os.umask(0o137)",
       .read = "lines = open('/proc/self/status').read().splitlines()\n"
               "result = [line.split()[1] for line in lines if line.startswith('Umask')][0]",
       .shared_if = "result == '0137'",
       .scope = Scope::Process},
      {.name = "locale",
       .title = "the locale of the C library",
       .set = "import locale; now = locale.setlocale(locale.LC_CTYPE)\n"
              "other = 'C.UTF-8' if now == 'C' else 'C'\n"
              "result = locale.setlocale(locale.LC_CTYPE, other)",
       .read = "import locale; result = locale.setlocale(locale.LC_CTYPE)",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process},
      {.name = "locale_effect",
       .title = "the locale of the C library, by its code set",
       .set = "import locale; now = locale.setlocale(locale.LC_CTYPE)\n"
              "locale.setlocale(locale.LC_CTYPE, 'C.UTF-8' if now == 'C' else 'C')\n"
              "result = locale.nl_langinfo(locale.CODESET)",
       .read = "import locale; result = locale.nl_langinfo(locale.CODESET)",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process},
      {.name = "alarm_pending",
       .title = "an alarm that is set",
       .set = "import signal; signal.alarm(1000)",
       .read = "import signal; result = signal.getitimer(signal.ITIMER_REAL)[0] > 0",
       .shared_if = "result",
       .scope = Scope::Process},
      {.name = "sig_disposition_c",
       .title = "a signal ignored by the C library's signal()",
       .set = "import ctypes; signal = ctypes.CDLL(None).signal\n"
              "signal.argtypes = [ctypes.c_int, ctypes.c_void_p]; signal(16, 1)",
       .read = "lines = open('/proc/self/status').read().splitlines()\n"
               "ignored = [line.split()[1] for line in lines if line.startswith('SigIgn')][0]\n"
               "result = bool(int(ignored, 16) >> 15 & 1)",
       .shared_if = "result",
       .scope = Scope::Process},
      {.name = "rlimit_nofile",
       .title = "the limit of open files",
       .set = "import resource; hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
              "resource.setrlimit(resource.RLIMIT_NOFILE, (517, hard))",
       .read = "import resource; result = resource.getrlimit(resource.RLIMIT_NOFILE)[0]",
       .shared_if = "result == 517",
       .scope = Scope::Process},
      {.name = "uid_gid",
       .title = "user and group",
       .set = "import os; result = [os.getuid(), os.getgid()]",
       .read = "import os; result = [os.getuid(), os.getgid()]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = "they are the configuration's: user= and group= of a process group"},
      {.name = "uid_change",
       .title = "the user changed with os.setuid()",
       .set = "import os; os.setuid(65534)",
       .read = "import os; result = os.getuid()",
       .shared_if = "result == 65534",
       .scope = Scope::Process,
       .mechanism = "only root may change its user, and no application is root"},
      {.name = "home_env",
       .title = "HOME, and the current directory at the start",
       .set = "import os; result = [os.environ.get('HOME'), os.getcwd()]",
       .read = "import os; result = [os.environ.get('HOME'), os.getcwd()]",
       .shared_if = "result == FROM_A",
       .scope = Scope::Process,
       .mechanism = "they are those of the process's user"},
      {.name = "kill_by_pid",
       .title = "a signal to the process of A",
       .set = "import os; result = os.getpid()",
       .read = "import os\n"
               "try: result = FROM_A is not None and os.kill(FROM_A, 0) is None\n"
               "except PermissionError: result = False",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism = "a user may send signals to its own processes, and to no others"},
      {.name = "proc_environ",
       .title = "/proc/PID/maps of the process of A",
       .set = "import os; result = os.getpid()",
       .read = "try: result = FROM_A is not None and bool(open(f'/proc/{FROM_A}/maps').read(10))\n"
               "except OSError: result = False",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism = "the kernel hides a process that has changed its user from all others"},
      {.name = "cpu_time",
       .title = "the processor time that A has used",
       .set = "import time; until = time.thread_time() + 0.3\n"
              "while time.thread_time() < until: pass",
       .read = "import time; result = time.process_time() >= 0.3",
       .shared_if = "result",
       .scope = Scope::Process},
      {.name = "waitpid_child",
       .title = "a child process of A, waited for by B",
       .set = "import os; result = os.posix_spawn('/bin/true', ['true'], {})",
       .read = "import os\n"
               "try: result = FROM_A is not None and os.waitpid(FROM_A, 0)[0] == FROM_A\n"
               "except ChildProcessError: result = STATE.get('waited', False)\n"
               "STATE['waited'] = result",
       .shared_if = "result",
       .scope = Scope::Process,
       .own = "import os; result = os.path.exists(f'/proc/{FROM_A}')",
       .is_used_up = true},
  };
}

}  // namespace suites::isolation
