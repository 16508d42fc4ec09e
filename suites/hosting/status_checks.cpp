// HostingStatus: the status page (serve --status): what it says is so, and who may ask for it.
// DAEMON-4, DAEMON-31, SHUT-8, SEC-10.

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <sstream>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"
#include "hosts/base/unique_fd.h"
#include "suites/hosting/configured.h"
#include "suites/hosting/status_check.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using client::RawConnection;
using harness::launch::HostProcess;
using hosts_under_test::kPlaces;
using hosts_under_test::ModeOf;
using hosts_under_test::Need;
using hosts_under_test::Place;
using hosts_under_test::PlacedIn;
using hosts_under_test::Soon;
using nlohmann::json;
using testing::HasSubstr;

namespace {

class HostingStatus : public StatusCheck {
 protected:
  // Of the daemon process, when both requests have ended, the second of which has waited for the first.
  json FiguresAfterALongWait(std::future<void>& first, std::future<void>& second) const {
    WaitALongTime();
    LetGo();
    first.get();
    second.get();
    EXPECT_TRUE(
        Comes([](const json& status) { return FiguresOf(status, "daemon")["answered"] == 2; }));
    return FiguresOf(Status(), "daemon");
  }
};

class HostingStatusIn : public HostingStatus, public testing::WithParamInterface<Place> {
 protected:
  [[nodiscard]] static std::string_view role() {
    return GetParam().process == ProcessKind::Daemon ? "daemon" : "server";
  }
};

// Of the mappings that it shares with others.
std::set<std::string> SharedMemoryOf(pid_t pid) {
  std::set<std::string> inodes;
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/dev/zero") == std::string::npos) continue;
    std::istringstream fields(line);
    std::string field;
    for (int i = 0; i < 5; ++i)
      fields >> field;
    inodes.insert(field);
  }
  return inodes;
}

std::size_t CountCommon(const std::set<std::string>& one, const std::set<std::string>& other) {
  return static_cast<std::size_t>(
      std::ranges::count_if(one, [&](const std::string& inode) { return other.contains(inode); }));
}

}  // namespace

TEST_P(HostingStatusIn, CountsRequestsAndNamesWhatIsLoaded) {
  constexpr int kRequests = 7;
  About({.rule = "status page",
         .title = "The status page after seven requests",
         .expected = "seven answered, where they were; none inside; the script and its interpreter",
         .mode = ModeOf(GetParam())});
  ServeSubject(PlacedIn(GetParam()));
  Ask(kRequests);
  EXPECT_TRUE(Comes([&](const json& status) {
    const json figures = FiguresOf(status, role());
    return figures.at("answered") == kRequests && figures.at("in_flight") == 0;
  }));
  const json figures = FiguresOf(Status(), role());
  Found(fmt::format("{} answered", figures.at("answered").dump()), figures.dump());
  EXPECT_EQ(figures["queue_wait"]["count"], kRequests);
  EXPECT_EQ(figures["gil_wait"]["count"], kRequests);
  const bool is_sub = GetParam().interpreter == InterpreterKind::Sub;
  const json& interpreter = figures["interpreters"].back();
  EXPECT_EQ(interpreter["name"], is_sub ? "sub" : "");
  ASSERT_EQ(interpreter["scripts"].size(), 1U);
  EXPECT_EQ(interpreter["scripts"][0]["path"], stage().path("subject.wsgi").string());
  const bool is_daemon = GetParam().process == ProcessKind::Daemon;
  EXPECT_EQ(FiguresOf(Status(), "server")["forwarded"], is_daemon ? kRequests : 0);
}

TEST_P(HostingStatusIn, SaysWhoIsInside) {
  About({.rule = "status page",
         .title = "The status page while a request is inside the application",
         .expected = "one in flight, none afterwards",
         .mode = ModeOf(GetParam())});
  ServeSubject(PlacedIn(GetParam()));
  auto inside = Begin("/subject/hold");
  EXPECT_TRUE(Comes([](const json& status) {
    return FiguresOf(status, role())["in_flight"] == 1 &&
           FiguresOf(status, role())["answered"] == 0;
  }));
  LetGo();
  inside.get();
  const bool is_over = Comes([](const json& status) {
    return FiguresOf(status, role())["in_flight"] == 0 &&
           FiguresOf(status, role())["answered"] == 1;
  });
  Found(is_over ? "one, then none" : "something else");
  EXPECT_TRUE(is_over);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingStatusIn,
                         testing::ValuesIn(kPlaces),
                         [](const auto& place) { return NameOf(place.param); });

