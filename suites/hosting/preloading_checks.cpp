// Hosting/Preloading: what is promised of a script that is loaded when its process starts. PRELOAD-5 and
// PRELOAD-6, in the server's processes and in daemon processes.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <set>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts::base::Deadline;
using hosts::base::ErrorKind;
using hosts_under_test::Event;
using hosts_under_test::EventsOn;
using hosts_under_test::Eventually;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::Where;

namespace {

class Preloading : public hosts_under_test::Check, public testing::WithParamInterface<ProcessKind> {
 protected:
  Preloading() : Check("hosting") {}

  static Mode In(InterpreterKind interpreter) {
    return {GetParam(), interpreter, hosts::deployment::Loading::Preload};
  }

  [[nodiscard]] bool HasBeenLoaded(std::string_view name, size_t times = 1) const {
    return Eventually([&] { return EventsOn(stage(), "import", name).size() >= times; }, Soon());
  }
};

}  // namespace

TEST_P(Preloading, HappensOnTheMainThreadInTheOrderOfTheConfiguration) {
  About({.rule = "PRELOAD-5",
         .title = "Preloading happens in order, on the main thread",
         .expected = "zebra, apple, on the main thread",
         .mode = Name(In(InterpreterKind::Main))});
  (void)Need(stage().Copy("probe.wsgi", "zebra.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "apple.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "lazy.wsgi"));
  const Mode mode = In(InterpreterKind::Main);
  Serve(std::string(kDaemonGroup) + GroupDirectives(mode) + Alias("zebra", GroupOptions(mode)) +
        Alias("apple", GroupOptions(mode)) + Alias("lazy"));

  ASSERT_TRUE(HasBeenLoaded("apple"));
  const auto events = EventsOn(stage(), "import");
  ASSERT_EQ(events.size(), 2U);
  auto client = host().NewClient();
  const ProbeAnswer lazy = Need(Where(client, "/lazy"));
  const bool is_on_main = events[0].on_main_thread && events[1].on_main_thread;
  Found(fmt::format("{}, {}, {}",
                    events[0].name,
                    events[1].name,
                    is_on_main ? "on the main thread" : "on another thread"));
  EXPECT_EQ(events[0].name, "zebra");
  EXPECT_TRUE(is_on_main);
  EXPECT_FALSE(lazy.import_on_main_thread) << "a script loaded by a request";
}

TEST_P(Preloading, HappensInEveryProcess) {
  About({.rule = "PRELOAD-5",
         .title = "Every process of the group preloads, before any request",
         .expected = "2 processes",
         .mode = Name(In(InterpreterKind::Sub))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve("StartServers 2\nThreadsPerChild 3\nWSGIDaemonProcess one processes=2 threads=3\n" +
        Alias("subject", GroupOptions(In(InterpreterKind::Sub))));

  EXPECT_TRUE(HasBeenLoaded("subject", 2));
  std::set<pid_t> pids;
  for (const Event& event : EventsOn(stage(), "import"))
    pids.insert(event.pid);
  Found(fmt::format("{} processes", pids.size()));
  EXPECT_EQ(pids.size(), 2U);
}

TEST_P(Preloading, DelaysRequestsToAReplacedProcessButFailsNone) {
  About({.rule = "PRELOAD-5",
         .title = "A process that replaces a killed one preloads first; requests meanwhile wait",
         .expected = "the request waits and is answered 200",
         .mode = Name(In(InterpreterKind::Main))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve(std::string(kDaemonGroup) + Alias("subject", GroupOptions(In(InterpreterKind::Main))));
  WillCrash();
  auto client = host().NewClient();
  const pid_t killed = Need(Where(client, "/subject")).pid;

  (void)Need(stage().Write("subject.hold", ""));
  ASSERT_EQ(::kill(killed, SIGKILL), 0);
  ASSERT_TRUE(HasBeenLoaded("subject", 2)) << "the killed process was not replaced";
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send("GET /subject HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  const auto early = connection.ReadUntil("\r\n", Deadline::After(std::chrono::milliseconds(100)));
  stage().Remove("subject.hold");
  EXPECT_FALSE(early) << "answered while the script was being preloaded: " << *early;
  const auto answer = Need(connection.ReadAnswer(Soon()));
  Found(fmt::format(
      "the request {} and is answered {}", early ? "does not wait" : "waits", answer.status));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(EventsOn(stage(), "import").size(), 2U);
}

TEST_P(Preloading, AFailureIsLoggedAndTheNextRequestTriesAgain) {
  About({.rule = "PRELOAD-6",
         .title = "A script that fails to preload: logged, tried again by the first request",
         .expected = "the process serves; 500, then 200",
         .mode = Name(In(InterpreterKind::Main))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "control.wsgi"));
  (void)Need(stage().Write("subject.broken", ""));
  const std::string options = GroupOptions(In(InterpreterKind::Main));
  Serve(std::string(kDaemonGroup) + Alias("subject", options) + Alias("control", options));

  ASSERT_TRUE(HasBeenLoaded("control")) << "a failure ended the preloading of others";
  EXPECT_EQ(EventsOn(stage(), "import", "subject").size(), 1U);
  EXPECT_NE(host().Log().find("broken on purpose"), std::string::npos);
  auto client = host().NewClient();
  const int broken = Need(client.Get("/subject")).status;
  EXPECT_EQ(EventsOn(stage(), "import", "subject").size(), 2U);
  stage().Remove("subject.broken");
  const ProbeAnswer mended = Need(Where(client, "/subject"));
  const ProbeAnswer control = Need(Where(client, "/control"));
  Found(fmt::format("the process serves; {}, then 200", broken));
  EXPECT_EQ(broken, 500);
  EXPECT_EQ(mended.pid, control.pid);
  EXPECT_EQ(control.pid, EventsOn(stage(), "import", "control").front().pid);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         Preloading,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
