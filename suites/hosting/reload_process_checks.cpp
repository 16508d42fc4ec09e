// HostingReloadInProcess, HostingReload: what a changed script means for processes, interpreters and bodies,
// and for scripts that answer no requests: RELOAD-2 to RELOAD-4, RELOAD-9, RELOAD-10, ERR-27, PRELOAD-8.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <iterator>
#include <set>
#include <vector>

#include "suites/client/raw_connection.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosting/reload_check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using client::RawConnection;
using hosts_under_test::EventsOn;
using hosts_under_test::Eventually;
using hosts_under_test::kPlacesMain;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

class HostingReloadInProcess : public HostingReloadIn {};

}  // namespace

TEST_P(HostingReloadInProcess, EachInterpreterNoticesByItself) {
  About({.rule = "RELOAD-2",
         .title = "One script in two application groups is replaced and asked for in one of them",
         .expected = is_daemon() ? "both are loaded afresh"
                                 : "the other group keeps its code until it is asked",
         .mode = ModeName()});
  ChangingScript script(stage(), "subject");
  const auto alias = [](std::string_view url) {
    return fmt::format("WSGIScriptAlias /{0} {{stage}}/subject.wsgi application-group={0}\n", url);
  };
  ServePlaced(alias("first") + alias("second"));
  const VersionAnswer first = Ask("/first");
  const VersionAnswer second = Ask("/second");
  EXPECT_NE(first.load, second.load);
  script.Change();
  const VersionAnswer first_after = Ask("/first");
  const VersionAnswer second_after = Ask("/second");
  ExpectReloaded(first, first_after);
  ExpectReloaded(second, second_after);
  Found(fmt::format("versions {} and {}", first_after.version, second_after.version));
  EXPECT_EQ(second_after.version, 2);
  EXPECT_NE(first_after.load, second_after.load);
  EXPECT_EQ(Refusals(), is_daemon() ? 1 : 0);
}

TEST_P(HostingReloadInProcess, ADispatchScriptIsWatchedInTheServer) {
  About({.rule = "RELOAD-10",
         .title = "WSGIDispatchScript is replaced by one that chooses another interpreter",
         .expected = "the next request goes there; no process is replaced",
         .mode = ModeName()});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  const auto choose = [this](int version, std::string_view name) {
    const auto path = Need(stage().Write(
        "dispatch.py", fmt::format("def application_group(environ): return '{}'\n", name)));
    std::filesystem::last_write_time(path,
                                     std::filesystem::file_time_type(std::chrono::hours(version)));
  };
  choose(2, "red");
  ServePlaced("WSGIDispatchScript {stage}/dispatch.py\n" + Alias("subject"));
  auto client = host().NewClient();
  const auto red = Need(hosts_under_test::Where(client, "/subject"));
  const auto children = ChildrenNow();
  choose(1, "blue");
  const auto blue = Need(hosts_under_test::Where(client, "/subject"));
  Found(fmt::format("{}, then {}", red.application_group, blue.application_group));
  EXPECT_EQ(red.application_group, "red");
  EXPECT_EQ(blue.application_group, "blue");
  EXPECT_EQ(ChildrenNow(), children);
}

TEST_P(HostingReloadInProcess, AnImportScriptIsNotWatched) {
  About({.rule = "RELOAD-10",
         .title = "A script that is only imported is touched, and another one is asked for",
         .expected = "imported once",
         .mode = ModeName()});
  (void)Need(stage().Copy("probe.wsgi", "imported.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  ServePlaced(fmt::format(
      "WSGIImportScript {{stage}}/imported.wsgi process-group={} application-group=%{{GLOBAL}}\n{}",
      ProcessGroupOf(GetParam().process),
      Alias("subject", "application-group=%{GLOBAL}")));
  auto client = host().NewClient();
  const auto before = Need(hosts_under_test::Where(client, "/subject"));
  std::filesystem::last_write_time(stage().path("imported.wsgi"),
                                   std::filesystem::file_time_type(std::chrono::hours(1)));
  const auto after = Need(hosts_under_test::Where(client, "/subject"));
  const auto imports = EventsOn(stage(), "import", "imported").size();
  Found(fmt::format("imported {} times", imports));
  EXPECT_EQ(imports, 1U);
  EXPECT_EQ(after.load, before.load);
}

