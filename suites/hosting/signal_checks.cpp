// HostingSignals: what signals do to a daemon process and to the requests inside it.
// DAEMON-39 to -41, -60 to -67, SHUT-2, SHUT-4.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string.h>

#include <algorithm>
#include <vector>

#include "suites/client/raw_connection.h"
#include "suites/hosting/configured.h"
#include "suites/hosting/lifetime.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/host_words.h"
#include "suites/hosts_under_test/repeatedly.h"

namespace suites::hosting {

using hosts::base::Clock;
using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::StatusOfADeath;
using hosts_under_test::Where;
using hosts_under_test::WordsOf;
using hosts_under_test::WordsOfAbort;
using hosts_under_test::WordsOfEnd;

namespace {

// A thread of mod_wsgi may not yet have left the request that it has just answered: then its process waits for it.
std::string WordsOfIdleEnd(std::string_view reason) {
  return hosts_under_test::IsEngineChosen() ? WordsOfEnd(reason) : WordsOf(reason);
}

class HostingSignals : public LifetimeCheckIn {};
class HostingSignalsOfMain : public LifetimeCheck {};

struct Harmless {
  std::string_view name;
  int number = 0;
  std::string_view rule;
};
void PrintTo(const Harmless& signal, std::ostream* out) {
  *out << signal.name;
}
class HostingSignalsThatEndNothing : public LifetimeCheck,
                                     public testing::WithParamInterface<Harmless> {};
class HostingSignalsThatEnd : public LifetimeCheck, public testing::WithParamInterface<int> {};

}  // namespace

TEST_P(HostingSignals, SigusrEndsAnIdleProcess) {
  About({.rule = "DAEMON-61",
         .title = "SIGUSR1 to a daemon process without requests",
         .expected = "another process for the next request",
         .mode = ModeName()});
  ServeSubject("threads=2");
  const pid_t before = Pid();
  ASSERT_EQ(::kill(before, SIGUSR1), 0);
  const pid_t after = PidAfter(before);
  Found(after == before ? "the same" : "another process");
  EXPECT_TRUE(IsLogged(WordsOfIdleEnd("graceful_signal")));
}

TEST_P(HostingSignals, SigusrGivesRequestsTheGracefulTimeout) {
  About({.rule = "DAEMON-39",
         .title = "graceful-timeout=1 shutdown-timeout=1, SIGUSR1 with a request that does not end",
         .expected = "the process serves meanwhile, and is gone after about 2 s; 502",
         .mode = ModeName()});
  ServeSubject("threads=2 graceful-timeout=1 shutdown-timeout=1");
  WillCrash();
  auto stuck = Begin(Held("for_ever"));
  ASSERT_TRUE(IsInside("for_ever"));
  const pid_t before = Pid();
  const auto begun = Clock::now();
  ASSERT_EQ(::kill(before, SIGUSR1), 0);
  const pid_t during = Pid();
  const Outcome outcome = stuck.get();
  const double seconds = SecondsSince(begun);
  Found(fmt::format("{} process meanwhile; {} after {:.2f} s",
                    during == before ? "the same" : "another",
                    outcome.status(),
                    seconds));
  EXPECT_EQ(during, before);
  EXPECT_EQ(outcome.status(), StatusOfADeath());
  EXPECT_GT(seconds, 1.9);
  EXPECT_LT(seconds, 10);
  EXPECT_NE(PidAfter(before), before);
}

TEST_P(HostingSignals, SigusrHasAnEvictionTimeoutOfItsOwn) {
  About({.rule = "DAEMON-40",
         .title = "eviction-timeout=30 graceful-timeout=1, SIGUSR1 with a request of 2 s",
         .expected = "the request is answered",
         .mode = ModeName()});
  ServeSubject("threads=2 graceful-timeout=1 eviction-timeout=30");
  ExpectToServeUntilAnswered(SIGUSR1, "eviction_signal", std::chrono::milliseconds(1500));
}

TEST_P(HostingSignalsThatEnd, LetRequestsFinish) {
  About({.rule = "DAEMON-60",
         .title = fmt::format("SIG{} to a daemon process with a request inside, and another "
                              "request after it",
                              ::sigabbrev_np(GetParam())),
         .expected = "200 by the old process, 200 by the next one",
         .mode = "daemon/main"});
  ServeSubject("threads=3");
  auto inside = Begin(Held("a"));
  ASSERT_TRUE(IsInside("a"));
  const pid_t before = Pid();
  ASSERT_EQ(::kill(before, GetParam()), 0);
  ASSERT_TRUE(IsLogged(WordsOfEnd("shutdown_signal")));
  auto later = Begin("import os; result = os.getpid()");  // SHUT-2
  Release("a");
  const Outcome first = inside.get();
  const Outcome second = later.get();
  ASSERT_EQ(second.status(), 200);
  pid_t after = Need(hosts_under_test::ParseProbeAnswer(*second.answer)).pid;
  // Between the words of its end and the end of its taking requests there may be one; not when the first has been answered.
  if (after == before) after = Pid();
  Found(fmt::format("{}, and {} by {}",
                    first.status(),
                    second.status(),
                    after == before ? "the same" : "the next"));
  EXPECT_EQ(first.status(), 200);
  EXPECT_NE(after, before);
}
INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingSignalsThatEnd,
                         testing::Values(SIGTERM, SIGINT),
                         [](const auto& parameter) {
                           return std::string(::sigabbrev_np(parameter.param));
                         });