// ---- waits ----

TEST_F(HostingStatus, SaysHowLongARequestWaitedForAThread) {
  About({.rule = "DAEMON-44",
         .title = "A request comes while the only thread is inside for 0.2 s",
         .expected = "it has waited for a thread, and not for the GIL",
         .mode = "daemon/main"});
  ServeSubject(
      "WSGIDaemonProcess one threads=1\nWSGIProcessGroup one\n"
      "WSGIApplicationGroup %{GLOBAL}\n");
  auto first = Begin("/subject/hold");
  EXPECT_TRUE(
      Comes([](const json& status) { return FiguresOf(status, "daemon")["in_flight"] == 1; }));
  auto second = Begin("/subject");
  EXPECT_TRUE(Comes(
      [](const json& status) { return FiguresOf(status, "server")["forwarded_in_flight"] == 2; }));
  const json figures = FiguresAfterALongWait(first, second);
  Found(fmt::format("{} us", figures["queue_wait"]["max_us"].dump()), figures.dump());
  EXPECT_EQ(figures["queue_wait"]["count"], 2);
  EXPECT_GE(figures["queue_wait"]["max_us"].get<std::uint64_t>(), kLongUs);
  EXPECT_GE(figures["queue_wait"]["total_us"].get<std::uint64_t>(), kLongUs);
}

TEST_F(HostingStatus, SaysHowLongARequestWaitedForTheGil) {
  About({.rule = "status page",
         .title = "A request comes while another one keeps the GIL for 0.2 s",
         .expected = "it has waited for the GIL",
         .mode = "daemon/main"});
  ServeSubject(
      "WSGIDaemonProcess one threads=2\nWSGIProcessGroup one\n"
      "WSGIApplicationGroup %{GLOBAL}\n" +
      hosts_under_test::GilWanted());
  auto first = Begin("/subject/gil");
  ASSERT_TRUE(hosts_under_test::Eventually(
      [&] { return std::filesystem::exists(stage().path("held")); }, Soon()));
  auto second = Begin("/subject");
  EXPECT_TRUE(
      Comes([](const json& status) { return FiguresOf(status, "daemon")["in_flight"] == 2; }));
  const json figures = FiguresAfterALongWait(first, second);
  Found(fmt::format("{} us", figures["gil_wait"]["max_us"].dump()), figures.dump());
  EXPECT_EQ(figures["gil_wait"]["count"], 2);
  EXPECT_GE(figures["gil_wait"]["max_us"].get<std::uint64_t>(), kLongUs);
  EXPECT_LT(figures["queue_wait"]["max_us"].get<std::uint64_t>(),
            figures["gil_wait"]["max_us"].get<std::uint64_t>());
}

// ---- ends and restarts ----

TEST_F(HostingStatus, SaysWhyAProcessEnded) {
  constexpr int kMost = 2;
  About({.rule = "DAEMON-31",
         .title = "A process ends by maximum-requests, the next one by SIGKILL",
         .expected = "both are listed, with the reason of the first and the signal of the second",
         .mode = "daemon/main"});
  ServeSubject(
      fmt::format("WSGIDaemonProcess one threads=1 maximum-requests={}\n"
                  "WSGIProcessGroup one\nWSGIApplicationGroup %{{GLOBAL}}\n",
                  kMost));
  const pid_t first = ProcessOf(Status(), "daemon")["pid"];
  Ask(kMost);
  ASSERT_TRUE(Comes([&](const json& status) {
    const json next = ProcessOf(status, "daemon");
    return status["ended"]["total"] == 1 && next["state"] == "ready" && next["pid"] != first;
  }));
  const pid_t second = ProcessOf(Status(), "daemon")["pid"];
  ASSERT_EQ(::kill(second, SIGKILL), 0);
  ASSERT_TRUE(Comes([](const json& status) { return status["ended"]["total"] == 2; }));
  const json last = Status()["ended"]["last"];
  Found(last[1]["reason"].dump(), last.dump());
  EXPECT_EQ(last[1]["pid"], first);
  EXPECT_EQ(last[1]["reason"], "maximum_requests");
  EXPECT_EQ(last[1]["exit_code"], 0);
  EXPECT_EQ(last[1]["answered"], kMost);
  EXPECT_EQ(last[1]["was_told"], false);
  EXPECT_EQ(last[0]["pid"], second);
  EXPECT_EQ(last[0]["reason"], nullptr);
  EXPECT_EQ(last[0]["signal"], SIGKILL);
  EXPECT_EQ(last[0]["exit_code"], nullptr);
}

