// Isolation/Discovery: signals, exits, threads, memory and the end of a process (discoveries.md, items 3, 14 to 17).

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <chrono>
#include <filesystem>

#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/isolation/discovery.h"

namespace suites::isolation {

using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::Where;

namespace {

std::string Text(const ProbeAnswer& answer) {
  if (answer.error) return *answer.error;
  const auto value = nlohmann::json::parse(answer.result);
  return value.is_string() ? value.get<std::string>() : answer.result;
}

}  // namespace

// ---- item 3: the end of a process with sub-interpreters ----

constexpr std::string_view kRun = "all of them run";
constexpr std::string_view kNeverRun = "none of them runs";

constexpr Expected kAtexit[] = {
    {"embedded_main", kRun, ""},
    {"embedded_one_sub", kNeverRun, kRun},
    {"embedded_two_subs", kNeverRun, kRun},
    {"daemon_main", kRun, ""},
    {"daemon_two_subs", kNeverRun, kRun},
    {"daemon_two_groups", kRun, ""},
    {"daemon_two_users", kRun, ""},
    {"embedded_two_own_gils", kNeverRun, kRun},
    {"daemon_two_own_gils", kNeverRun, kRun},
};
class Atexit : public Discovery {};

TEST_P(Atexit, HandlersRunWhenTheHostIsStopped) {
  About("atexit",
        "A and B have registered atexit handlers; the server is told to stop",
        "stopping-with-sub-interpreters: leftover thread states are deleted first");
  PlainHost host(pairing(), {.are_preloaded = false});
  client::HttpClient client(host.port());
  const auto mark = [&](const char* url) { return host.stage().path(std::string("left") + url); };
  for (const char* url : {"/a", "/b"}) {
    std::filesystem::create_directory(host.stage().path("left"));
    std::filesystem::permissions(host.stage().path("left"), std::filesystem::perms::all);
    const auto answer =
        Need(Execute(client,
                     url,
                     fmt::format("import atexit\n"
                                 "atexit.register(lambda open=open: open('{}', 'w').close())",
                                 mark(url).string())));
    ASSERT_EQ(answer.error, std::nullopt);
  }
  const auto report = host.Stop();
  const int ran = static_cast<int>(std::filesystem::exists(mark("/a"))) +
                  static_cast<int>(std::filesystem::exists(mark("/b")));
  const double took_s = std::chrono::duration<double>(report.took).count();
  // AddressSanitizer looks for leaks at the end: 1.8 s with two sub-interpreters.
  if (hosts_under_test::IsEngineChosen() && !hosts_under_test::IsHostSanitized()) {
    EXPECT_LT(took_s, 1.0) << "the engine stops within a second";
  }
  Conclude(ran == 2   ? kRun
           : ran == 0 ? kNeverRun
                      : "one of them runs",
           fmt::format("{} of 2 ran; the host needed {:.2f} s{}",
                       ran,
                       took_s,
                       report.was_killed ? " and was killed" : ""));
}
INSTANTIATE_TEST_SUITE_P(Isolation, Atexit, testing::ValuesIn(kAtexit), NameOfExpected);

// ---- item 14: threads of an application ----

constexpr std::string_view kAsDaemon = "as a daemon, and runs on behind it";

constexpr Expected kThreadOfARequest[] = {
    {"embedded_main", kAsDaemon, ""},
    {"embedded_two_subs", kAsDaemon, ""},
    {"daemon_main", kAsDaemon, ""},
    {"daemon_two_subs", kAsDaemon, ""},
};
class ThreadOfARequest : public Discovery {};

TEST_P(ThreadOfARequest, IsADaemonAndRunsOn) {
  About("threads_start", "A starts a thread in a request, which counts until it is told to stop");
  PairedHost paired(pairing());
  const auto is_daemon = paired.Run(Who::A,
                                    R"(
import threading
must_stop = STATE['must_stop'] = threading.Event()
def count():
    while not must_stop.wait(0.001): STATE['count'] = STATE.get('count', 0) + 1
thread = STATE['thread'] = threading.Thread(target=count)
thread.start()
result = thread.daemon
)",
                                    "");
  const auto counted = [&] {
    return std::stol(paired.Run(Who::A, "result = STATE.get('count', 0)", "").result);
  };
  const long before = counted();
  const bool runs_on = Eventually([&] { return counted() > before; }, Soon());
  const auto ended = paired.Run(
      Who::A,
      "STATE['must_stop'].set(); STATE['thread'].join(10); result = STATE['thread'].is_alive()",
      "");
  EXPECT_EQ(ended.result, "false");
  Conclude(
      is_daemon.result == "true" && runs_on ? kAsDaemon : "otherwise",
      fmt::format("daemon={}, {}", is_daemon.result, runs_on ? "it ran on" : "it did not run on"));
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         ThreadOfARequest,
                         testing::ValuesIn(kThreadOfARequest),
                         NameOfExpected);