TEST_P(HostingSignals, WhoWaitsIsServedByTheNextProcess) {
  About({.rule = "SHUT-2",
         .title = "threads=1, SIGTERM with a request inside and five that wait",
         .expected = "200 for all, those that waited by the next process",
         .mode = ModeName()});
  (void)Need(stage().Copy("probe.wsgi", "witness.wsgi"));
  ServeSubject("threads=1", "StartServers 1\n" + Alias("witness", "process-group=%{GLOBAL}"));
  const pid_t before = Pid();
  auto inside = Begin(Held("a"));
  ASSERT_TRUE(IsInside("a"));
  constexpr std::string_view kWho = "import os; result = os.getpid()";
  std::vector<client::RawConnection> waiting;
  for (int i = 0; i < 5; ++i) {
    waiting.push_back(Need(client::RawConnection::Open(host().port())));
    Need(waiting.back().Send(
        fmt::format("POST /subject HTTP/1.1\r\nHost: check.example\r\nContent-Length: {}\r\n\r\n{}",
                    kWho.size(),
                    kWho)));
  }
  auto client = host().NewClient();
  (void)Need(Where(client, "/witness"));  // what came before is with the process
  ASSERT_EQ(::kill(before, SIGTERM), 0);
  ASSERT_TRUE(IsLogged(WordsOfEnd("shutdown_signal")));
  Release("a");
  EXPECT_EQ(inside.get().status(), 200);
  int answered = 0;
  for (auto& connection : waiting) {
    const client::Answer answer = Need(connection.ReadAnswer(Soon()));
    if (answer.status != 200) continue;
    ++answered;
    EXPECT_NE(Need(hosts_under_test::ParseProbeAnswer(answer)).pid, before);
  }
  Found(fmt::format("{} of 5", answered));
  EXPECT_EQ(answered, 5);
}

TEST_P(HostingSignals, ShutdownTimeoutIsTheEnd) {
  About({.rule = "DAEMON-41",
         .title = "shutdown-timeout=1, SIGTERM with a request that does not end",
         .expected = "502 after about a second",
         .mode = ModeName()});
  ServeSubject("threads=2 shutdown-timeout=1");
  WillCrash();
  auto stuck = Begin(Held("for_ever"));
  ASSERT_TRUE(IsInside("for_ever"));
  const pid_t before = Pid();
  const auto begun = Clock::now();
  ASSERT_EQ(::kill(before, SIGTERM), 0);
  const Outcome outcome = stuck.get();
  const double seconds = SecondsSince(begun);
  Found(fmt::format("{} after {:.2f} s", outcome.status(), seconds));
  EXPECT_EQ(outcome.status(), StatusOfADeath());
  EXPECT_GT(seconds, 0.9);
  EXPECT_LT(seconds, 4);  // the default is 5
  EXPECT_NE(PidAfter(before), before);
  EXPECT_TRUE(IsLogged(WordsOfAbort()));
}