TEST_F(HostingStatus, SaysHowManyRequestsACrashHasCost) {
  About({.rule = "ERR-24",
         .title = "A daemon process is killed with a request inside",
         .expected = "502; it is listed with the signal and one request lost",
         .mode = "daemon/main"});
  ServeSubject(PlacedIn(kPlaces[2]));
  auto inside = std::async(std::launch::async, [this] {
    client::HttpClient client(served().ready().port());
    return Need(client.Get("/subject/hold")).status;
  });
  ASSERT_TRUE(
      Comes([](const json& status) { return FiguresOf(status, "daemon")["in_flight"] == 1; }));
  const pid_t pid = ProcessOf(Status(), "daemon")["pid"];
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  EXPECT_EQ(inside.get(), 502);
  ASSERT_TRUE(Comes([](const json& status) { return status["ended"]["total"] == 1; }));
  const json end = Status()["ended"]["last"][0];
  Found(end["in_flight"].dump(), end.dump());
  EXPECT_EQ(end["pid"], pid);
  EXPECT_EQ(end["signal"], SIGKILL);
  EXPECT_EQ(end["in_flight"], 1);
}

TEST_F(HostingStatus, NamesWhatAServiceProcessRuns) {
  About({.rule = "DAEMON-9",
         .title = "The status page of a server with a service process, whose script goes on",
         .expected = "a service process, with its group and script",
         .mode = "daemon/main"});
  const auto script =
      Need(stage().Write("service.py", "import signal\nwhile True: signal.pause()\n"));
  ServeSubject(
      "WSGIDaemonProcess cron threads=0\n"
      "WSGIImportScript {stage}/service.py process-group=cron "
      "application-group=%{GLOBAL}\n");
  json process;
  const bool is_named = Comes([&](const json& status) {
    process = ProcessOf(status, "service");
    const json& interpreters = process["figures"]["interpreters"];
    return interpreters.size() == 1 && interpreters[0]["scripts"].size() == 1;
  });
  Found(process.dump());
  ASSERT_TRUE(is_named);
  EXPECT_EQ(process["group"], "cron");
  EXPECT_EQ(process["threads"], 0);
  EXPECT_EQ(process["state"], "ready");
  EXPECT_EQ(process["figures"]["interpreters"][0]["scripts"][0]["path"], script.string());
}

TEST_F(HostingStatus, SaysThatAProcessWaitsForItsLastRequest) {
  About(
      {.rule = "DAEMON-61",
       .title = "SIGUSR1 to a daemon process with a request inside and graceful-timeout=60",
       .expected =
           "it is leaving, and why, with one in flight; afterwards it has ended with one answered",
       .mode = "daemon/main"});
  ServeSubject(
      "WSGIDaemonProcess one threads=2 graceful-timeout=60\nWSGIProcessGroup one\n"
      "WSGIApplicationGroup %{GLOBAL}\n");
  auto inside = Begin("/subject/hold");
  ASSERT_TRUE(
      Comes([](const json& status) { return FiguresOf(status, "daemon")["in_flight"] == 1; }));
  const pid_t pid = ProcessOf(Status(), "daemon")["pid"];
  ASSERT_EQ(::kill(pid, SIGUSR1), 0);
  const bool is_leaving = Comes([](const json& status) {
    const json process = ProcessOf(status, "daemon");
    return process["state"] == "leaving" && process["figures"]["in_flight"] == 1 &&
           process["figures"]["end_reason"] == "graceful_signal";
  });
  Found(is_leaving ? "leaving" : "it does not say so");
  EXPECT_TRUE(is_leaving);
  LetGo();
  inside.get();
  ASSERT_TRUE(Comes([](const json& status) { return status["ended"]["total"] == 1; }));
  const json end = Status()["ended"]["last"][0];
  EXPECT_EQ(end["pid"], pid);
  EXPECT_EQ(end["reason"], "graceful_signal");
  EXPECT_EQ(end["answered"], 1);
}

