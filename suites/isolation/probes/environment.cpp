// The environment, which has three faces: os.environ, the C library's, and that of child processes.

#include "suites/isolation/state_probe.h"

namespace suites::isolation {

namespace {

constexpr std::string_view kCopied =
    "os.environ is a copy that an interpreter makes of the process's environment when it imports "
    "os";
constexpr std::string_view kGetenv =
    "import ctypes; getenv = ctypes.CDLL(None).getenv; getenv.restype = ctypes.c_char_p\n"
    "found = getenv(b'LAB_VARIABLE'); result = found and found.decode()";
constexpr std::string_view kSet = "import os; os.environ['LAB_VARIABLE'] = TOKEN";

}  // namespace

std::vector<StateProbe> EnvironmentProbes() {
  return {
      {.name = "os_environ",
       .title = "a variable in os.environ",
       .set = kSet,
       .read = "import os; result = os.environ.get('LAB_VARIABLE')",
       .mechanism = kCopied},
      {.name = "c_environ_getenv",
       .title = "a variable in os.environ, looked for with the C library's getenv()",
       .set = kSet,
       .read = kGetenv,
       .scope = Scope::Process,
       .mechanism = "os.environ calls setenv(), and the C library has one environment"},
      {.name = "subprocess_env",
       .title = "a variable in os.environ, as a child process finds it",
       .set = kSet,
       .read = "import subprocess\n"
               "said = subprocess.run(['/usr/bin/env'], capture_output=True, text=True).stdout\n"
               "result = 'LAB_VARIABLE=' + TOKEN in said",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism = "without env= a child inherits the C library's environment"},
      {.name = "subprocess_env_copy",
       .title = "a variable in os.environ, as a child process finds it that is given a copy of "
                "os.environ",
       .set = kSet,
       .read =
           "import os, subprocess\n"
           "said = subprocess.run(['/usr/bin/env'], env=os.environ.copy(), capture_output=True,\n"
           "                      text=True).stdout\n"
           "result = 'LAB_VARIABLE=' + TOKEN in said",
       .shared_if = "result",
       .mechanism = kCopied},
      {.name = "environ_delete",
       .title = "a variable deleted from os.environ, looked for with getenv()",
       .set = "import os; del os.environ['PATH']",
       .read =
           "import ctypes; getenv = ctypes.CDLL(None).getenv; getenv.restype = ctypes.c_char_p\n"
           "result = getenv(b'PATH') is None",
       .shared_if = "result",
       .scope = Scope::Process,
       .mechanism = "os.environ calls unsetenv(), and the C library has one environment"},
      {.name = "putenv_raw",
       .title = "a variable set with os.putenv(), looked for in os.environ",
       .set = "import os; os.putenv('LAB_PUT', TOKEN)",
       .read = "import os; result = os.environ.get('LAB_PUT')",
       .own = "import ctypes; getenv = ctypes.CDLL(None).getenv; getenv.restype = ctypes.c_char_p\n"
              "found = getenv(b'LAB_PUT'); result = found and found.decode()",
       .mechanism = kCopied},
      {.name = "reload_environ",
       .title = "a variable in os.environ, looked for after os.reload_environ()",
       .set = kSet,
       .read = "import os; os.reload_environ(); result = os.environ.get('LAB_VARIABLE')",
       .scope = Scope::Process},
      {.name = "tzset",
       .title = "the time zone, by TZ and tzset()",
       .set = "import os, time; os.environ['TZ'] = 'LAB-9'; time.tzset()",
       .read = "import time; result = time.localtime(0).tm_gmtoff",
       .shared_if = "result == 32400",
       .scope = Scope::Process},
      {.name = "tzset_tzname",
       .title = "the time zone, as time.tzname names it",
       .set = "import os, time; os.environ['TZ'] = 'LAB-9'; time.tzset()",
       .read = "import time; result = time.tzname[0]",
       .shared_if = "result == 'LAB'",
       .mechanism = "constants of the module time, made when it is imported"},
      {.name = "tz_env_implicit",
       .title = "TZ in os.environ, without tzset()",
       .set = "import os; os.environ['TZ'] = 'LAB-9'",
       .read = "import time; result = time.mktime((1970, 1, 1, 0, 0, 0, 0, 0, 0))",
       .shared_if = "result == -32400",
       .scope = Scope::Process,
       .mechanism = "mktime() reads TZ each time it is called"},
  };
}

}  // namespace suites::isolation