constexpr std::string_view kJoined = "it is waited for";
constexpr std::string_view kCutOff = "it is cut off";

constexpr Expected kThreadThatIsNoDaemon[] = {
    {"embedded_main", kJoined, ""},
    {"embedded_two_subs", kJoined, kCutOff},
    {"daemon_main", kJoined, ""},
    {"daemon_two_subs", kJoined, kCutOff},
    {"embedded_two_own_gils", kJoined, kCutOff},
    {"daemon_two_own_gils", kJoined, kCutOff},
};
class ThreadThatIsNoDaemon : public Discovery {};

TEST_P(ThreadThatIsNoDaemon, WhenTheHostIsStopped) {
  About("threads_start",
        "A has started a thread with daemon=False that needs another second; the server is told to "
        "stop",
        "CPython cannot end an interpreter in which a thread still runs: its handlers run, and the "
        "thread is cut off");
  PlainHost host(pairing());
  client::HttpClient client(host.port());
  (void)Need(Execute(client,
                     "/a",
                     R"(
import threading, time
def end_late(here=HERE, later=time.sleep):
    later(1)
    open(here + '/late', 'w').close()
threading.Thread(target=end_late, daemon=False).start()
)"));
  const auto of_b = host.stage().path("of-b");
  (void)Need(Execute(client,
                     "/b",
                     fmt::format("import atexit\n"
                                 "atexit.register(lambda open=open: open('{}', 'w').close())",
                                 of_b.string())));
  const auto report = host.Stop();
  if (hosts_under_test::IsEngineChosen()) {
    EXPECT_TRUE(std::filesystem::exists(of_b)) << "B's handlers run, whatever A has left";
    EXPECT_EQ(host.Log().find("ended: signal"), std::string::npos) << host.Log();
  }
  const bool is_joined = std::filesystem::exists(host.stage().path("late"));
  Conclude(
      is_joined ? kJoined : kCutOff,
      fmt::format("the host needed {:.2f} s", std::chrono::duration<double>(report.took).count()));
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         ThreadThatIsNoDaemon,
                         testing::ValuesIn(kThreadThatIsNoDaemon),
                         NameOfExpected);

// ---- item 15: signal.signal() ----

constexpr std::string_view kIgnored = "answers the handler, registers nothing";
constexpr std::string_view kValueError = "ValueError";

constexpr const char* kRegister = R"(
import signal
def handler(number, frame): pass
before = signal.getsignal(signal.SIGUSR2)
try:
    answer = signal.signal(signal.SIGUSR2, handler)
except ValueError:
    result = 'ValueError'
else:
    is_registered = signal.getsignal(signal.SIGUSR2) is not before
    result = 'answers the handler, registers nothing' if answer is handler and not is_registered else 'otherwise'
)";

constexpr Expected kRestricted[] = {
    {"embedded_main", kIgnored, ""},
    {"embedded_two_subs", kIgnored, ""},
    {"daemon_main", kIgnored, ""},
    {"daemon_two_subs", kIgnored, ""},
};
class SignalInARequest : public Discovery {};

TEST_P(SignalInARequest, WhileItIsRestricted) {
  About("signal_restricted", "A calls signal.signal() in a request");
  const PlainHost host(pairing());
  client::HttpClient client(host.port());
  const auto answer = Need(Execute(client, "/a", kRegister));
  Conclude(Text(answer), answer.Place());
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         SignalInARequest,
                         testing::ValuesIn(kRestricted),
                         NameOfExpected);

constexpr Expected kUnrestricted[] = {
    {"embedded_main", kValueError, ""},
    {"embedded_two_subs", kValueError, ""},
    {"daemon_main", kValueError, ""},
    {"daemon_two_subs", kValueError, ""},
};
class FreeSignalInARequest : public Discovery {};