TEST_F(HostingStatus, ShowsBothGenerationsOfARestart) {
  About({.rule = "SHUT-8",
         .title = "SIGHUP while a client keeps its connection",
         .expected =
             "at the same address: the new generation serves, the old one is leaving, with its "
             "figures; it is gone when the client is",
         .mode = "daemon/main"});
  ServeSubject("KeepAliveTimeout 60\n" + PlacedIn(kPlaces[2]));
  const json before = Status();
  auto connection = Need(RawConnection::Open(served().ready().port()));
  Need(connection.Send("GET /subject HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  ASSERT_EQ(::kill(served().ready().supervisor, SIGHUP), 0);
  // For a moment the page's process of before answers, too, which has no figures of the new ones.
  json both;
  json old;  // server
  ASSERT_TRUE(Comes([&](const json& status) {
    both = status["generations"];
    const json figures = FiguresOf(status, "daemon");
    if (both.size() != 2 || both[1]["state"] != "serving" || figures.is_null()) return false;
    old = ProcessOf({{"generations", json::array({both[0]})}}, "server");
    return old["state"] == "leaving";
  }));
  Found(fmt::format("{} and {}", both[0]["state"].dump(), both[1]["state"].dump()), both.dump());
  EXPECT_EQ(both[0]["state"], "leaving");
  EXPECT_EQ(old["pid"], ProcessOf(before, "server")["pid"]);
  EXPECT_EQ(old["figures"]["forwarded"], 1);
  EXPECT_NE(ProcessOf({{"generations", both}}, "daemon")["pid"],
            ProcessOf(before, "daemon")["pid"]);
  connection.Reset();
  EXPECT_TRUE(Comes([](const json& status) {
    return status["generations"].size() == 1 && status["generations"][0]["number"] == 2;
  }));
  const json ended = Status()["ended"]["last"];
  EXPECT_EQ(ended.size(), 3U);
  for (const json& end : ended)
    EXPECT_EQ(end["was_told"], true);
}

TEST_F(HostingStatus, GoesOnWhenARestartIsRefused) {
  About({.rule = "SHUT-8",
         .title = "SIGHUP with an ErrorLog that cannot be made, then for a sound configuration",
         .expected = "the page shows the first generation, then the second",
         .mode = "daemon/main"});
  const std::string placed = PlacedIn(kPlaces[2]) + Alias("subject");
  ServeSubject(PlacedIn(kPlaces[2]));
  const auto restart = [&](const std::string& configuration) {
    Need(hosts_under_test::HostUnderTest::Rewrite(stage(), configuration));
    ASSERT_EQ(::kill(served().ready().supervisor, SIGHUP), 0);
  };
  restart(placed + "ErrorLog /nowhere/error.log\n");
  const auto is_refused = [this] {
    return Need(hosts::base::ReadFile(served().plan().log)).find(" H0115 ") != std::string::npos;
  };
  ASSERT_TRUE(hosts_under_test::Eventually(is_refused, Soon()));
  EXPECT_EQ(Status()["generations"].back()["number"], 1);
  restart(placed);
  const bool is_second = Comes([](const json& status) {
    return status["generations"].size() == 1 && status["generations"][0]["number"] == 2 &&
           status["generations"][0]["state"] == "serving";
  });
  Found(is_second ? "generation 2 serves" : "it does not say so");
  EXPECT_TRUE(is_second);
}

// ---- who sees what ----

TEST_F(HostingStatus, NoProcessHasThePageOfAnother) {
  About({.rule = "SEC-10",
         .title =
             "Which shared memory processes of two groups, the server's and the status page's have",
         .expected = "groups have none in common; the status page has one of each",
         .mode = "daemon/main"});
  ServeSubject(
      "WSGIDaemonProcess one processes=2 threads=1\nWSGIDaemonProcess two threads=1\n"
      "WSGIProcessGroup one\n");
  const auto& ready = served().ready();
  const pid_t page = ProcessOf(Status(), "status")["pid"];
  const auto seen = SharedMemoryOf(page);
  const pid_t one = ready.daemons.at("one")[0];
  const pid_t sibling = ready.daemons.at("one")[1];
  const pid_t two = ready.daemons.at("two")[0];
  for (const pid_t pid : {one, sibling, two, ready.server[0]}) {
    const std::size_t common = CountCommon(SharedMemoryOf(pid), seen);
    Found(fmt::format("{} has {} of the {} that the page reads", pid, common, seen.size()));
    EXPECT_EQ(common, 1U) << pid;
  }
  EXPECT_EQ(CountCommon(SharedMemoryOf(one), SharedMemoryOf(two)), 0U);
  EXPECT_EQ(CountCommon(SharedMemoryOf(one), SharedMemoryOf(sibling)), 1U)
      << "the board of what was begun is the group's, a page is a process's";
  EXPECT_EQ(seen.size(), 6U) << "a page for each of five processes, and the supervisor's";
}

TEST_F(HostingStatus, AnswersReadersOnly) {
  About({.rule = "status page",
         .title = "The status page is asked for other paths, by other methods, under another name",
         .expected = "404, 405, 421; nothing of it is stored"});
  ServeSubject("");
  for (const char* path : {"/", "/status.json", "/?x=1"})
    EXPECT_EQ(AskPage(fmt::format("GET {}", path)).status, 200) << path;
  const auto head = AskPage("HEAD /status.json");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("Cache-Control"), "no-store");
  EXPECT_EQ(AskPage("GET /").Header("Cache-Control"), "no-store");
  EXPECT_EQ(AskPage("GET /subject").status, 404);
  const auto post = AskPage("POST /status.json");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.Header("Allow"), "GET, HEAD");
  const int stranger = AskPage("GET /", "rebound.example").status;
  Found(std::to_string(stranger));
  EXPECT_EQ(stranger, 421);
}