TEST_F(HostingSignalsOfMain, AThreadThatDoesNotEndHoldsUpTheEndUntilShutdownTimeout) {
  About({.rule = "SHUT-4",
         .title = "shutdown-timeout=1, SIGTERM with an endless thread that is no daemon",
         .expected = "the process is gone after about a second, with exit code 255",
         .mode = "daemon/main"});
  ServeSubject("threads=2 shutdown-timeout=1");
  WillCrash();
  auto client = host().NewClient();
  const pid_t before =
      Need(Execute(client,
                   "/subject",
                   "import threading\n"
                   "STATE['event'] = threading.Event()\n"
                   "threading.Thread(target=STATE['event'].wait, daemon=False).start()"))
          .pid;
  const auto begun = Clock::now();
  ASSERT_EQ(::kill(before, SIGTERM), 0);
  EXPECT_TRUE(HasEnded(before));
  const double seconds = SecondsSince(begun);
  Found(fmt::format("gone after {:.2f} s", seconds));
  EXPECT_GT(seconds, 0.9);
  EXPECT_LT(seconds, 4);
  EXPECT_TRUE(IsLogged(WordsOfAbort()));
}

TEST_P(HostingSignalsThatEndNothing, LeaveTheProcessAsItIs) {
  const Harmless& signal = GetParam();
  About({.rule = signal.rule,
         .title = fmt::format("{} to a daemon process with a request inside, and to an idle one",
                              signal.name),
         .expected = "the request is answered, the same process serves",
         .mode = "daemon/main"});
  if (signal.rule != "DAEMON-66") hosts_under_test::EndIfModWsgiIsOlderThan(6);  // it dies of it
  ServeSubject("threads=2");
  auto held = Begin(Held("a"));
  ASSERT_TRUE(IsInside("a"));
  const pid_t before = Pid();
  ASSERT_EQ(::kill(before, signal.number), 0);
  EXPECT_EQ(Pid(), before);
  Release("a");
  const Outcome outcome = held.get();
  ASSERT_EQ(::kill(before, signal.number), 0);
  // Who has been told to end may answer a few more.
  constexpr int kUntilItHasEnded = 200;
  pid_t after = before;
  for (int asked = 0; asked < kUntilItHasEnded && after == before; ++asked)
    after = Pid();
  Found(fmt::format("{}, {} process", outcome.status(), after == before ? "the same" : "another"));
  EXPECT_EQ(outcome.status(), 200);
  EXPECT_EQ(after, before);
}
INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingSignalsThatEndNothing,
                         testing::Values(Harmless{"SIGHUP", SIGHUP, "DAEMON-63"},
                                         Harmless{"SIGUSR2", SIGUSR2, "DAEMON-64"},
                                         Harmless{"SIGWINCH", SIGWINCH, "DAEMON-66"},
                                         Harmless{"SIGPIPE", SIGPIPE, "DAEMON-66"}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

class HostingSignalsToTheServer : public hosts_under_test::Check,
                                  public testing::WithParamInterface<Harmless> {
 protected:
  HostingSignalsToTheServer() : Check("hosting") {}
};

// It once ended by SIGUSR2, with all its connections.
TEST_P(HostingSignalsToTheServer, AreDiscarded) {
  const Harmless signal = GetParam();
  About({.rule = "API-3",
         .title = fmt::format("{} to a process of the server, with subscribers in it", signal.name),
         .expected = "it serves on, nobody hears of it, and the log of the engine says so",
         .mode = "embedded/main"});
  hosts_under_test::EndIfModWsgiIsOlderThan(6);
  (void)Need(stage().Write("subject.wsgi", R"(
import mod_wsgi, os
HEARD = []
mod_wsgi.subscribe_signals(lambda name, **payload: HEARD.append(name))
mod_wsgi.subscribe_events(lambda name, **payload: HEARD.append(name))
def application(environ, start_response):
    text = '%d %s' % (os.getpid(), 'process_signal' in HEARD)
    start_response('200 OK', [('Content-Length', str(len(text)))])
    return [text.encode()]
)"));
  Serve("StartServers 1\n" + Alias("subject", "application-group=%{GLOBAL}"));
  auto client = host().NewClient();
  const std::string before = Need(client.Get("/subject")).body;
  ASSERT_EQ(::kill(std::stoi(before), signal.number), 0);
  const bool is_told =
      !hosts_under_test::IsEngineChosen() ||
      Eventually([this] { return host().Log().find(" info H0119 ") != std::string::npos; }, Soon());
  const std::string after = Need(client.Get("/subject")).body;
  Found(fmt::format("{}, {}", after, is_told ? "told" : "not told"));
  EXPECT_TRUE(is_told);
  EXPECT_EQ(after, before);
  EXPECT_TRUE(after.ends_with(" False")) << after;
}
INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingSignalsToTheServer,
                         testing::Values(Harmless{"SIGHUP", SIGHUP, "API-3"},
                                         Harmless{"SIGUSR2", SIGUSR2, "API-3"}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(HostingSignals, SigxcpuEndsAnIdleProcess) {
  About({.rule = "DAEMON-62",
         .title = "SIGXCPU to a daemon process without requests",
         .expected = "another process for the next request",
         .mode = ModeName()});
  ServeSubject("threads=2");
  const pid_t before = Pid();
  ASSERT_EQ(::kill(before, SIGXCPU), 0);
  EXPECT_TRUE(IsLogged(WordsOfIdleEnd("cpu_time_limit")));
  const pid_t after = PidAfter(before);
  Found(after == before ? "the same" : "another process");
}

TEST_P(HostingSignals, SigxcpuWaitsForWhoIsInside) {
  About({.rule = "DAEMON-62",
         .title = "SIGXCPU to a daemon process with a request inside",
         .expected = "it serves until that is answered, then another process",
         .mode = ModeName()});
  ServeSubject("threads=2");
  ExpectToServeUntilAnswered(SIGXCPU, "cpu_time_limit");
}

TEST_P(HostingSignals, OnlyTheFirstSigusrCounts) {
  About({.rule = "DAEMON-61",
         .title = "graceful-timeout=1 shutdown-timeout=1, SIGUSR1 again and again with a request "
                  "that does not end",
         .expected = "the process is gone in spite of that; 502",
         .mode = ModeName()});
  ServeSubject("threads=2 graceful-timeout=1 shutdown-timeout=1");
  WillCrash();
  auto stuck = Begin(Held("for_ever"));
  ASSERT_TRUE(IsInside("for_ever"));
  const pid_t before = Pid();
  const auto begun = Clock::now();
  const hosts_under_test::Repeatedly again(std::chrono::milliseconds(100),
                                           [before] { ::kill(before, SIGUSR1); });
  const Outcome outcome = stuck.get();
  Found(fmt::format("{} after {:.2f} s", outcome.status(), SecondsSince(begun)));
  EXPECT_EQ(outcome.status(), StatusOfADeath());
  EXPECT_TRUE(IsLogged(WordsOfAbort()));
}

TEST_P(HostingSignals, AKilledProcessIsReplaced) {
  About({.rule = "DAEMON-65",
         .title = "SIGKILL to an idle daemon process",
         .expected = "another process for the next request",
         .mode = ModeName()});
  ServeSubject("threads=2");
  WillCrash();
  const pid_t before = Pid();
  ASSERT_EQ(::kill(before, SIGKILL), 0);
  EXPECT_TRUE(HasEnded(before));
  const pid_t after = Pid();
  Found(after == before ? "the same" : "another process");
  EXPECT_NE(after, before);
}

// Python forks in its main interpreter only.
TEST_F(HostingSignalsOfMain, AForkedChildIsEndedBySignalsAndItsParentIsNot) {
  if (hosts_under_test::IsHostSanitizedForThreads()) {
    GTEST_SKIP()
        << "a child of a process with threads hangs in ThreadSanitizer when a signal comes";
  }
  About({.rule = "DAEMON-67",
         .title = "SIGTERM to a child that the application forked",
         .expected = "the child ends, the daemon process serves on",
         .mode = "daemon/main"});
  ServeSubject("threads=2");
  auto client = host().NewClient();
  const ProbeAnswer forked = Need(Execute(client,
                                          "/subject",
                                          "import os, signal, time\n"
                                          "reader, writer = os.pipe()\n"
                                          "child = os.fork()\n"
                                          "if child == 0:\n"
                                          "    os.write(writer, b'x')\n"
                                          "    while True: time.sleep(0.01)\n"
                                          "os.read(reader, 1)\n"  // it is no longer inside fork()
                                          "os.kill(child, signal.SIGTERM)\n"
                                          "result = os.waitpid(child, 0)[0] == child\n"));
  pid_t after = Pid();
  for (int i = 0; i < 20 && after == forked.pid; ++i)
    after = Pid();  // who was told to end does so in a moment
  Found(fmt::format("the child ended: {}; {} process serves",
                    forked.result,
                    after == forked.pid ? "the same" : "another"));
  EXPECT_EQ(forked.result, "true");
  EXPECT_EQ(after, forked.pid);
}

INSTANTIATE_TEST_SUITE_P(Hosting, HostingSignals, kInterpreters, NameOfInterpreter);

}  // namespace suites::hosting
