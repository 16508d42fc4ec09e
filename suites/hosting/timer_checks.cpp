// HostingTimers: what ends a daemon process by itself, whom that costs an answer, and when.
// DAEMON-4, -30 to -38, -44, -46, ERR-28.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

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
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::StatusOfADeath;
using hosts_under_test::Where;
using hosts_under_test::WordsOf;
using hosts_under_test::WordsOfDrain;
using hosts_under_test::WordsOfEnd;
using hosts_under_test::WordsOfQueueTimeout;

namespace {

class HostingTimers : public LifetimeCheckIn {
 protected:
  // The probe, loaded by its first request, with startup-timeout=1; it is `broken` or on `hold` while there
  // is a file of that name.
  void ServeLate(std::string_view how) {
    (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
    (void)Need(stage().Write(fmt::format("subject.{}", how), ""));
    Serve("WSGIDaemonProcess one threads=2 startup-timeout=1\nWSGIProcessGroup one\n" +
          InterpreterDirective() + Alias("subject"));
  }
};

}  // namespace

TEST_P(HostingTimers, AProcessIsReplacedAfterMaximumRequests) {
  constexpr int kEach = 5;
  constexpr int kProcesses = 4;
  About({.rule = "DAEMON-31",
         .title = "maximum-requests=5, requests one after the other",
         .expected = "another process exactly every 5, no failed request",
         .mode = ModeName()});
  // A second thread of mod_wsgi may take a request while the first one counts its own.
  const int threads = hosts_under_test::IsEngineChosen() ? 2 : 1;
  ServeSubject(fmt::format("threads={} maximum-requests={}", threads, kEach));
  auto client = host().NewClient();
  std::vector<int> runs;
  pid_t last = 0;
  for (int request = 0; request < kEach * kProcesses; ++request) {
    const pid_t pid = Need(Where(client, "/subject")).pid;
    if (pid != last) runs.push_back(0);
    ++runs.back();
    last = pid;
  }
  Found(fmt::format("requests of each process: {}", fmt::join(runs, " ")));
  EXPECT_EQ(runs, std::vector<int>(kProcesses, kEach));
  EXPECT_TRUE(IsLogged(WordsOfEnd("maximum_requests")));
}

TEST_P(HostingTimers, AProcessThatEndsAfterEachRequestIsReplacedAtOnce) {
  constexpr size_t kRequests = 15;
  About({.rule = "DAEMON-4",
         .title = "maximum-requests=1: processes that end in order are replaced without waiting "
                  "longer each time",
         .expected = "15 requests, 15 processes",
         .mode = ModeName()});
  ServeSubject("threads=1 maximum-requests=1");
  auto client = host().NewClient();
  std::set<pid_t> pids;
  const auto begun = Clock::now();
  for (size_t request = 0; request < kRequests; ++request)
    pids.insert(Need(Where(client, "/subject")).pid);
  Found(fmt::format("{} requests, {} processes", kRequests, pids.size()),
        fmt::format("{:.1f} s", SecondsSince(begun)));
  EXPECT_EQ(pids.size(), kRequests);
}

TEST_P(HostingTimers, MaximumRequestsLeavesTheOthersTime) {
  About({.rule = "DAEMON-31",
         .title = "maximum-requests=1 is reached while another request is inside",
         .expected = "the other is answered by its process, which goes on serving until then",
         .mode = ModeName()});
  ServeSubject("threads=3 maximum-requests=1");
  auto held = Begin(Held("a"));
  ASSERT_TRUE(IsInside("a"));
  const pid_t first = Pid();
  const pid_t second = Pid();
  Release("a");
  const Outcome outcome = held.get();
  const pid_t after = PidAfter(first);
  Found(fmt::format("{} for the one inside; meanwhile process {}, then {}",
                    outcome.status(),
                    first == second ? "the same" : "another",
                    after == first ? "the same" : "another"));
  EXPECT_EQ(outcome.status(), 200);
  EXPECT_EQ(first, second);
}

TEST_P(HostingTimers, AProcessIsReplacedAfterRestartInterval) {
  About({.rule = "DAEMON-32",
         .title = "restart-interval=1 in a group that nobody uses",
         .expected = "a new process about every second",
         .mode = ModeName("/preload")});
  const double begun = hosts_under_test::Now();
  ServeSubject("threads=2 restart-interval=1");
  ASSERT_TRUE(Eventually([&] { return EventsOn(stage(), "import").size() >= 3; }, Soon()));
  const auto starts = EventsOn(stage(), "import");
  // Of all together: how long a process takes to its import differs.
  const double seconds = starts[2].at - begun;
  Found(fmt::format("the third process after {:.2f} s", seconds));
  EXPECT_GT(seconds, 2.0);
}

TEST_P(HostingTimers, RestartIntervalWaitsForWhoIsInside) {
  About({.rule = "DAEMON-32",
         .title = "restart-interval=1 passes while a request is inside",
         .expected = "it is answered by its process, which is then replaced",
         .mode = ModeName()});
  ServeSubject("threads=2 restart-interval=1");
  auto held = Begin(Held("a"));
  ASSERT_TRUE(IsInside("a"));
  ASSERT_TRUE(IsLogged(WordsOfDrain("restart_interval")));
  const pid_t during = Pid();
  Release("a");
  const Outcome outcome = held.get();
  EXPECT_EQ(outcome.status(), 200);
  const pid_t after = PidAfter(during);
  EXPECT_NE(after, during);
  Found(fmt::format("{}, then {}", outcome.status(), after == during ? "the same" : "another"));
}

TEST_P(HostingTimers, AProcessIsReplacedAfterItsProcessorTime) {
  About({.rule = "DAEMON-33",
         .title = "cpu-time-limit=1, a request that computes for longer",
         .expected = "limits 1 and 1 + 1 + 5 s; 200, then another process",
         .mode = ModeName()});
  ServeSubject("threads=2 cpu-time-limit=1");
  auto client = host().NewClient();
  const ProbeAnswer before = Need(Execute(client,
                                          "/subject",
                                          "import resource, time\n"
                                          "result = resource.getrlimit(resource.RLIMIT_CPU)\n"
                                          "while time.process_time() < 1.2: pass\n"));
  const pid_t after = PidAfter(before.pid);
  Found(fmt::format(
      "limits {}; {} process", before.result, after == before.pid ? "same" : "another"));
  EXPECT_EQ(before.result, "[1,7]");
  EXPECT_TRUE(IsLogged(WordsOf("cpu_time_limit")));
}

TEST_P(HostingTimers, AnIdleProcessIsReplacedAfterInactivityTimeout) {
  About({.rule = "DAEMON-34",
         .title = "inactivity-timeout=1: a group that was used once, and one that never was",
         .expected = "the first gets a new process after a second, the other keeps its own",
         .mode = ModeName("/preload")});
  (void)Need(stage().Copy("probe.wsgi", "unused.wsgi"));
  ServeSubject("threads=2 inactivity-timeout=1",
               "WSGIDaemonProcess two threads=2 inactivity-timeout=1\n" +
                   Alias("unused", fmt::format("process-group=two {}", InInterpreter())));
  const double last = hosts_under_test::Now();
  const pid_t before = Pid();
  ASSERT_TRUE(
      Eventually([&] { return EventsOn(stage(), "import", "subject").size() == 2; }, Soon()));
  const double waited = EventsOn(stage(), "import", "subject").back().at - last;
  const auto unused = EventsOn(stage(), "import", "unused").size();
  Found(fmt::format(
      "replaced {:.2f} s after the request; the other was started {} time(s)", waited, unused));
  EXPECT_NE(EventsOn(stage(), "import", "subject").back().pid, before);
  EXPECT_GT(waited, 0.9);
  EXPECT_EQ(unused, 1U);
}

// Reading its body is activity: the request lasts for longer than the timeout, and so does the next.
TEST_P(HostingTimers, ARequestThatIsInsideIsNoInactivity) {
  About({.rule = "DAEMON-34",
         .title = "inactivity-timeout=1, a request that takes longer",
         .expected = "200, by the process that the next request gets, too",
         .mode = ModeName()});
  ServeSubject("threads=2 inactivity-timeout=1");
  auto held = Begin(
      "import os, time\n"
      "begun = time.monotonic()\n"
      "wait_for(lambda: time.monotonic() > begun + 1.5)\n"
      "result = os.getpid()");
  const Outcome outcome = held.get();
  ASSERT_EQ(outcome.status(), 200);
  const auto answer = Need(hosts_under_test::ParseProbeAnswer(*outcome.answer));
  const pid_t next = Pid();
  Found(fmt::format("{} after {:.1f} s; then the {} process",
                    outcome.status(),
                    outcome.seconds,
                    next == answer.pid ? "same" : "next"));
  EXPECT_EQ(next, answer.pid);
}

TEST_P(HostingTimers, RequestsMayBeNoActivity) {
  About(
      {.rule = "CFG-24",
       .title =
           "inactivity-timeout=1 WSGIIgnoreActivity On for /probe, which is asked again and again",
       .expected = "the process is replaced a second after the last other request",
       .mode = ModeName("/preload")});
  (void)Need(stage().Copy("probe.wsgi", "probe.wsgi"));
  ServeSubject("threads=2 inactivity-timeout=1",
               "<Location /probe>\nWSGIIgnoreActivity On\n</Location>\n" +
                   Alias("probe", fmt::format("process-group=one {}", InInterpreter())));
  auto client = host().NewClient();
  const pid_t before = Need(Where(client, "/probe")).pid;
  const auto asked_alone = Clock::now();
  while (SecondsSince(asked_alone) < 1.2)
    EXPECT_EQ(Need(Where(client, "/probe")).pid, before) << "nothing has begun the clock";
  const auto last = Clock::now();
  EXPECT_EQ(Pid(), before);
  EXPECT_TRUE(Eventually([&] { return Need(Where(client, "/probe")).pid != before; }, Soon()));
  Found(fmt::format("replaced after {:.2f} s", SecondsSince(last)));
  EXPECT_GT(SecondsSince(last), 0.9);
}

TEST_P(HostingTimers, AStuckRequestEndsItsProcess) {
  About({.rule = "DAEMON-35",
         .title = "request-timeout=1 shutdown-timeout=1 threads=1, a request that does not end",
         .expected = "502 after about 2 s, another process for the next",
         .mode = ModeName()});
  ServeSubject("threads=1 request-timeout=1 shutdown-timeout=1");
  WillCrash();  // it ends by force
  const pid_t before = Pid();
  const Outcome outcome = Begin(Held("for_ever")).get();
  const pid_t after = PidAfter(before);
  Found(fmt::format("{} after {:.2f} s, {} process for the next",
                    outcome.status(),
                    outcome.seconds,
                    after == before ? "the same" : "another"));
  EXPECT_EQ(outcome.status(), StatusOfADeath());
  EXPECT_GT(outcome.seconds, 1.9);
  EXPECT_LT(outcome.seconds, 10);
  EXPECT_TRUE(IsLogged(WordsOfEnd("request_timeout")));
}

TEST_P(HostingTimers, AYoungRequestBesideAStuckOneIsAnswered) {
  About({.rule = "DAEMON-35",
         .title =
             "request-timeout=1 threads=2: a young request is inside when a stuck one is overdue",
         .expected = "the young one is answered 200 by that process, the stuck one 502",
         .mode = ModeName()});
  hosts_under_test::EndIfModWsgiIsOlderThan(6);  // which leaves the young one no time
  ServeSubject("threads=2 request-timeout=1 graceful-timeout=10 shutdown-timeout=1");
  WillCrash();
  constexpr std::chrono::seconds kLonger{20};  // than the process may take to its end
  auto stuck = Begin(fmt::format("import os\n"
                                 "open(os.path.join(HERE, 'for_ever.inside'), 'w').close()\n"
                                 "result = wait_for(lambda: False, {})",
                                 kLonger.count()),
                     kLonger);
  ASSERT_TRUE(IsInside("for_ever"));
  const pid_t before = Pid();
  // Young ones one after the other, so that one of them is inside at 1.7 s.
  constexpr std::string_view kYoung =
      "import os, time\n"
      "begun = time.monotonic()\n"
      "wait_for(lambda: time.monotonic() > begun + 0.4)\n"
      "result = os.getpid()";
  int young = 0;
  int answered = 0;
  const auto patience = Soon();
  while (host().Log().find(WordsOf("request_timeout")) == std::string::npos &&
         !patience.has_passed()) {
    ++young;
    if (Begin(std::string(kYoung)).get().status() == 200) ++answered;
  }
  const Outcome outcome = stuck.get();
  Found(fmt::format("{} of {} young ones answered; {} for the stuck one after {:.2f} s",
                    answered,
                    young,
                    outcome.status(),
                    outcome.seconds));
  EXPECT_TRUE(IsLogged(WordsOfDrain("request_timeout")));
  EXPECT_GT(young, 0);
  EXPECT_EQ(answered, young);
  EXPECT_EQ(outcome.status(), StatusOfADeath());
  EXPECT_GT(outcome.seconds, 1.6);  // 1 + ln(2) = 1.69
  EXPECT_NE(PidAfter(before), before);
}

TEST_P(HostingTimers, AProcessThatKeepsTheGilIsReplaced) {
  About({.rule = "DAEMON-37",
         .title = "deadlock-timeout=1 shutdown-timeout=1, an extension that keeps the GIL",
         .expected = "502 after 2 s or more, another process for the next",
         .mode = ModeName()});
  ServeSubject("threads=2 deadlock-timeout=1 shutdown-timeout=1");
  WillCrash();
  const pid_t before = Pid();
  const Outcome outcome = Begin("import ctypes; ctypes.PyDLL(None).sleep(60)").get();
  const pid_t after = PidAfter(before);
  Found(fmt::format("{} after {:.2f} s, {} process for the next",
                    outcome.status(),
                    outcome.seconds,
                    after == before ? "the same" : "another"));
  EXPECT_EQ(outcome.status(), StatusOfADeath());
  EXPECT_LT(outcome.seconds, 15);
  EXPECT_TRUE(IsLogged(WordsOfEnd("deadlock_timeout")));
}

TEST_P(HostingTimers, AProcessWhoseScriptDoesNotLoadIsReplaced) {
  About({.rule = "DAEMON-38",
         .title = "startup-timeout=1, a script that raises",
         .expected = "500 for its client, another process a second after the first request",
         .mode = ModeName()});
  ServeLate("broken");
  auto client = host().NewClient();
  const auto begun = Clock::now();
  EXPECT_EQ(Need(client.Get("/subject")).status, 500);
  EXPECT_TRUE(IsLogged(WordsOfEnd("startup_timeout")));
  const double seconds = SecondsSince(begun);
  const auto first = EventsOn(stage(), "import").front().pid;
  EXPECT_TRUE(HasEnded(first));
  stage().Remove("subject.broken");
  const pid_t after = Pid();
  Found(fmt::format("replaced {:.2f} s after the first request; then it loads", seconds));
  EXPECT_NE(after, first);
  EXPECT_GT(seconds, 0.9);
}

TEST_P(HostingTimers, AScriptThatLoadsSlowlyStillAnswers) {
  About({.rule = "DAEMON-38",
         .title = "startup-timeout=1, a script whose import takes longer",
         .expected = "200, then the process is replaced",
         .mode = ModeName()});
  ServeLate("hold");
  auto slow = Begin("result = 1");
  ASSERT_TRUE(IsLogged(WordsOfEnd("startup_timeout")));
  stage().Remove("subject.hold");
  const Outcome outcome = slow.get();
  ASSERT_EQ(outcome.status(), 200);
  const pid_t before = Need(hosts_under_test::ParseProbeAnswer(*outcome.answer)).pid;
  const pid_t after = PidAfter(before);
  Found(fmt::format(
      "{}, then {} process", outcome.status(), after == before ? "the same" : "another"));
}

TEST_P(HostingTimers, ARequestThatWaitedTooLongIsNotRun) {
  About({.rule = "DAEMON-44",
         .title = "queue-timeout=1 threads=1: a request waits for 1.5 s behind another",
         .expected = "504 when its turn comes, without the application; the first 200",
         .mode = ModeName()});
  ServeSubject("threads=1 queue-timeout=1");
  auto first = Begin(Held("a"));
  ASSERT_TRUE(IsInside("a"));
  const auto begun = Clock::now();
  auto second = Begin(Held("second"));
  ASSERT_TRUE(Eventually([&] { return SecondsSince(begun) > 1.5; }, Soon()));
  Release("a");
  const Outcome of_first = first.get();
  const Outcome of_second = second.get();
  const bool was_run = std::filesystem::exists(stage().path("second.inside"));
  Found(fmt::format("{} after {:.2f} s, {}; the first {}",
                    of_second.status(),
                    of_second.seconds,
                    was_run ? "it was run" : "it was not run",
                    of_first.status()));
  EXPECT_EQ(of_first.status(), 200);
  EXPECT_EQ(of_second.status(), 504);
  EXPECT_FALSE(was_run);
  EXPECT_TRUE(IsLogged(WordsOfQueueTimeout()));
}

// DAEMON-30 says that mod_wsgi's timers are dead without deadlock-timeout and inactivity-timeout. Ours are not.
TEST_P(HostingTimers, TimersWorkWithoutTheDeadlockTimeout) {
  About({.rule = "DAEMON-30",
         .title = "deadlock-timeout=0 restart-interval=1",
         .expected = "a new process after a second (mod_wsgi: never)",
         .mode = ModeName("/preload")});
  hosts_under_test::EndUnlessEngine("that timers work without deadlock-timeout");
  ServeSubject("threads=2 deadlock-timeout=0 restart-interval=1");
  EXPECT_TRUE(Eventually([&] { return EventsOn(stage(), "import").size() >= 2; }, Soon()));
  Found(fmt::format("{} processes so far", EventsOn(stage(), "import").size()));
}

TEST_P(HostingTimers, NoTimerOfAGroupTouchesEmbeddedApplications) {
  About({.rule = "DAEMON-46",
         .title = "an embedded request that takes longer than the timers of a group",
         .expected = "200, by a process that stays",
         .mode = fmt::format("embedded/{}", Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve(
      "ThreadsPerChild 3\n"
      "WSGIDaemonProcess one threads=1 request-timeout=1 restart-interval=1 "
      "inactivity-timeout=1\n" +
      Alias("subject", fmt::format("process-group=%{{GLOBAL}} {}", InInterpreter())));
  const pid_t before = Pid();
  const Outcome outcome = Begin(
                              "import time\n"
                              "begun = time.monotonic()\n"
                              "result = wait_for(lambda: time.monotonic() > begun + 1.3)")
                              .get();
  const pid_t after = Pid();
  Found(fmt::format("{} after {:.1f} s, {} process",
                    outcome.status(),
                    outcome.seconds,
                    after == before ? "the same" : "another"));
  EXPECT_EQ(outcome.status(), 200);
  EXPECT_EQ(after, before);
}

INSTANTIATE_TEST_SUITE_P(Hosting, HostingTimers, kInterpreters, NameOfInterpreter);

}  // namespace suites::hosting
