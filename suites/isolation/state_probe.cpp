#include "suites/isolation/state_probe.h"

#include <array>

namespace suites::isolation {

namespace {

constexpr std::array kProbes{
    StateProbe{"module_global",
               "a global of a module that both import",
               "import string; string.wsgilab_value = TOKEN",
               "import string; result = getattr(string, 'wsgilab_value', None)",
               "result == TOKEN"},
    StateProbe{
        "sys_modules_entry",
        "a new entry in sys.modules",
        "import sys, types; module = types.ModuleType('wsgilab_fake'); module.value = TOKEN\n"
        "sys.modules['wsgilab_fake'] = module",
        "import sys; result = getattr(sys.modules.get('wsgilab_fake'), 'value', None)",
        "result == TOKEN"},
    StateProbe{"sys_path",
               "an entry of sys.path",
               "import sys; sys.path.insert(0, '/' + TOKEN)",
               "import sys; result = '/' + TOKEN in sys.path",
               "result"},
    StateProbe{"builtins_new",
               "a new name in builtins",
               "import builtins; builtins.wsgilab_name = TOKEN",
               "import builtins; result = getattr(builtins, 'wsgilab_name', None)",
               "result == TOKEN"},
    StateProbe{"builtins_patch",
               "builtins.print replaced",
               "import builtins; builtins.print = lambda *words, token=TOKEN, **options: token",
               "result = print('')",
               "result == TOKEN"},
    StateProbe{"os_environ",
               "a variable in os.environ",
               "import os; os.environ['WSGILAB_PYTHON_VARIABLE'] = TOKEN",
               "import os; result = os.environ.get('WSGILAB_PYTHON_VARIABLE')",
               "result == TOKEN"},
    StateProbe{
        "c_environ_getenv",
        "a variable in os.environ, looked for with the C library's getenv()",
        "import os; os.environ['WSGILAB_C_VARIABLE'] = TOKEN",
        "import ctypes; getenv = ctypes.CDLL(None).getenv; getenv.restype = ctypes.c_char_p\n"
        "found = getenv(b'WSGILAB_C_VARIABLE'); result = found and found.decode()",
        "result == TOKEN"},
    StateProbe{"cwd",
               "the current directory",
               "import os; os.chdir('/usr/share')",
               "import os; result = os.getcwd()",
               "result == '/usr/share'"},
    StateProbe{"umask",
               "the umask",
               "import os; os.umask(0o137)",
               "lines = open('/proc/self/status').read().splitlines()\n"
               "result = [line.split()[1] for line in lines if line.startswith('Umask')][0]",
               "result == '0137'"},
    StateProbe{"ctypes_lib_global",
               "a static variable of a C library that both load with ctypes",
               "import ctypes; ctypes.CDLL(LIBRARY).static_value_set(4711)",
               "import ctypes; result = ctypes.CDLL(LIBRARY).static_value_get()",
               "result == 4711"},
    StateProbe{"logging_root",
               "a handler of the root logger",
               "import logging; handler = logging.NullHandler(); handler.set_name(TOKEN)\n"
               "logging.getLogger().addHandler(handler)",
               "import logging; handlers = logging.getLogger().handlers\n"
               "result = any(handler.get_name() == TOKEN for handler in handlers)",
               "result"},
    StateProbe{"sys_stdout",
               "sys.stdout replaced",
               "import io, sys; sys.stdout = io.StringIO(); sys.stdout.wsgilab_token = TOKEN",
               "import sys; result = getattr(sys.stdout, 'wsgilab_token', None)",
               "result == TOKEN"},
    StateProbe{"warnings_filters",
               "a filter for warnings",
               "import warnings; warnings.filterwarnings('ignore', message=TOKEN)",
               "import warnings; patterns = [entry[1] for entry in warnings.filters]\n"
               "result = any(p and getattr(p, 'pattern', p) == TOKEN for p in patterns)",
               "result"},
    StateProbe{"gc_disable",
               "the garbage collector switched off",
               "import gc; gc.disable()",
               "import gc; result = gc.isenabled()",
               "result is False"},
    StateProbe{"recursionlimit",
               "the recursion limit",
               "import sys; sys.setrecursionlimit(777)",
               "import sys; result = sys.getrecursionlimit()",
               "result == 777"},
    StateProbe{"socket_default_timeout",
               "the default timeout of sockets",
               "import socket; socket.setdefaulttimeout(12.5)",
               "import socket; result = socket.getdefaulttimeout()",
               "result == 12.5"},
    StateProbe{"locale",
               "the locale of the C library",
               "import locale; now = locale.setlocale(locale.LC_CTYPE)\n"
               "other = 'C.UTF-8' if now == 'C' else 'C'\n"
               "result = locale.setlocale(locale.LC_CTYPE, other)",
               "import locale; result = locale.setlocale(locale.LC_CTYPE)",
               "result == FROM_A"},
    StateProbe{"tzset",
               "the time zone, by TZ and tzset()",
               "import os, time; os.environ['TZ'] = 'LAB-9'; time.tzset()",
               "import time; result = time.localtime(0).tm_gmtoff",
               "result == 32400"},
    StateProbe{"fd_open",
               "an open file descriptor",
               "import os; fd = os.open(FILE, os.O_RDONLY); result = [fd, os.fstat(fd).st_ino]",
               "import os\n"
               "try: result = FROM_A is not None and os.fstat(FROM_A[0]).st_ino == FROM_A[1]\n"
               "except OSError as error: result = error.errno",
               "result is True"},
    StateProbe{"switchinterval",
               "the interval at which threads are switched",
               "import sys; sys.setswitchinterval(0.125)",
               "import sys; result = sys.getswitchinterval()",
               "result == 0.125"},
};

}  // namespace

std::span<const StateProbe> AllStateProbes() {
  return kProbes;
}

}  // namespace suites::isolation
