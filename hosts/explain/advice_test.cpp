// Every piece of advice: a configuration that gets it, and one beside it that does not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <string>

#include "hosts/explain/testing/site.h"

namespace hosts::explain {
namespace {

using ::testing::HasSubstr;
using testing::Site;
using Weight = Advice::Weight;

const std::string kPythonVersion = WSGILAB_PYTHON_VERSION;

// At the end of a configuration, so that its lines count from one.
const std::string kOpen = "<Directory @>\nRequire all granted\n</Directory>\n";

std::string ManyMounts(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "WSGIScriptAlias /a" + std::to_string(i) + " @/app/app.wsgi\n";
  return text + kOpen;
}

struct AdviceCase {
  std::string id;
  Weight weight = Weight::Hint;
  std::string given;
  int line = 0;  // of its first evidence
  std::string text;
  std::string write;
  std::string otherwise;  // a configuration that does not get it
  deployment::PythonAbilities python = {};
};

const deployment::PythonAbilities kWithoutGil = {
    .version = "3.14.8", .has_own_gils = true, .is_free_threaded = true};

void PrintTo(const AdviceCase& one, std::ostream* out) {
  *out << one.id;
}

const std::vector<AdviceCase> kCases = {
    // ---- loading ----
    {.id = "preload-one-option",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess 'my group'\n"
              "WSGIApplicationGroup %{GLOBAL}\n"
              "WSGIScriptAlias / @/app/app.wsgi process-group='my group' callable-object=app\n" +
              kOpen,
     .line = 3,
     .text = "only process-group= is there",
     .write = "WSGIScriptAlias / @/app/app.wsgi process-group=\"my group\" "
              "application-group=%{GLOBAL} callable-object=app",
     .otherwise = "WSGIDaemonProcess a\n"
                  "WSGIScriptAlias / @/app/app.wsgi process-group=a application-group=%{GLOBAL}\n" +
                  kOpen},
    {.id = "preload-inferred",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess a\n"
              "WSGIProcessGroup a\n"
              "WSGIApplicationGroup %{GLOBAL}\n"
              "WSGIScriptAlias /a '@/our app/app.wsgi'\n" +
              kOpen,
     .line = 4,
     .text = "its groups come from directives or defaults",
     .write = "WSGIScriptAlias /a \"@/our app/app.wsgi\" process-group=a "
              "application-group=%{GLOBAL}",
     // It could not be loaded at all: there is other advice.
     .otherwise = "WSGIProcessGroup nobodys\n"
                  "WSGIScriptAlias /a @/app/app.wsgi\n" +
                  kOpen},
    // ---- proxies ----
    {.id = "proxies-not-named",
     .weight = Weight::Mistake,
     .given = "WSGIScriptAlias / @/app/app.wsgi\n"
              "WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Proto\n" +
              kOpen,
     .line = 2,
     .text = "X-Forwarded-For, X-Forwarded-Proto is believed whoever sends it",
     .write = "WSGITrustedProxies 127.0.0.1",
     .otherwise = "WSGITrustedProxies 10.0.0.0/8\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n"
                  "WSGITrustedProxyHeaders X-Forwarded-For\n" +
                  kOpen},
    {.id = "proxy-headers-not-named",
     .weight = Weight::Warning,
     .given = "WSGIScriptAlias / @/app/app.wsgi\nWSGITrustedProxies 127.0.0.1\n" + kOpen,
     .line = 2,
     .text = "WSGITrustedProxies alone does nothing",
     .write = "WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Proto",
     .otherwise = "WSGITrustedProxies 127.0.0.1\nWSGITrustedProxyHeaders X-Real-IP\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n" +
                  kOpen},
    {.id = "proxy-header-unknown",
     .weight = Weight::Warning,
     .given = "WSGITrustedProxies 127.0.0.1\n"
              "WSGITrustedProxyHeaders X-Real-IP X-Forwarded-Prot\n"
              "WSGIScriptAlias / @/app/app.wsgi\n" +
              kOpen,
     .line = 2,
     .text = "X-Forwarded-Prot is no header that is understood, did you mean X-Forwarded-Proto?",
     .write = "",
     .otherwise = "WSGITrustedProxies 127.0.0.1\nWSGITrustedProxyHeaders x-real-ip\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n" +
                  kOpen},
    // ---- groups ----
    {.id = "group-unknown",
     .weight = Weight::Mistake,
     .given = "WSGIDaemonProcess there\n"
              "WSGIProcessGroup 'not there'\n"
              "WSGIScriptAlias / @/app/app.wsgi\n" +
              kOpen,
     .line = 2,
     .text = "declares the process group 'not there'; declared are there",
     .write = "WSGIDaemonProcess \"not there\"",
     .otherwise = "WSGIDaemonProcess there\n"
                  "WSGIProcessGroup there\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n" +
                  kOpen},
    {.id = "group-not-reachable",
     .weight = Weight::Mistake,
     .given = "<VirtualHost *:80>\n"
              "ServerName a.example\n"
              "WSGIDaemonProcess a\n"
              "</VirtualHost>\n"
              "<VirtualHost *:80>\n"
              "ServerName b.example\n"
              "WSGIProcessGroup a\n"
              "WSGIScriptAlias / @/app/app.wsgi\n"
              "</VirtualHost>\n" +
              kOpen,
     .line = 7,
     .text = "'a' was declared inside the virtual host 'a.example'",
     .write = "WSGIDaemonProcess a",
     .otherwise = "WSGIDaemonProcess a\n"
                  "<VirtualHost *:80>\n"
                  "ServerName b.example\n"
                  "WSGIProcessGroup a\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n"
                  "</VirtualHost>\n" +
                  kOpen},
    // Each is told another group, if there is one; the one that bears its name first.
    {.id = "daemon-declared-served-embedded",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess first\n"
              "WSGIDaemonProcess second\n"
              "WSGIScriptAlias /second @/app/app.wsgi callable-object=app\n" +
              kOpen,
     .line = 3,
     .text = "runs embedded in the server's own processes, though the process groups first, second "
             "are declared",
     .write = "WSGIScriptAlias /second @/app/app.wsgi process-group=second "
              "application-group=%{GLOBAL} callable-object=app",
     .otherwise = "WSGIDaemonProcess a\n"
                  "WSGIProcessGroup %{GLOBAL}\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n" +
                  kOpen},
    {.id = "sub-interpreter-by-default",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess a\n"
              "WSGIProcessGroup a\n"
              "WSGIScriptAlias /a @/app/app.wsgi\n" +
              kOpen,
     .line = 3,
     .text = "no other script runs in its processes",
     .write = "WSGIApplicationGroup %{GLOBAL}",
     .otherwise = "WSGIApplicationGroup mine\n"
                  "WSGIScriptAlias /a @/app/app.wsgi\n" +
                  kOpen},
    {.id = "interpreters-by-client",
     .weight = Weight::Warning,
     .given = "WSGIApplicationGroup %{HOST}\n"
              "WSGIScriptAlias / @/app/app.wsgi\n" +
              kOpen,
     .line = 1,
     .text = "each name that a client writes into its Host header",
     .write = "WSGIApplicationGroup %{GLOBAL}",
     .otherwise = "WSGIApplicationGroup %{SERVER}\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n" +
                  kOpen},
    {.id = "interpreters-by-port",
     .weight = Weight::Hint,
     .given = "WSGIApplicationGroup %{SERVER}\n"
              "WSGIScriptAlias / @/app/app.wsgi\n" +
              kOpen,
     .line = 1,
     .text = "the port that the client writes",
     .write = "UseCanonicalName On",
     .otherwise = "usecanonicalname on\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n" +
                  kOpen},
    {.id = "scripts-share-interpreter",
     .weight = Weight::Hint,
     .given = "WSGIDaemonProcess a\n"
              "WSGIProcessGroup a\n"
              "WSGIApplicationGroup %{GLOBAL}\n"
              "WSGIScriptAlias /a @/app/app.wsgi\n"
              "WSGIScriptAlias /b @/app/other.wsgi\n" +
              kOpen,
     .line = 4,
     .text = "run in one interpreter (process group 'a', the main one)",
     .write = "WSGIDaemonProcess b\n"
              "WSGIScriptAlias /b @/app/other.wsgi process-group=b application-group=%{GLOBAL}",
     // The same script twice is one application.
     .otherwise = "WSGIApplicationGroup %{GLOBAL}\n"
                  "WSGIScriptAlias /a @/app/app.wsgi\n"
                  "WSGIScriptAlias /b @/app/app.wsgi\n" +
                  kOpen},
    {.id = "django-projects-share-interpreter",
     .weight = Weight::Mistake,
     .given = "WSGIApplicationGroup %{GLOBAL}\n"
              "WSGIScriptAlias /a @/first/first/wsgi.py\n"
              "WSGIScriptAlias /app @/app/app.wsgi\n"
              "WSGIScriptAlias /second @/second/second/wsgi.py\n" +
              kOpen,
     .line = 2,
     .text = "wsgi.py (second.settings) run in one interpreter (embedded, the main one)",
     .write = "WSGIDaemonProcess second\n"
              "WSGIScriptAlias /second @/second/second/wsgi.py process-group=second "
              "application-group=%{GLOBAL}",
     // Two scripts of one project.
     .otherwise = "WSGIApplicationGroup %{GLOBAL}\n"
                  "WSGIScriptAlias /admin @/first/first/admin.py\n"
                  "WSGIScriptAlias /a @/first/first/wsgi.py\n" +
                  kOpen},
    {.id = "group-unused",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess used\n"
              "WSGIDaemonProcess 'not used' processes=3\n"
              "WSGIProcessGroup used\n" +
              kOpen,
     .line = 2,
     .text = "its 3 processes are started for nothing",
     .write = "WSGIProcessGroup \"not used\"",
     .otherwise = "WSGIDaemonProcess a\n"
                  "WSGIImportScript @/app/app.wsgi process-group=a application-group=%{GLOBAL}\n" +
                  kOpen},
    // ---- Python ----
    {.id = "site-packages-on-python-path",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess a \\\n"
              "  python-path=@/venv/lib/python3/site-packages\n"
              "WSGIProcessGroup a\n" +
              kOpen,
     .line = 2,
     .text = "name the environment itself",
     .write = "python-home=@/venv",
     // A distribution's own, and a directory that is no environment.
     .otherwise = "WSGIPythonPath "
                  "/usr/lib/python3/dist-packages:@/plain/lib/python3/site-packages\n" +
                  kOpen},
    {.id = "python-home-missing",
     .weight = Weight::Mistake,
     .given = "wsgipythonhome '@/no such'\n"
              "WSGIDaemonProcess inherits\n"
              "WSGIProcessGroup inherits\n" +
              kOpen,
     .line = 1,
     .text = "/no such does not exist",
     .write = "python" + kPythonVersion + " -m venv \"@/no such\"",
     .otherwise = "WSGIPythonHome @/venv\n"},
    {.id = "python-home-no-environment",
     .weight = Weight::Mistake,
     .given = "WSGIDaemonProcess a \\\n"
              "  python-home=@/venv \\\n"
              "  python-home=@/plain\n"
              "WSGIProcessGroup a\n",
     .line = 3,
     .text = "is neither a virtual environment (no pyvenv.cfg) nor an installation",
     .write = "python" + kPythonVersion + " -m venv @/plain",
     .otherwise = "WSGIPythonHome @/installation\n"},
    {.id = "python-home-inside-environment",
     .weight = Weight::Mistake,
     .given = "WSGIPythonHome @/venv/bin/python\n",
     .line = 1,
     .text = "name the environment itself",
     .write = "WSGIPythonHome @/venv",
     .otherwise = "WSGIPythonHome @/venv/\n"},
    {.id = "python-home-other-version",
     .weight = Weight::Mistake,
     .given = "WSGIPythonHome @/old\n",
     .line = 1,
     .text = "was made for Python 2.7, and this host is Python " + kPythonVersion,
     .write = "python" + kPythonVersion + " -m venv @/old",
     .otherwise = "WSGIPythonHome @/venv\n"},
    {.id = "project-not-on-path",
     .weight = Weight::Mistake,
     .given = "WSGIDaemonProcess a python-path=/srv/lib\n"
              "WSGIProcessGroup a\n"
              "WSGIScriptAlias / @/first/first/wsgi.py\n" +
              kOpen,
     .line = 1,
     .text = "needs the package 'first', which lies in @/first",
     .write = "python-path=/srv/lib:@/first",
     .otherwise = "WSGIDaemonProcess a home=@/first\n"
                  "WSGIProcessGroup a\n"
                  "WSGIScriptAlias / @/first/first/wsgi.py\n" +
                  kOpen},
    {.id = "embedded-with-environment",
     .weight = Weight::Hint,
     .given = "WSGIPythonHome @/venv\n"
              "ServerName a.example\n"
              "WSGIScriptAlias / @/app/app.wsgi\n" +
              kOpen,
     .line = 1,
     .text = "a process group can have its own",
     .write = "WSGIDaemonProcess a.example python-home=@/venv",
     .otherwise = "WSGIPythonHome @/venv\n"
                  "WSGIDaemonProcess a\n"
                  "WSGIProcessGroup a\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n" +
                  kOpen},
    // ---- limits and timers ----
    {.id = "interrupt-without-request-timeout",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess a interrupt-timeout=2\n",
     .line = 1,
     .text = "interrupt-timeout=2 of the process group 'a' has no effect",
     .write = "request-timeout=60",
     .otherwise = "WSGIDaemonProcess a interrupt-timeout=2 request-timeout=10\n"},
    {.id = "request-timeout-after-client",
     .weight = Weight::Hint,
     .given = "WSGIDaemonProcess a \\\n  threads=5 request-timeout=30\n",
     .line = 2,
     .text =
         "comes at 78.3 s; a client whose answer has not begun is told 504 after 60 s (Timeout)",
     .write = "socket-timeout=80",
     .otherwise = "WSGIDaemonProcess a threads=5 request-timeout=30 socket-timeout=80\n"},
    {.id = "queue-timeout-after-client",
     .weight = Weight::Hint,
     .given = "WSGIDaemonProcess a queue-timeout=30 socket-timeout=20\n",
     .line = 1,
     .text = "never comes: who waits for a thread is told 504 after 20 s (socket-timeout)",
     .write = "socket-timeout=31",
     .otherwise = "WSGIDaemonProcess a queue-timeout=30\n"},
    {.id = "memory-limit-too-small",
     .weight = Weight::Mistake,
     .given = "WSGIDaemonProcess a memory-limit=67108864\n",
     .line = 1,
     .text =
         "is 64 MiB: Python needs about 32 MiB to start, and the stacks of 15 threads count with 8 "
         "MiB each",
     .write = "memory-limit=318767104",
     .otherwise = "WSGIDaemonProcess a memory-limit=67108864 stack-size=524288\n"},
    {.id = "cpu-time-of-the-process",
     .weight = Weight::Hint,
     .given = "WSGIDaemonProcess a cpu-time-limit=10\n",
     .line = 1,
     .text = "is for the whole life of a process, not for a request",
     .write = "request-timeout=60",
     .otherwise = "WSGIDaemonProcess a cpu-time-limit=3600\n"},
    {.id = "user-without-home",
     .weight = Weight::Mistake,
     .given = "WSGIDaemonProcess a user=nobody\n",  // who has none, on any system
     .line = 1,
     .text = "where user=nobody is at home, and there is no such directory",
     .write = "home=/",
     .otherwise = "WSGIDaemonProcess a user=nobody home=@\n"},
    {.id = "service-has-no-timers",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess a threads=0 restart-interval=60\n",
     .line = 1,
     .text = "restart-interval=60 has no effect in the process group 'a'",
     .write = "",
     .otherwise = "WSGIDaemonProcess a threads=0 restart-interval=0\n"
                  "WSGIDaemonProcess b restart-interval=60\n"},
    {.id = "inactivity-with-preload",
     .weight = Weight::Hint,
     .given = "WSGIDaemonProcess a inactivity-timeout=60\n"
              "WSGIScriptAlias / @/app/app.wsgi process-group=a application-group=%{GLOBAL}\n" +
              kOpen,
     .line = 1,
     .text = "gives no memory back: the next process loads @/app/app.wsgi at once",
     .write = "",
     .otherwise = "WSGIDaemonProcess a inactivity-timeout=60\n"
                  "WSGIScriptAlias / @/app/app.wsgi process-group=a\n" +
                  kOpen},
    {.id = "no-end-by-force",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess a shutdown-timeout=0\n",
     .line = 1,
     .text = "whose request hangs never ends",
     .write = "shutdown-timeout=5",
     .otherwise = "WSGIDaemonProcess a threads=0 shutdown-timeout=0\n"},
    {.id = "socket-user-not-the-server",
     .weight = Weight::Mistake,
     .given = "User daemon\n"
              "WSGIDaemonProcess a socket-user=mail\n",
     .line = 2,
     .text = "only mail may connect to its socket, and the server's processes run as daemon",
     .write = "socket-user=daemon",
     .otherwise = "WSGIDaemonProcess a socket-user=mail\n"},
    // ---- the server ----
    {.id = "access-denied",
     .weight = Weight::Mistake,
     .given = "WSGIScriptAlias / '@/our app/app.wsgi'\n"
              "<Directory />\n"
              "Require all denied\n"
              "</Directory>\n",
     .line = 1,
     .text = "answered 403: no <Directory> grants access to @/our app/app.wsgi, and site.conf:3 "
             "denies it",
     .write = "<Directory \"@/our app\">\n    Require all granted\n</Directory>",
     // Some may come in, though who asks from this machine may not.
     .otherwise = "WSGIScriptAlias / @/app/app.wsgi\n"
                  "<Directory />\n"
                  "Require ip 192.0.2.0/24\n"
                  "</Directory>\n"},
    {.id = "script-missing",
     .weight = Weight::Warning,
     .given = "WSGIScriptAlias / @/app/no.wsgi\n" + kOpen,
     .line = 1,
     .text = "does not exist on this machine: http://localhost/ is answered 404",
     .write = {},
     .otherwise = "WSGIScriptAlias / @/app/app.wsgi\n" + kOpen},
    {.id = "too-many-mounts",
     .weight = Weight::Hint,
     .given = ManyMounts(1'500),
     .line = 1'000,
     .text = "only the first 1000 mounts are looked at",
     .write = {},
     .otherwise = ManyMounts(10)},
    {.id = "mount-shadowed",
     .weight = Weight::Mistake,
     .given = "WSGIScriptAlias / @/app/app.wsgi\n"
              "WSGIScriptAlias /b @/app/other.wsgi application-group=%{GLOBAL}\n" +
              kOpen,
     .line = 2,
     .text = "put the longer one first",
     .write = "WSGIScriptAlias /b @/app/other.wsgi application-group=%{GLOBAL}\n"
              "WSGIScriptAlias / @/app/app.wsgi",
     // A virtual host covers what the main server has; another one does not.
     .otherwise = "WSGIScriptAlias /b @/app/other.wsgi\n"
                  "<VirtualHost *:80>\n"
                  "ServerName a.example\n"
                  "WSGIScriptAlias / @/app/app.wsgi\n"
                  "</VirtualHost>\n"
                  "<VirtualHost *:80>\n"
                  "ServerName b.example\n"
                  "</VirtualHost>\n" +
                  kOpen},
    {.id = "timer-never-fires",
     .weight = Weight::Mistake,
     .given = "WSGIDaemonProcess a deadlock-timeout=0 \\\n"
              "  request-timeout=60\n"
              "WSGIProcessGroup a\n",
     .line = 2,
     .text = "request-timeout of the process group 'a' never fires",
     .write = "deadlock-timeout=300",
     .otherwise = "WSGIDaemonProcess a request-timeout=60 deadlock-timeout=0 "
                  "inactivity-timeout=60\n"},
    {.id = "user-not-switched",
     .weight = Weight::Warning,
     .given = "WSGIDaemonProcess a \\\n"
              "  user=daemon\n"
              "WSGIProcessGroup a\n",
     .line = 2,
     .text = "user=daemon takes effect only when the superuser starts the server",
     .write = {},
     .otherwise = "WSGIDaemonProcess a\n"},
    {.id = "many-database-connections",
     .weight = Weight::Hint,
     .given = "WSGIDaemonProcess a user=daemon processes=8\n",
     .line = 1,
     .text = "up to 120 requests at once (8 × 15)",
     .write = "processes=6 threads=15",
     .otherwise = "WSGIDaemonProcess a processes=10 threads=10\n"},
    {.id = "foreign-directive",
     .weight = Weight::Hint,
     .given = "Listen 80\n"
              "RewriteEngine On\n",
     .line = 2,
     .text = "RewriteEngine ",
     .write = {},
     .otherwise = "Listen 80\n"
                  "KeepAlive On\n"},
    {.id = "condition-not-judged",
     .weight = Weight::Warning,
     .given = "WSGIScriptAlias / @/app/app.wsgi\n"
              "<If \"%{REMOTE_USER} == 'a'\">\n"
              "WSGIApplicationGroup a\n"
              "</If>\n" +
              kOpen,
     .line = 2,
     .text = "its condition is not judged here",
     .write = {},
     .otherwise = "WSGIScriptAlias / @/app/app.wsgi\n"
                  "<If \"%{HTTP_HOST} == 'a'\">\n"
                  "WSGIApplicationGroup a\n"
                  "</If>\n" +
                  kOpen},
    // ---- interpreters ----
    {.id = "own-gil-not-granted",
     .weight = Weight::Warning,
     .given = "<WSGIInterpreterOptions application-group=a>\n"
              "WSGIPerInterpreterGIL On\n"
              "</WSGIInterpreterOptions>\n",
     .line = 2,
     .text = "WSGIPerInterpreterGIL requires Python 3.12 or later",
     .write = "",
     .otherwise = "WSGIPerInterpreterGIL Off\n"},
    {.id = "free-threading-not-granted",
     .weight = Weight::Warning,
     .given = "WSGIFreeThreading On\n",
     .line = 1,
     .text = "does not support free-threading",
     .write = "",
     .otherwise = "WSGIFreeThreading Off\n"},
    {.id = "free-threading-of-one-interpreter",
     .weight = Weight::Warning,
     .given = "<WSGIInterpreterOptions application-group=a>\n"
              "WSGIFreeThreading Off\n"
              "</WSGIInterpreterOptions>\n",
     .line = 2,
     .text = "with application-group= is ignored",
     .write = "",
     .otherwise = "<WSGIInterpreterOptions process-group=a>\n"
                  "WSGIFreeThreading Off\n"
                  "</WSGIInterpreterOptions>\n"},
    {.id = "own-gil-where-there-is-none",
     .weight = Weight::Warning,
     .given = "WSGIFreeThreading On\n"
              "WSGIPerInterpreterGIL On\n"
              "WSGIScriptAlias / @/app/app.wsgi application-group=a\n" +
              kOpen,
     .line = 2,
     .text = "for the interpreter 'a' is ignored",
     .write = "",
     .otherwise = "WSGIFreeThreading On\n"
                  "WSGIPerInterpreterGIL On\n"
                  "WSGIScriptAlias / @/app/app.wsgi application-group=%{GLOBAL}\n" +
                  kOpen,
     .python = kWithoutGil},
    {.id = "interval-of-one-interpreter",
     .weight = Weight::Warning,
     .given = "<WSGIInterpreterOptions application-group=a>\n"
              "WSGISwitchInterval 0.01\n"
              "</WSGIInterpreterOptions>\n"
              "WSGIScriptAlias /a @/app/app.wsgi application-group=a\n"
              "WSGIScriptAlias /b @/app/app.wsgi application-group=a\n" +
              kOpen,
     .line = 2,
     .text = "for the interpreter 'a' is skipped",
     .write = "",
     .otherwise = "<WSGIInterpreterOptions application-group=%{GLOBAL}>\n"
                  "WSGISwitchInterval 0.01\n"
                  "</WSGIInterpreterOptions>\n"
                  "WSGIScriptAlias /a @/app/app.wsgi application-group=a\n"
                  "WSGIScriptAlias /b @/app/app.wsgi application-group=%{GLOBAL}\n" +
                  kOpen},
};

std::string DjangoScript(const std::string& project) {
  return "import os\n"
         "# DJANGO_SETTINGS_MODULE is what Django is told by.\n"
         "os.environ.setdefault('DJANGO_SETTINGS_MODULE', '" +
         project + ".settings')\n";
}

void Furnish(const Site& site) {
  for (const char* script : {"app/app.wsgi", "app/other.wsgi", "our app/app.wsgi"})
    site.Write(script, "def application(environ, start_response): pass\n");
  site.Write("first/first/wsgi.py", DjangoScript("first"));
  site.Write("first/first/admin.py", DjangoScript("first"));
  site.Write("second/second/wsgi.py", DjangoScript("second"));
  site.Write("venv/pyvenv.cfg", "home = /usr/bin\nversion = " + kPythonVersion + ".1\n");
  site.Write("venv/bin/python", "");
  site.Write("old/pyvenv.cfg", "version_info = 2.7.18.final.0\n");
  site.Write("plain/read.me", "");
  site.Write("installation/bin/python3", "");
  site.Write("installation/lib/libpython.so", "");
}

class Advised : public ::testing::TestWithParam<AdviceCase> {
 protected:
  void SetUp() override { Furnish(site_); }
  Site site_;
};

TEST_P(Advised, WhereItIsDue) {
  const AdviceCase& one = GetParam();
  // The superuser does switch: the test becomes somebody else for a moment.
  constexpr uid_t kSomebody = 1;
  const bool steps_down = one.id == "user-not-switched" && ::geteuid() == 0;
  ASSERT_EQ(steps_down ? ::seteuid(kSomebody) : 0, 0);
  const auto explained = site_.Ask(one.given, {}, one.python);
  ASSERT_EQ(steps_down ? ::seteuid(0) : 0, 0);
  ASSERT_TRUE(explained) << explained.error().Text();
  const Advice* advice = explained->Find(one.id);
  ASSERT_NE(advice, nullptr);
  EXPECT_EQ(advice->weight, one.weight);
  ASSERT_FALSE(advice->evidence.empty());
  EXPECT_EQ(AsWritten(advice->evidence.front()), "site.conf:" + std::to_string(one.line));
  EXPECT_THAT(advice->text, HasSubstr(site_.Filled(one.text)));
  EXPECT_EQ(advice->write, site_.Filled(one.write));
  const auto is_same = [&one](const Advice& other) { return other.id == one.id; };
  EXPECT_EQ(std::ranges::count_if(explained->explanation.advice, is_same), 1);
}

TEST_P(Advised, AndNowhereElse) {
  const auto explained = site_.Ask(GetParam().otherwise, {}, GetParam().python);
  ASSERT_TRUE(explained) << explained.error().Text();
  const Advice* advice = explained->Find(GetParam().id);
  EXPECT_EQ(advice, nullptr) << advice->text;
}

std::string NameOf(const ::testing::TestParamInfo<AdviceCase>& test) {
  std::string name = test.param.id;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Advice, Advised, ::testing::ValuesIn(kCases), NameOf);

// The strings between ".id =" and the next field.
std::set<std::string> IdsIn(const std::string& source) {
  constexpr std::string_view kField = ".id = ";
  std::set<std::string> ids;
  for (size_t at = source.find(kField); at != std::string::npos; at = source.find(kField, at)) {
    const size_t end = source.find(".weight", at);
    const std::string field = source.substr(at, end - at);
    for (size_t open = field.find('"'); open != std::string::npos;) {
      const size_t close = field.find('"', open + 1);
      ids.insert(field.substr(open + 1, close - open - 1));
      open = field.find('"', close + 1);
    }
    at = end;
  }
  return ids;
}

TEST(Advice, EachHasItsCase) {
  std::set<std::string> written;
  for (const auto& entry : std::filesystem::directory_iterator(WSGILAB_EXPLAIN_SOURCES)) {
    if (!entry.path().filename().string().starts_with("advise_")) continue;
    const auto source = base::ReadFile(entry.path());
    ASSERT_TRUE(source) << source.error().Text();
    written.merge(IdsIn(*source));
  }
  std::set<std::string> tested;
  for (const AdviceCase& one : kCases)
    tested.insert(one.id);
  EXPECT_EQ(written, tested);
}

// ---- what the cases do not show ----

class AdviceOnSites : public ::testing::Test {
 protected:
  void SetUp() override { Furnish(site_); }
  Site site_;
};

// The groups of the first application come from directives: it is loaded by its first request.
TEST_F(AdviceOnSites, DirectivesDoNotMakeAnApplicationLoadWhenProcessesStart) {
  const auto explained = site_.Ask(
      "<VirtualHost *:80>\n"
      "ServerName example.org\n"
      "WSGIDaemonProcess accounts\n"
      "WSGIDaemonProcess secondapp\n"
      "WSGIProcessGroup accounts\n"
      "WSGIApplicationGroup %{GLOBAL}\n"
      "WSGIScriptAlias /accounts @/app/app.wsgi\n"
      "WSGIScriptAlias /secondapp @/app/other.wsgi process-group=secondapp "
      "application-group=%{GLOBAL}\n"
      "</VirtualHost>\n" +
      kOpen);
  ASSERT_TRUE(explained) << explained.error().Text();
  const auto& urls = explained->explanation.urls;
  ASSERT_EQ(urls.size(), 2U);
  EXPECT_EQ(urls[0].Find("loading")->value, "lazy");
  EXPECT_EQ(urls[0].Find("loading")->meaning,
            "by the first request: neither process-group= nor application-group= stands on the "
            "WSGIScriptAlias; directives do not count");
  EXPECT_EQ(urls[1].Find("loading")->value, "preload");
  EXPECT_EQ(AsWritten(urls[1].Find("loading")->origin), "site.conf:8");

  ASSERT_EQ(explained->explanation.advice.size(), 1U);
  const Advice& advice = explained->explanation.advice.front();
  EXPECT_EQ(advice.id, "preload-inferred");
  EXPECT_EQ(advice.write,
            site_.Filled("WSGIScriptAlias /accounts @/app/app.wsgi process-group=accounts "
                         "application-group=%{GLOBAL}"));
  ASSERT_EQ(advice.evidence.size(), 3U);
  EXPECT_EQ(AsWritten(advice.evidence[0]), "site.conf:7");
  EXPECT_EQ(AsWritten(advice.evidence[1]), "site.conf:5");
  EXPECT_EQ(AsWritten(advice.evidence[2]), "site.conf:6");
}

// Who follows all advice has no two applications in one main interpreter.
TEST_F(AdviceOnSites, TwoApplicationsAreNotBothSentIntoTheMainInterpreter) {
  const auto explained = site_.Ask(
      "ServerName example.org\n"
      "WSGIScriptAlias /first @/first/first/wsgi.py\n"
      "WSGIScriptAlias /second @/second/second/wsgi.py\n" +
      kOpen);
  ASSERT_TRUE(explained) << explained.error().Text();
  for (const Advice& advice : explained->explanation.advice) {
    EXPECT_NE(advice.write, "WSGIApplicationGroup %{GLOBAL}") << advice.id;
    EXPECT_EQ(advice.write.find("process-group=%{GLOBAL} application-group=%{GLOBAL}"),
              std::string::npos)
        << advice.id;
  }
  EXPECT_EQ(explained->Find("preload-inferred")->write,
            site_.Filled("WSGIScriptAlias /first @/first/first/wsgi.py process-group=%{GLOBAL} "
                         "application-group=example.org|/first"));
}

TEST_F(AdviceOnSites, EachEmbeddedApplicationIsToldAGroupOfItsOwn) {
  const auto explained = site_.Ask(
      "WSGIDaemonProcess a\n"
      "WSGIDaemonProcess b\n"
      "WSGIScriptAlias /first @/app/app.wsgi\n"
      "WSGIScriptAlias /second @/app/other.wsgi\n" +
      kOpen);
  ASSERT_TRUE(explained) << explained.error().Text();
  std::vector<std::string> writes;
  for (const Advice& advice : explained->explanation.advice) {
    if (advice.id == "daemon-declared-served-embedded") writes.push_back(advice.write);
  }
  ASSERT_EQ(writes.size(), 2U);
  EXPECT_THAT(writes[0], HasSubstr("process-group=a "));
  EXPECT_THAT(writes[1], HasSubstr("process-group=b "));
  const Advice* interpreter = explained->Find("sub-interpreter-by-default");
  ASSERT_NE(interpreter, nullptr);
  EXPECT_EQ(interpreter->write, "");  // nothing that contradicts it
}

TEST_F(AdviceOnSites, WhatIsForbiddenToRunEmbeddedIsAMistake) {
  const auto explained = site_.Ask(
      "WSGIRestrictEmbedded On\n"
      "WSGIDaemonProcess a\n"
      "WSGIScriptAlias / @/app/app.wsgi\n" +
      kOpen);
  ASSERT_TRUE(explained) << explained.error().Text();
  const Advice* advice = explained->Find("daemon-declared-served-embedded");
  ASSERT_NE(advice, nullptr);
  EXPECT_EQ(advice->weight, Weight::Mistake);
  EXPECT_THAT(advice->text, HasSubstr("which WSGIRestrictEmbedded forbids"));
}

TEST_F(AdviceOnSites, AContainerMayPutTheProjectOnThePath) {
  const std::string mount =
      "WSGIDaemonProcess g\n"
      "WSGIScriptAlias / @/first/first/wsgi.py process-group=g application-group=a\n";
  const auto container = [](const std::string& group) {
    return "<WSGIInterpreterOptions application-group=" + group +
           ">\nWSGIPythonPath @/first\n</WSGIInterpreterOptions>\n";
  };
  const auto other = site_.Ask(mount + container("b") + kOpen);
  ASSERT_TRUE(other) << other.error().Text();
  EXPECT_NE(other->Find("project-not-on-path"), nullptr);
  const auto own = site_.Ask(mount + container("a") + kOpen);
  ASSERT_TRUE(own) << own.error().Text();
  EXPECT_EQ(own->Find("project-not-on-path"), nullptr);
}

// As `django-admin startproject config .` leaves them.
TEST_F(AdviceOnSites, ProjectsWhoseSettingsHaveTheSameNameAreTwo) {
  for (const char* const project : {"shop", "blog"}) {
    site_.Write(std::string(project) + "/config/wsgi.py", DjangoScript("config"));
    site_.Write(std::string(project) + "/config/settings.py", "");
  }
  site_.Write("shop/admin/wsgi.py", DjangoScript("config"));
  const std::string in_main =
      "WSGIApplicationGroup %{GLOBAL}\nWSGIScriptAlias /shop @/shop/config/wsgi.py\n";
  const auto two = site_.Ask(in_main + "WSGIScriptAlias /blog @/blog/config/wsgi.py\n" + kOpen);
  ASSERT_TRUE(two) << two.error().Text();
  EXPECT_NE(two->Find("django-projects-share-interpreter"), nullptr);
  const auto one = site_.Ask(in_main + "WSGIScriptAlias /admin @/shop/admin/wsgi.py\n" + kOpen);
  ASSERT_TRUE(one) << one.error().Text();
  EXPECT_EQ(one->Find("django-projects-share-interpreter"), nullptr);
}

TEST_F(AdviceOnSites, AnOrdinarySiteGetsNone) {
  const auto explained = site_.Ask(
      "WSGIDaemonProcess first python-home=@/venv python-path=@/first\n"
      "WSGIScriptAlias / @/first/first/wsgi.py process-group=first application-group=%{GLOBAL}\n" +
      kOpen);
  ASSERT_TRUE(explained) << explained.error().Text();
  for (const Advice& advice : explained->explanation.advice)
    ADD_FAILURE() << advice.id << ": " << advice.text;
}

}  // namespace
}  // namespace hosts::explain