TEST_P(FreeSignalInARequest, IsNotOnPythonsMainThread) {
  About("signal_unrestricted", "A calls signal.signal() in a request, WSGIRestrictSignal Off");
  const PlainHost host(pairing(), {.directives = {"WSGIRestrictSignal Off"}});
  client::HttpClient client(host.port());
  const auto answer = Need(Execute(client, "/a", kRegister));
  Conclude(Text(answer), answer.Place());
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         FreeSignalInARequest,
                         testing::ValuesIn(kUnrestricted),
                         NameOfExpected);

constexpr std::string_view kNeverCalled = "registered, never called";

constexpr Expected kImported[] = {
    {"embedded_main", kNeverCalled, ""},
    {"embedded_one_sub", kValueError, ""},
    {"embedded_two_subs", kValueError, ""},
    {"daemon_main", kNeverCalled, ""},
    {"daemon_two_subs", kValueError, ""},
};
class SignalOfAPreloadedScript : public Discovery {};

// A preloaded script runs on Python's main thread, as an import script does.
TEST_P(SignalOfAPreloadedScript, IsRegisteredInMainAndNotCalled) {
  About("signal_import_script",
        "A registers a handler while it is preloaded, WSGIRestrictSignal Off; then the signal "
        "comes, and 20 requests");
  const PlainHost host(pairing(), {.directives = {"WSGIRestrictSignal Off"}, .script_of_a = R"(
import os, signal
calls = []
try:
    signal.signal(signal.SIGUSR2, lambda number, frame: calls.append(number))
    said = 'registered'
except ValueError:
    said = 'ValueError'
def application(environ, start_response):
    start_response('200 OK', [])
    return [f'{said} {len(calls)} {os.getpid()}'.encode()]
)"});
  client::HttpClient client(host.port());
  const std::string first = Need(client.Get("/a")).body;
  std::string last = first;
  if (first.starts_with("registered")) {
    ASSERT_EQ(::kill(static_cast<pid_t>(std::stol(first.substr(first.rfind(' ')))), SIGUSR2), 0);
    for (int asked = 0; asked < 20; ++asked)
      last = Need(client.Get("/a")).body;
  }
  Conclude(first.starts_with("ValueError")     ? kValueError
           : last.starts_with("registered 0 ") ? kNeverCalled
                                               : "registered, called",
           fmt::format("before: {}; afterwards: {}", first, last));
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         SignalOfAPreloadedScript,
                         testing::ValuesIn(kImported),
                         NameOfExpected);

// ---- item 16: signal.alarm() ----

constexpr std::string_view kNothing = "nothing happens";
constexpr std::string_view kBothEnd = "the process of both ends";
constexpr std::string_view kOneEnds = "the process of A ends";

constexpr Expected kAlarm[] = {
    {"embedded_main", kNothing, ""},
    {"embedded_one_sub", kNothing, ""},
    {"embedded_two_subs", kNothing, ""},
    {"embedded_main_and_sub", kNothing, ""},
    {"embedded_sub_and_main", kNothing, ""},
    {"daemon_main", kBothEnd, ""},
    {"daemon_two_subs", kBothEnd, ""},
    {"daemon_two_groups", kOneEnds, ""},
    {"daemon_two_users", kOneEnds, ""},
};
class Alarm : public Discovery {};

TEST_P(Alarm, WithoutAHandler) {
  About("alarm_fires", "A sets an interval timer and has no handler for its signal");
  PlainHost host(pairing());
  host.WillCrash();
  client::HttpClient client(host.port());
  const pid_t a = Need(Where(client, "/a")).pid;
  const pid_t b = Need(Where(client, "/b")).pid;
  const auto set = Execute(
      client, "/a", "import signal; signal.setitimer(signal.ITIMER_REAL, 0.05); result = 1");
  ASSERT_TRUE(set);
  // Until A's process is another one, or the timer is over in the same.
  const auto is_decided = [&] {
    const auto left =
        Execute(client, "/a", "import signal; result = signal.getitimer(signal.ITIMER_REAL)[0]");
    return left && (left->pid != a || std::stod(left->result) == 0);
  };
  ASSERT_TRUE(Eventually(is_decided, Soon()));
  const pid_t a_now = Need(Where(client, "/a")).pid;
  const pid_t b_now = Need(Where(client, "/b")).pid;
  Conclude(a_now == a && b_now == b ? kNothing
           : b_now != b             ? kBothEnd
                                    : kOneEnds,
           fmt::format("A: pid {}, then {}; B: pid {}, then {}", a, a_now, b, b_now));
}
INSTANTIATE_TEST_SUITE_P(Isolation, Alarm, testing::ValuesIn(kAlarm), NameOfExpected);

// ---- item 17: sys.exit() ----

constexpr std::string_view kGoesOn = "500, and the process goes on";

constexpr Expected kExit[] = {
    {"embedded_main", kGoesOn, ""},
    {"embedded_two_subs", kGoesOn, ""},
    {"daemon_main", kGoesOn, ""},
    {"daemon_two_subs", kGoesOn, ""},
    {"daemon_two_groups", kGoesOn, ""},
};
class ExitOfARequest : public Discovery {};

TEST_P(ExitOfARequest, IsAnErrorOfThatRequest) {
  About("sys_exit", "A calls sys.exit() in a request, then raises what is no Exception");
  const PlainHost host(pairing());
  client::HttpClient client(host.port());
  const pid_t before = Need(Where(client, "/a")).pid;
  const auto exit = Need(client.Post("/a", "import sys; sys.exit(3)"));
  const auto raised = Need(client.Post("/a", "class Other(BaseException): pass\nraise Other()"));
  const pid_t after = Need(Where(client, "/a")).pid;
  EXPECT_TRUE(Where(client, "/b"));
  Conclude(exit.status == 500 && raised.status == 500 && after == before ? kGoesOn : "otherwise",
           fmt::format("{} and {}; pid {}, then {}", exit.status, raised.status, before, after));
}
INSTANTIATE_TEST_SUITE_P(Isolation, ExitOfARequest, testing::ValuesIn(kExit), NameOfExpected);

// ---- memory: a limit is the process's ----

constexpr std::string_view kNoMemory = "MemoryError";
constexpr std::string_view kEnough = "has enough";

constexpr Expected kMemory[] = {
    {"embedded_main", kNoMemory, ""},
    {"embedded_one_sub", kNoMemory, ""},
    {"embedded_two_subs", kNoMemory, ""},
    {"embedded_main_and_sub", kNoMemory, ""},
    {"embedded_sub_and_main", kNoMemory, ""},
    {"daemon_main", kNoMemory, ""},
    {"daemon_two_subs", kNoMemory, ""},
    {"daemon_two_groups", kEnough, ""},
    {"daemon_two_users", kEnough, ""},
    {"daemon_two_processes", kEnough, ""},
};
class Memory : public Discovery {};

// Blocks above 64 MiB: smaller ones come out of what malloc has reserved for a thread.
TEST_P(Memory, ThatAHolds) {
  if (hosts_under_test::IsHostSanitized()) GTEST_SKIP() << "a sanitizer reserves terabytes";
  if (hosts_under_test::IsHostFreeThreaded()) {
    GTEST_SKIP() << "the allocator of a free-threaded Python reserves a gigabyte";
  }
  About("memory", "A holds most of what its process may have (RLIMIT_AS); B allocates 200 MiB");
  PairedHost paired(pairing());
  constexpr const char* kAllocate = R"(
try:
    result = len(bytearray(200 << 20)) >> 20
except MemoryError:
    result = 'MemoryError'
)";
  EXPECT_EQ(paired.Run(Who::B, kAllocate, "").result, "200") << "B, before";
  const auto of_a = paired.Run(Who::A,
                               R"(
import resource
size = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + (320 << 20), resource.RLIM_INFINITY))
STATE['held'] = bytearray(220 << 20)
)",
                               "");
  ASSERT_EQ(of_a.error, std::nullopt);
  const std::string of_b = Text(paired.Run(Who::B, kAllocate, ""));
  (void)paired.Run(Who::A, "del STATE['held']", "");
  Conclude(of_b == "200" ? kEnough : std::string_view(of_b), fmt::format("B: {}", of_b));
}
INSTANTIATE_TEST_SUITE_P(Isolation, Memory, testing::ValuesIn(kMemory), NameOfExpected);

}  // namespace suites::isolation