TEST_F(HostingStatus, AnAddressThatOtherMachinesReachMustBeMeant) {
  About({.rule = "status page",
         .title = "--status 0.0.0.0:0, without and with --status-for-anybody",
         .expected = "the server does not start, and says why; it starts"});
  const auto refused = HostProcess::Start(PlanOf("", {"--status", "0.0.0.0:0"}));
  ASSERT_FALSE(refused);
  Found(refused.error().message);
  EXPECT_THAT(refused.error().message, HasSubstr("other machines would reach it"));
  auto let =
      Need(HostProcess::Start(PlanOf("", {"--status", "0.0.0.0:0", "--status-for-anybody"})));
  EXPECT_TRUE(let.Stop().status.is_success());
}

TEST_F(HostingStatus, TheReadyLineNamesItsPort) {
  About({.rule = "status page",
         .title = "--status with port 0 and --ready-fd",
         .expected = "the line has the port at which the page is"});
  constexpr int kTheirs = 9;
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const hosts::base::UniqueFd read(ends[0]);
  hosts::base::UniqueFd write(ends[1]);
  const auto plan = PlanOf("", {});
  for (const auto& file : plan.files)
    Need(hosts::base::WriteFile(file.path, file.text));
  auto child = Need(hosts::base::ChildProcess::Start({.argv = {plan.argv[0],
                                                               "serve",
                                                               plan.files[0].path.string(),
                                                               "--status",
                                                               "127.0.0.1:0",
                                                               "--ready-fd",
                                                               std::to_string(kTheirs)},
                                                      .environment = plan.environment,
                                                      .directory = plan.directory,
                                                      .output = plan.log,
                                                      .descriptors = {{write.get(), kTheirs}}}));
  write.reset();
  std::string line;
  char one = 0;
  while (::read(read.get(), &one, 1) == 1 && one != '\n')
    line += one;
  const json ready = json::parse(line, nullptr, false);
  Found(line);
  ASSERT_TRUE(ready.contains("status")) << line;
  EXPECT_EQ(ready["status"]["address"], "127.0.0.1");
  auto connection = Need(RawConnection::Open(ready["status"]["port"]));
  Need(connection.Send("GET /status.json HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  EXPECT_TRUE(child.Stop().is_success());
}

}  // namespace suites::hosting
