// HostingEnds: how processes come to their end, and what is told of it: the parts of timers and shutdown that one request
// alone does not show. DAEMON-31, -35, -36, -38, -39, SHUT-4, SHUT-5.

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <cmath>
#include <tuple>
#include <vector>

#include "hosts/base/files.h"
#include "suites/hosting/lifetime.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/host_words.h"

namespace suites::hosting {

using hosts::base::Clock;
using hosts_under_test::EventsOn;
using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::Soon;
using hosts_under_test::StatusOfADeath;
using hosts_under_test::Where;
using hosts_under_test::WordsOfAbort;
using hosts_under_test::WordsOfDrain;
using hosts_under_test::WordsOfEnd;

namespace {

// Notes what its subscribers hear, a line each.
constexpr std::string_view kHears = R"(
import ctypes, os, time
import mod_wsgi
HERE = os.path.dirname(__file__)
def hear(name, **facts):
    line = f"{name} {facts.get('shutdown_reason', '')}\n"
    file = os.open(os.path.join(HERE, 'heard'), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.write(file, line.encode())
    os.close(file)
mod_wsgi.subscribe_events(hear)
mod_wsgi.subscribe_shutdown(hear)
if os.path.exists(os.path.join(HERE, 'broken')):
    raise ValueError('on purpose')
def application(environ, start_response):
    name = environ['PATH_INFO'].strip('/')
    if name == 'loop':
        while True: pass
    if name == 'sleep':
        time.sleep(float(environ['QUERY_STRING']))
    if name == 'gil':
        ctypes.PyDLL(None).usleep(1_600_000)
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', '2')])
    return [b'ok']
)";

// What is needed of it, whichever parameter a check has.
class HearingCheck : public LifetimeCheck {
 protected:
  void ServeHearer(std::string_view options) {
    (void)Need(stage().Write("subject.wsgi", kHears));
    Serve(
        fmt::format("ThreadsPerChild 4\nWSGIDaemonProcess one {}\nWSGIProcessGroup one\n"
                    "WSGIApplicationGroup {}\n{}",
                    options,
                    ApplicationGroupOf(interpreter_),
                    Alias("subject")));
  }
  [[nodiscard]] std::string Heard() const {
    const auto text = hosts::base::ReadFile(stage().path("heard"));
    return text ? *text : "";
  }
  [[nodiscard]] int Get(const std::string& path) const {
    auto client = host().NewClient();
    return Need(client.Get(path)).status;
  }
};

class HostingEnds : public LifetimeCheckIn {};
class HostingEndsOfSub : public LifetimeCheck {};

class HostingInterrupted : public HearingCheck,
                           public testing::WithParamInterface<InterpreterKind> {
 protected:
  HostingInterrupted() { interpreter_ = GetParam(); }
};

// A reason that has to be brought about from within.
struct Cause {
  std::string_view reason;
  std::string_view options;
  std::string_view path;
};
void PrintTo(const Cause& cause, std::ostream* out) {
  *out << cause.reason;
}
class HostingCauses : public HearingCheck,
                      public testing::WithParamInterface<std::tuple<InterpreterKind, Cause>> {
 protected:
  HostingCauses() { interpreter_ = std::get<0>(GetParam()); }
};

}  // namespace

TEST_P(HostingCauses, AreTheReasonThatSubscribersHear) {
  const Cause& cause = std::get<1>(GetParam());
  About({.rule = "SHUT-5",
         .title = fmt::format("shutdown_reason of a process with {}", cause.options),
         .expected = std::string(cause.reason),
         .mode = fmt::format("daemon/{}", Name(interpreter_))});
  const bool is_of_six = cause.reason == "deadlock_timeout" || cause.reason == "script_reload";
  if (is_of_six) hosts_under_test::EndIfModWsgiIsOlderThan(6);
  const bool is_startup = cause.reason == "startup_timeout";
  if (is_startup) (void)Need(stage().Write("broken", ""));
  ServeHearer(cause.options);
  WillCrash();
  // mod_wsgi before 6.0 looks once in a second.
  const std::string_view seconds = hosts_under_test::IsEngineChosen() ? "1.6" : "2.6";
  (void)Get(fmt::format("/subject/{}?{}", cause.path, seconds));
  if (cause.reason == "script_reload") {
    const timespec times[] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, stage().path("subject.wsgi").c_str(), times, 0), 0);
    EXPECT_EQ(Get("/subject"), 200);
  }
  const std::string line = fmt::format("process_stopping {}\n", cause.reason);
  EXPECT_TRUE(Eventually([&] { return Heard().find(line) != std::string::npos; }, Soon()))
      << Heard();
  Found(Heard());
}

