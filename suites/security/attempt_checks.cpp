// SecurityAttempts: what an application tries to do to another user's group, to the server, and to the
// machine. Every attempt is one check, from a daemon process of another user and, where the rule is the
// same there, from an embedded application. SEC-8, SEC-10, SEC-11.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "suites/security/security_check.h"

namespace suites::security {

namespace {

enum class From { Daemon, Both };

struct Attempt {
  std::string_view name;
  std::string_view rule;
  std::string_view title;
  std::string_view python;  // an expression; {pid}, {socket}, ... stand for the victim's
  From from = From::Both;
  std::string_view own = {};  // what makes the engine refuse it, where no rule asks a host to
};

// An attempt must be refused because it is not allowed: not because there is no such thing.
constexpr std::string_view kPrelude = R"(
import ctypes, errno, os, resource, signal, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
def connect(path):
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(path)
def peek(pid):
    class Part(ctypes.Structure):
        _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]
    buffer = ctypes.create_string_buffer(8)
    mine = Part(ctypes.cast(buffer, ctypes.c_void_p), 8)
    theirs = Part(id(buffer), 8)  # the same program: something may well be there
    call('process_vm_readv', pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
def take_descriptor(pid):
    process = os.pidfd_open(pid)
    try:
        call('syscall', 438, process, 0, 0)
    finally:
        os.close(process)
def reopen_log():
    for name in os.listdir('/proc/self/fd'):
        try:
            if os.readlink('/proc/self/fd/' + name).endswith('/error.log'):
                return os.close(os.open('/proc/self/fd/' + name, os.O_RDONLY))
        except FileNotFoundError:
            pass
    raise LookupError('the log is not open')
def attempt(what):
    try:
        what()
        return 'done'
    except OSError as error:
        return errno.errorcode[error.errno]
    except ValueError as error:
        return 'EPERM' if 'limit' in str(error) else str(error)
result = attempt(lambda: )";

// Apache's are as its umask leaves them, and the directory decides who reads them.
constexpr std::string_view kModeOfLogs = "the mode of the logs that it makes";

constexpr Attempt kAttempts[] = {
    {"ConnectToItsSocket",
     "SEC-8",
     "connect to the group's socket",
     "connect('{socket}')",
     From::Daemon},
    {"RemoveItsSocket", "SEC-8", "remove the group's socket", "os.unlink('{socket}')"},
    {"ReplaceItsSocket",
     "SEC-8",
     "put another socket in its place",
     "os.rename('{own}/subject.wsgi', '{socket}')"},
    {"OpenUpItsSocket",
     "SEC-8",
     "change the mode of the group's socket",
     "os.chmod('{socket}', 0o777)",
     From::Daemon},
    {"ReadItsMemory", "SEC-11", "read the memory of its process", "open('/proc/{pid}/mem', 'rb')"},
    {"WriteItsMemory",
     "SEC-11",
     "write to the memory of its process",
     "open('/proc/{pid}/mem', 'wb')"},
    {"ReadItsMaps", "SEC-11", "see where its memory lies", "open('/proc/{pid}/maps').read()"},
    {"ReadItsEnvironment",
     "SEC-11",
     "read the environment of its process",
     "open('/proc/{pid}/environ').read()"},
    {"ListItsDescriptors",
     "SEC-11",
     "list what its process has open",
     "os.listdir('/proc/{pid}/fd')"},
    {"TakeItsDescriptor", "SEC-11", "take a descriptor of its process", "take_descriptor({pid})"},
    {"SeeItsDirectory", "SEC-11", "see where its process stands", "os.readlink('/proc/{pid}/cwd')"},
    {"EnterItsRoot",
     "SEC-11",
     "go through the root directory of its process",
     "os.listdir('/proc/{pid}/root')"},
    {"TraceIt", "SEC-11", "trace its process", "call('ptrace', 16, {pid}, 0, 0)"},
    {"SeizeIt",
     "SEC-11",
     "trace its process without stopping it",
     "call('ptrace', 0x4206, {pid}, 0, 0)"},
    {"PeekIntoIt", "SEC-11", "read its memory by a system call", "peek({pid})"},
    {"EndIt", "SEC-11", "end its process", "os.kill({pid}, signal.SIGTERM)"},
    {"StopIt", "SEC-11", "stop its process", "os.kill({pid}, signal.SIGSTOP)"},
    {"SlowItDown",
     "SEC-11",
     "change the priority of its process",
     "os.setpriority(os.PRIO_PROCESS, {pid}, 19)"},
    {"LimitIt",
     "SEC-11",
     "change the limits of its process",
     "resource.prlimit({pid}, resource.RLIMIT_NOFILE, (3, 3))"},
    {"ReadItsFile",
     "SEC-11",
     "read a file that is the user's alone",
     "open('{home}/private').read()"},
    {"WriteToItsDirectory",
     "SEC-11",
     "make a file in the group's directory",
     "open('{home}/planted', 'w')"},
    {"ChangeItsScript",
     "SEC-11",
     "write to the group's script",
     "open('{home}/subject.wsgi', 'a')"},
    {"RemoveItsScript", "SEC-11", "remove the group's script", "os.unlink('{home}/subject.wsgi')"},
    {"ReadTheLog",
     "SEC-11",
     "read the server's log",
     "open('{stage}/error.log').read()",
     From::Both,
     kModeOfLogs},
    {"ReadTheAccessLog",
     "SEC-11",
     "read the server's access log",
     "open('{stage}/access.log').read()",
     From::Both,
     kModeOfLogs},
    {"ReopenTheLog",
     "SEC-10",
     "read the log by its own descriptor of it",
     "reopen_log()",
     From::Both,
     kModeOfLogs},
    {"ReadTheServersMemory",
     "SEC-11",
     "read the memory of the server, who knows the tokens",
     "open('/proc/{server}/mem', 'rb')",
     From::Daemon},
    {"TraceTheServer",
     "SEC-11",
     "trace the server",
     "call('ptrace', 16, {server}, 0, 0)",
     From::Daemon},
    {"EndTheServer", "SEC-11", "end the server", "os.kill({server}, signal.SIGTERM)", From::Daemon},
    {"ReadTheSupervisorsMemory",
     "SEC-11",
     "read the memory of the supervisor",
     "open('/proc/{supervisor}/mem', 'rb')"},
    {"EndTheSupervisor", "SEC-11", "end the supervisor", "os.kill({supervisor}, signal.SIGTERM)"},
    {"BecomeRoot", "SEC-1", "become root", "os.setuid(0)"},
    {"BecomeRootAgain",
     "SEC-1",
     "take back a user id that it might have saved",
     "os.setresuid(-1, 0, -1)"},
    {"BecomeTheOther", "SEC-1", "become the other group's user", "os.setuid({uid})"},
    {"JoinGroups", "SEC-3", "join a group of users", "os.setgroups([{gid}])"},
    {"RaiseItsPriority",
     "CFG-95",
     "raise its own priority",
     "os.setpriority(os.PRIO_PROCESS, 0, -1)"},
};

enum class Attacker { Daemon, Embedded };

struct Row {
  const Attempt* attempt = nullptr;
  Attacker attacker = Attacker::Daemon;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.attempt->name;
}

std::vector<Row> AllRows() {
  std::vector<Row> rows;
  for (const Attempt& attempt : kAttempts) {
    rows.push_back({&attempt, Attacker::Daemon});
    if (attempt.from == From::Both) rows.push_back({&attempt, Attacker::Embedded});
  }
  return rows;
}

class SecurityAttempts : public SecurityCheck, public testing::WithParamInterface<Row> {
 protected:
  using Places = std::vector<std::pair<std::string_view, std::string>>;
  [[nodiscard]] static std::string Filled(std::string text, const Places& places) {
    for (const auto& [place, value] : places) {
      for (size_t at = text.find(place); at != std::string::npos; at = text.find(place, at)) {
        text.replace(at, place.size(), value);
      }
    }
    return text;
  }
};

}  // namespace

TEST_P(SecurityAttempts, AreRefused) {
  const Attempt& attempt = *GetParam().attempt;
  const bool is_daemon = GetParam().attacker == Attacker::Daemon;
  About({.rule = attempt.rule,
         .title = fmt::format("Another user's application tries to {}", attempt.title),
         .expected = "EACCES or EPERM",
         .mode = is_daemon ? "daemon/main" : "embedded/main"});
  if (!attempt.own.empty()) hosts_under_test::EndUnlessEngine(attempt.own);
  MakeHome("mine", server());
  ServeAsRoot("ErrorLog {stage}/error.log\nCustomLog {stage}/access.log common\n" +
              GroupOf(account(0), {.name = "one"}) + GroupOf(account(1), {.name = "two"}) +
              EmbeddedIn("mine"));
  const ProbeAnswer victim = Run("one",
                                 "import os\n"
                                 "path = os.path.join(HERE, 'private')\n"
                                 "os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))\n"
                                 "result = os.path.exists(path)");
  ASSERT_EQ(victim.result, "true");
  const pid_t front = Run("mine", "result = 0").pid;
  const std::string attacker = is_daemon ? "two" : "mine";
  const std::string found = ResultOf(attacker,
                                     Filled(fmt::format("{}{})", kPrelude, attempt.python),
                                            {{"{pid}", std::to_string(victim.pid)},
                                             {"{server}", std::to_string(front)},
                                             {"{supervisor}", std::to_string(host().supervisor())},
                                             {"{socket}", SocketOf(1)},
                                             {"{home}", stage().path("one")},
                                             {"{own}", stage().path(attacker)},
                                             {"{stage}", stage().path()},
                                             {"{uid}", std::to_string(account(0).uid)},
                                             {"{gid}", std::to_string(account(0).gid)}}));
  Found(found);
  EXPECT_TRUE(found == "\"EACCES\"" || found == "\"EPERM\"") << found;
  EXPECT_EQ(Run("one", "result = 0").pid, victim.pid) << "the other group did not stay as it was";
}

INSTANTIATE_TEST_SUITE_P(
    Security, SecurityAttempts, testing::ValuesIn(AllRows()), [](const auto& parameter) {
      return fmt::format("{}_{}",
                         parameter.param.attacker == Attacker::Daemon ? "daemon" : "embedded",
                         parameter.param.attempt->name);
    });

}  // namespace suites::security