TEST_P(HostingReloadInProcess, BodiesAreWholeThoughTheScriptChanged) {
  About({.rule = "RELOAD-3",
         .title =
             "Before each POST the script is replaced: bodies of many sizes, with a length, in "
             "chunks, with Expect: 100-continue",
         .expected = "200 by the new version, with every byte",
         .mode = ModeName()});
  ChangingScript script(stage(), "subject");
  ServePlaced("WSGIChunkedRequest On\n" + Alias("subject"));
  (void)Ask("/subject");
  int whole = 0;
  for (const size_t size : {1U, 10'000U, 131'072U, 200'000U, 1'000'000U, 3'000'000U}) {
    const std::string body(size, 'b');
    for (const std::string_view head : {"Content-Length: {}\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        "Content-Length: {}\r\nExpect: 100-continue\r\n"}) {
      const int version = script.Change();
      auto connection = Need(RawConnection::Open(host().port()));
      Need(connection.Send(fmt::format("POST /subject HTTP/1.1\r\nHost: check.example\r\n{}\r\n",
                                       fmt::format(fmt::runtime(head), size))));
      if (head.find("100-continue") != std::string_view::npos) {
        (void)Need(connection.ReadUntil("100 Continue\r\n\r\n", Soon()));
      }
      const bool is_chunked = head.find("chunked") != std::string_view::npos;
      if (is_chunked) Need(connection.Send(fmt::format("{:x}\r\n", size)));
      Need(connection.Send(body));
      if (is_chunked) Need(connection.Send("\r\n0\r\n\r\n"));
      const VersionAnswer answer = ParseVersionAnswer(Need(connection.ReadAnswer(Soon())));
      EXPECT_EQ(answer.status, 200) << size << head;
      EXPECT_EQ(answer.version, version) << size << head;
      EXPECT_TRUE(answer.body.starts_with(fmt::format("{}-", size))) << size << head << answer.body;
      whole += answer.status == 200 && answer.version == version ? 1 : 0;
    }
  }
  Found(fmt::format("{} of 18 by the new version", whole));
}

TEST_P(HostingReloadInProcess, ABodyThatNobodyReadsHoldsNothingUp) {
  About({.rule = "RELOAD-3",
         .title = "Bodies of 1 MB that the application does not read, then one that it does",
         .expected = "200, the last one whole",
         .mode = ModeName()});
  const ChangingScript script(stage(), "subject");
  ServePlaced(Alias("subject"));
  int answered = 0;
  for (int i = 0; i < 8; ++i) {
    auto connection = Need(RawConnection::Open(host().port()));
    Need(connection.Send(
        "POST /subject/unread HTTP/1.1\r\nHost: check.example\r\nContent-Length: 1000000\r\n\r\n" +
        std::string(200'000, 'x')));
    answered += Need(connection.ReadAnswer(Soon())).status == 200 ? 1 : 0;
  }
  const VersionAnswer last = Post("/subject", std::string(1'000'000, 'x'));
  Found(fmt::format("{} answered", answered));
  EXPECT_EQ(answered, 8);
  EXPECT_TRUE(last.body.starts_with("1000000-")) << last.body;
}

TEST_P(HostingReloadInProcess, APreloadedScriptIsWatchedLikeAnyOther) {
  About({.rule = "PRELOAD-8",
         .title = "A preloaded script is replaced after the start, and asked for",
         .expected = is_daemon() ? "the new process preloads it" : "loaded anew by the request",
         .mode = ModeName()});
  ChangingScript script(stage(), "subject");
  const ChangingScript last(stage(), "last");
  ServePlaced(Alias("subject",
                    fmt::format("process-group={} application-group=%{{GLOBAL}}",
                                ProcessGroupOf(GetParam().process))) +
              Alias("last"));
  EXPECT_EQ(Ask("/last").status, 200);  // answered by a process that has preloaded
  script.Change();
  const VersionAnswer after = Ask("/subject");
  const VersionAnswer again = Ask("/subject");
  Found(fmt::format("version {}", after.version));
  EXPECT_EQ(after.version, 2);
  EXPECT_EQ(again.load, after.load);
  EXPECT_EQ(Refusals(), is_daemon() ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingReloadInProcess,
                         testing::ValuesIn(kPlacesMain),
                         NameOfPlace);

// ---- what only daemon processes do ----

TEST_F(HostingReload, ATouchReplacesOneProcessOfItsGroupAndNobodyElse) {
  About(
      {.rule = "RELOAD-9",
       .title = "A script of group d is replaced and asked for; beside it a group e and the server",
       .expected = "one process of d is another one, all others are what they were",
       .mode = "daemon"});
  ChangingScript script(stage(), "subject");
  const ChangingScript other(stage(), "other");
  Serve(
      "StartServers 2\nWSGIDaemonProcess d threads=2\nWSGIDaemonProcess e processes=2 threads=2\n" +
      Alias("subject", "process-group=d") + Alias("other", "process-group=e"));
  const VersionAnswer before = Ask("/subject");
  const VersionAnswer other_before = Ask("/other");
  const auto children = ChildrenNow();
  script.Change();
  EXPECT_EQ(ChildrenNow(), children) << "nothing restarts before it is asked for";
  const VersionAnswer after = Ask("/subject");
  const auto children_after = ChildrenNow();
  std::set<pid_t> gone;
  std::ranges::set_difference(children, children_after, std::inserter(gone, gone.end()));
  Found(fmt::format("{} processes replaced", gone.size()));
  EXPECT_EQ(after.version, 2);
  EXPECT_EQ(gone, std::set<pid_t>{static_cast<pid_t>(before.pid)});
  EXPECT_EQ(children_after.size(), children.size());
  VersionAnswer other_after;  // of the process that answered before, whichever is asked first
  EXPECT_TRUE(Eventually(
      [&] {
        other_after = Ask("/other");
        return other_after.pid == other_before.pid;
      },
      Soon()));
  EXPECT_EQ(other_after.load, other_before.load);
}

// Each of them has a hand in how a request is answered.
TEST_F(HostingReload, TimersOfTheGroupDoNotStandInTheWay) {
  constexpr std::string_view kOptions[] = {"inactivity-timeout=600",
                                           "queue-timeout=600",
                                           "request-timeout=600 interrupt-timeout=600",
                                           "maximum-requests=1000",
                                           "startup-timeout=600",
                                           "response-flush-delay=3600000"};
  About(
      {.rule = "RELOAD-3",
       .title = "A script is replaced whose group has a timer; a POST comes, in each of six groups",
       .expected = "200 by the new version of another process, its body whole",
       .mode = "daemon"});
  ChangingScript script(stage(), "subject");
  std::string configuration;
  for (std::size_t i = 0; i < std::size(kOptions); ++i) {
    configuration += fmt::format(
        "WSGIDaemonProcess g{0} threads=2 {1}\n"
        "WSGIScriptAlias /g{0} {{stage}}/subject.wsgi process-group=g{0}\n",
        i,
        kOptions[i]);
  }
  Serve(configuration);
  std::vector<VersionAnswer> before;
  for (std::size_t i = 0; i < std::size(kOptions); ++i)
    before.push_back(Ask(fmt::format("/g{}", i)));
  script.Change();
  std::size_t good = 0;
  for (std::size_t i = 0; i < std::size(kOptions); ++i) {
    const VersionAnswer after = Post(fmt::format("/g{}", i), "body");
    EXPECT_EQ(after.status, 200) << kOptions[i];
    EXPECT_EQ(after.version, 2) << kOptions[i];
    EXPECT_NE(after.pid, before[i].pid) << kOptions[i];
    EXPECT_TRUE(after.body.starts_with("4-")) << kOptions[i] << after.body;
    good += after.status == 200 && after.version == 2 ? 1U : 0U;
  }
  Found(fmt::format("{} of {}", good, std::size(kOptions)));
}

TEST_F(HostingReload, OneRequestMayReplaceSeveralOfThreeProcesses) {
  About({.rule = "RELOAD-4",
         .title = "Three processes have loaded the script; it is replaced, and one request comes",
         .expected = "200 by the new version, after at most three restarts",
         .mode = "daemon"});
  ChangingScript script(stage(), "subject");
  Serve("WSGIDaemonProcess d processes=3 threads=1\n" +
        Alias("subject", "process-group=d application-group=%{GLOBAL}"));
  // One thread each: three that are inside at once are in three processes.
  std::vector<std::future<VersionAnswer>> inside;
  for (int i = 0; i < 3; ++i)
    inside.push_back(std::async(std::launch::async, [this] { return Ask("/subject/wait"); }));
  ASSERT_TRUE(AreInside(stage(), 3));
  LetGo(stage());
  std::set<long> old;
  for (auto& one : inside)
    old.insert(one.get().pid);
  EXPECT_EQ(old.size(), 3U);
  script.Change();
  const VersionAnswer after = Ask("/subject");
  const int restarts = Refusals();
  Found(fmt::format("{} by version {}, after {} restarts", after.status, after.version, restarts));
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(after.version, 2);
  EXPECT_GE(restarts, 1);
  EXPECT_LE(restarts, 3);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(Ask("/subject").version, 2);
}

class HostingReloadOf : public HostingReload, public testing::WithParamInterface<int> {};

TEST_P(HostingReloadOf, AScriptThatAlwaysWantsToBeReloadedIs503) {
  const int processes = GetParam();
  const int attempts = 2 * processes + 1;
  About({.rule = "ERR-27",
         .title = "reload_required() of a preloaded script always answers True",
         .expected = fmt::format("503 after {} attempts, a process replaced by each", attempts),
         .mode = "daemon"});
  hosts_under_test::EndIfModWsgiIsOlderThan(6);
  const ChangingScript script(stage(), "subject", "def reload_required(name):\n    return True\n");
  Serve(fmt::format("WSGIDaemonProcess d processes={} threads=2\n{}",
                    processes,
                    Alias("subject", "process-group=d application-group=%{GLOBAL}")));
  const VersionAnswer answer = Post("/subject", std::string(10'000, 'x'));
  const int refusals = Refusals();
  Found(fmt::format("{} after {} attempts", answer.status, refusals));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(refusals, attempts);
  EXPECT_EQ(CountOf(hosts_under_test::WordsOfTooManyRefusals()), 1);
  EXPECT_TRUE(Eventually(
      [&] { return CountOf(hosts_under_test::WordsOfAnEndedProcess()) == attempts; }, Soon()));
}

INSTANTIATE_TEST_SUITE_P(Hosting, HostingReloadOf, testing::Values(1, 2));

TEST_F(HostingReload, AClientThatLeavesWhileItsBodyIsHeldBackHoldsNothingUp) {
  About({.rule = "RELOAD-3",
         .title = "Clients leave behind part of a body that a busy process has not asked for",
         .expected = "the next request is answered 200, its body whole",
         .mode = "daemon"});
  const ChangingScript script(stage(), "subject");
  const ChangingScript other(stage(), "other");
  Serve("StartServers 1\nWSGIDaemonProcess d threads=2\n" + Alias("subject", "process-group=d") +
        Alias("other", "process-group=%{GLOBAL}"));
  std::vector<std::future<VersionAnswer>> inside;
  for (int i = 0; i < 2; ++i)
    inside.push_back(std::async(std::launch::async, [this] { return Ask("/subject/wait"); }));
  ASSERT_TRUE(AreInside(stage(), 1));
  for (int i = 0; i < 8; ++i) {
    auto connection = Need(RawConnection::Open(host().port()));
    Need(connection.Send(
        "POST /subject HTTP/1.1\r\nHost: check.example\r\nContent-Length: 1000000\r\n\r\n" +
        std::string(200'000, 'x')));
    EXPECT_EQ(Ask("/other").status, 200);  // what came before was read
    connection.Reset();
  }
  auto last = std::async(std::launch::async,
                         [this] { return Post("/subject", std::string(1'000'000, 'x')); });
  LetGo(stage());
  for (auto& one : inside)
    EXPECT_EQ(one.get().status, 200);
  const VersionAnswer answer = last.get();
  Found(fmt::format("{}", answer.status));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body.starts_with("1000000-")) << answer.body;
}

}  // namespace suites::hosting