INSTANTIATE_TEST_SUITE_P(
    Hosting,
    HostingCauses,
    testing::Combine(
        kInterpreters,
        testing::Values(Cause{"request_timeout", "threads=1 request-timeout=1", "sleep"},
                        Cause{"startup_timeout", "threads=1 startup-timeout=1", ""},
                        Cause{"deadlock_timeout", "threads=1 deadlock-timeout=1", "gil"},
                        Cause{"script_reload", "threads=1", ""})),
    [](const auto& parameter) {
      return fmt::format(
          "{}_{}", std::get<1>(parameter.param).reason, Name(std::get<0>(parameter.param)));
    });

TEST_P(HostingInterrupted, AnInterruptedRequestIsFinishedAndNoException) {
  About({.rule = "DAEMON-36",
         .title = "request-timeout=1 interrupt-timeout=10, an endless loop: what subscribers hear",
         .expected = "request_started, request_finished, and no request_exception",
         .mode = fmt::format("daemon/{}", Name(GetParam()))});
  ServeHearer("threads=1 request-timeout=1 interrupt-timeout=10");
  EXPECT_EQ(Get("/subject"), 200);
  EXPECT_TRUE(
      Eventually([&] { return Heard().find("request_finished") != std::string::npos; }, Soon()));
  stage().Remove("heard");
  const int status = Get("/subject/loop");
  EXPECT_TRUE(
      Eventually([&] { return Heard().find("request_finished") != std::string::npos; }, Soon()));
  Found(fmt::format("{}: {}", status, Heard()));
  EXPECT_EQ(status, 504);
  EXPECT_EQ(Heard(), "request_started \nrequest_finished \n");
}

// DAEMON-35: overdue after s * (1 + ln(threads)); before 6.0 it would be s * threads with one request.
TEST_P(HostingEnds, RequestTimeoutGrowsWithTheLogarithmOfTheThreads) {
  About({.rule = "DAEMON-35",
         .title =
             "request-timeout=1 with 1, 2, 4 and 8 threads, a stuck request in each group; and "
             "one of 1.9 s with 4 threads",
         .expected = "502 after 1.0, 1.7, 2.4, 3.1 s and the shutdown-timeout of 1 s; 200",
         .mode = ModeName()});
  hosts_under_test::EndIfModWsgiIsOlderThan(6);
  WillCrash();
  constexpr int kThreads[] = {1, 2, 4, 8};
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  std::string configuration = "ThreadsPerChild 8\n";
  const auto add = [&configuration](std::string_view name, int threads) {
    configuration += fmt::format(
        "WSGIDaemonProcess {0} threads={1} request-timeout=1 shutdown-timeout=1\n"
        "WSGIScriptAlias /{0} {{stage}}/subject.wsgi process-group={0} {2}\n",
        name,
        threads,
        InInterpreter());
  };
  for (const int threads : kThreads)
    add(fmt::format("with{}", threads), threads);
  add("patient", 4);
  Serve(configuration);
  const auto begin = [this](const std::string& path, const std::string& python) {
    return std::async(std::launch::async, [port = host().port(), path, python] {
      client::HttpClient client(port, std::chrono::seconds(20));  // eight threads make it five
      const auto begun = Clock::now();
      Outcome outcome;
      outcome.answer = client.Post(path, python);
      outcome.seconds = SecondsSince(begun);
      return outcome;
    });
  };
  auto patient = begin("/patient", "import time; time.sleep(1.9); result = 1");
  std::vector<std::future<Outcome>> stuck;
  for (const int threads : kThreads)
    stuck.push_back(begin(fmt::format("/with{}", threads), "wait_for(lambda: False, 20)"));
  std::vector<double> seconds;
  for (size_t i = 0; i < stuck.size(); ++i) {
    const Outcome outcome = stuck[i].get();
    seconds.push_back(outcome.seconds);
    EXPECT_EQ(outcome.status(), StatusOfADeath());
    const double overdue = 1 + std::log(kThreads[i]);
    EXPECT_GT(outcome.seconds, overdue + 0.9) << kThreads[i] << " threads";
  }
  const int of_patient = patient.get().status();
  Found(fmt::format("{:.2f} s; {}", fmt::join(seconds, ", "), of_patient));
  EXPECT_EQ(of_patient, 200);
  EXPECT_LT(seconds.back(), 8.9) << "the ages of all requests by the number of threads: before 6.0";
}

TEST_P(HostingEnds, WithoutGracefulTimeoutMaximumRequestsEndsAtOnce) {
  About(
      {.rule = "DAEMON-31",
       .title = "maximum-requests=1 graceful-timeout=0 is reached while another request is inside",
       .expected = "the process begins with nothing more; the one inside is answered",
       .mode = ModeName()});
  ServeSubject("threads=3 maximum-requests=1 graceful-timeout=0");
  auto held = Begin(Held("a"));
  ASSERT_TRUE(IsInside("a"));
  const pid_t first = Pid();
  EXPECT_TRUE(IsLogged(WordsOfEnd("maximum_requests")));
  auto next = Begin("result = 1");  // which waits for another process
  Release("a");
  const Outcome outcome = held.get();
  const Outcome of_next = next.get();
  ASSERT_EQ(of_next.status(), 200);
  const pid_t second = Need(hosts_under_test::ParseProbeAnswer(*of_next.answer)).pid;
  const bool has_drained = host().Log().find(WordsOfDrain("maximum_requests")) != std::string::npos;
  Found(fmt::format("{} process for the next, {} for the one inside",
                    first == second ? "the same" : "another",
                    outcome.status()));
  EXPECT_NE(first, second);
  EXPECT_FALSE(has_drained);
  EXPECT_EQ(outcome.status(), 200);
}

TEST_P(HostingEnds, WithoutGracefulTimeoutSigusrWaitsWithoutADeadline) {
  About({.rule = "DAEMON-39",
         .title = "graceful-timeout=0 shutdown-timeout=1, SIGUSR1 with a request of 1.5 s inside",
         .expected = "the process serves until it is answered",
         .mode = ModeName()});
  ServeSubject("threads=3 graceful-timeout=0 shutdown-timeout=1");
  ExpectToServeUntilAnswered(SIGUSR1, "graceful_signal", std::chrono::milliseconds(1500));
}

// The control's group has the same option and a script that never loads: when it has been replaced, the time is over.
TEST_P(HostingEnds, AScriptThatWasPreloadedStartsNoStartupTimeout) {
  About({.rule = "DAEMON-38",
         .title = "startup-timeout=1: a preloaded script, before and after its first request",
         .expected = "its process stays; that of a script which does not load is replaced",
         .mode = ModeName("/preload")});
  (void)Need(stage().Copy("probe.wsgi", "control.wsgi"));
  (void)Need(stage().Write("control.broken", ""));
  ServeSubject("threads=2 startup-timeout=1",
               "WSGIDaemonProcess two threads=2 startup-timeout=1\n"
               "<Location /control>\nWSGIProcessGroup two\n</Location>\nWSGIScriptAlias /control "
               "{stage}/control.wsgi\n");
  const pid_t before = Pid();
  auto client = host().NewClient();
  EXPECT_EQ(Need(client.Get("/control")).status, 500);
  EXPECT_TRUE(IsLogged(WordsOfEnd("startup_timeout")));
  const pid_t after = Pid();
  const auto loads = EventsOn(stage(), "import", "subject").size();
  Found(fmt::format(
      "{} process, loaded {} time(s)", after == before ? "the same" : "another", loads));
  EXPECT_EQ(after, before);
  EXPECT_EQ(loads, 1U);
}

TEST_F(HostingEndsOfSub, AThreadOfASubInterpreterHoldsNothingUp) {
  About({.rule = "SHUT-4",
         .title = "shutdown-timeout=15, SIGTERM with an endless thread, no daemon, of a "
                  "sub-interpreter",
         .expected = "the process ends by itself, with exit code 0, and the thread is cut off",
         .mode = "daemon/sub"});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve("WSGIDaemonProcess one threads=2 shutdown-timeout=15\n" +
        Alias("subject", "process-group=one application-group=sub"));
  auto client = host().NewClient();
  const pid_t before =
      Need(Execute(client,
                   "/subject",
                   "import threading\n"
                   "STATE['event'] = threading.Event()\n"
                   "threading.Thread(target=STATE['event'].wait, daemon=False).start()"))
          .pid;
  ASSERT_EQ(::kill(before, SIGTERM), 0);
  EXPECT_TRUE(HasEnded(before));
  // mod_wsgi's log is not to be relied on for exit codes (LOG-9).
  const bool is_by_itself = hosts_under_test::IsEngineChosen()
                                ? IsLogged(fmt::format("with pid {} ended: exit code 0", before))
                                : host().Log().find(WordsOfAbort()) == std::string::npos;
  Found(is_by_itself ? "by itself" : "another end");
  EXPECT_TRUE(is_by_itself) << host().Log();
}

INSTANTIATE_TEST_SUITE_P(Hosting, HostingEnds, kInterpreters, NameOfInterpreter);
INSTANTIATE_TEST_SUITE_P(Hosting, HostingInterrupted, kInterpreters, NameOfInterpreter);

}  // namespace suites::hosting
