// HostingRestart: SIGHUP and SIGUSR1 to the supervisor: a new reading of the configuration takes over, whole, and
// the processes of the one before go when their clients have gone. SHUT-8, SHUT-9, RELOAD-9, DAEMON-10.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/base/numbers.h"
#include "suites/hosting/configured.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosting/restart_check.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/family.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using client::RawConnection;
using hosts_under_test::Eventually;
using hosts_under_test::HoldingsOf;
using hosts_under_test::kPlacesMain;
using hosts_under_test::ModeOf;
using hosts_under_test::Need;
using hosts_under_test::Place;
using hosts_under_test::PlacedIn;
using hosts_under_test::Soon;

namespace {

constexpr std::string_view kGet = "GET /subject HTTP/1.1\r\nHost: check.example\r\n\r\n";
const std::string kDaemon = PlacedIn(kPlacesMain[1]);

class HostingRestart : public RestartCheck {};

class HostingRestartIn : public RestartCheck, public testing::WithParamInterface<Place> {
 protected:
  [[nodiscard]] static std::string Placed() { return "StartServers 2\n" + PlacedIn(GetParam()); }
};

WhoAnswered AskOn(RawConnection& connection) {
  Need(connection.Send(kGet));
  return ParseWho(Need(connection.ReadAnswer(Soon())));
}

// An end that is left half open is waited for a little.
void Close(RawConnection connection) {
  connection.Reset();
}

}  // namespace

TEST_P(HostingRestartIn, ANewConfigurationTakesOver) {
  About({.rule = "SHUT-8",
         .title = "The configuration is changed; SIGHUP, and then SIGUSR1, to the supervisor",
         .expected = "every process is another one, the address is the same",
         .mode = ModeOf(GetParam())});
  ServeNamed("first", Placed());
  const auto children = ChildrenNow();
  EXPECT_EQ(Ask().name, "first");
  int replaced = 0;
  for (const int signal : {SIGHUP, SIGUSR1}) {
    const std::string name = signal == SIGHUP ? "second" : "third";
    Reconfigure(Named(name, Placed()), signal);
    ++replaced;
    ASSERT_TRUE(HaveServed(replaced));
    EXPECT_TRUE(IsAnsweredBy(name));
    EXPECT_TRUE(HaveEnded(replaced));
    EXPECT_EQ(Ask().name, name);
  }
  const auto now = ChildrenNow();
  std::vector<pid_t> kept;
  std::ranges::set_intersection(children, now, std::back_inserter(kept));
  Found(fmt::format("{} processes before, {} after, {} of them the same",
                    children.size(),
                    now.size(),
                    kept.size()));
  EXPECT_EQ(now.size(), children.size());
  EXPECT_TRUE(kept.empty());
}

// As faulthandler.register does, with which many have the signal show where their threads are. That one has a stack
// for signals of its own, which AddressSanitizer takes for its.
TEST_P(HostingRestartIn, AnApplicationMayKeepTheSignalForItself) {
  About({.rule = "SHUT-8",
         .title = "C code of the application takes SIGUSR1 for itself; SIGHUP to the supervisor",
         .expected = "the old processes go all the same",
         .mode = ModeOf(GetParam())});
  ServeNamed("first",
             Placed(),
             "import ctypes, signal\n"
             "SIG_IGN = ctypes.c_void_p(1)\n"
             "ctypes.CDLL(None).signal(int(signal.SIGUSR1), SIG_IGN)\n");
  const auto children = ChildrenNow();
  EXPECT_EQ(Ask().name, "first");
  Reconfigure(Named("second", Placed()), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  EXPECT_TRUE(IsAnsweredBy("second"));
  const bool have_ended = HaveEnded(1);
  Found(have_ended ? "they have ended" : "they stay");
  EXPECT_TRUE(have_ended);
  std::vector<pid_t> kept;
  std::ranges::set_intersection(children, ChildrenNow(), std::back_inserter(kept));
  EXPECT_TRUE(kept.empty());
}

TEST_P(HostingRestartIn, WhoIsInsideIsAnsweredWhereItIs) {
  About({.rule = "SHUT-8",
         .title = "A request is inside during a restart, and another comes after it",
         .expected = "200 by the old one, however long it takes; 200 by the new one at once",
         .mode = ModeOf(GetParam())});
  ServeNamed("first", Placed());
  auto inside = Begin("/subject/wait");
  ASSERT_TRUE(AreInside(stage(), 1));
  Reconfigure(Named("second", Placed()), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  WhoAnswered fresh;
  EXPECT_TRUE(Eventually([&] { return (fresh = Ask()).name == "second"; }, Soon()));
  EXPECT_EQ(Logged("H0117"), 0) << "a generation has ended with a request inside";
  LetGo(stage());
  const WhoAnswered old = inside.get();
  Found(fmt::format("{} by {}, {} by {}", old.status, old.name, fresh.status, fresh.name));
  EXPECT_EQ(fresh.status, 200);
  EXPECT_EQ(fresh.name, "second");
  EXPECT_EQ(old.status, 200);
  EXPECT_EQ(old.name, "first");
  EXPECT_TRUE(HaveEnded(1));
}

TEST_P(HostingRestartIn, AKeptConnectionGetsOneMoreAnswer) {
  About({.rule = "SHUT-9",
         .title = "A client asks again on the connection that it has kept over a restart",
         .expected = "200 by the old one, with Connection: close; then the old one ends",
         .mode = ModeOf(GetParam())});
  ServeNamed("first", Placed() + "KeepAliveTimeout 60\n");
  auto connection = Need(RawConnection::Open(host().port()));
  EXPECT_EQ(AskOn(connection).connection, "");
  Reconfigure(Named("second", Placed()), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  EXPECT_EQ(Logged("H0117"), 0);
  WhoAnswered last = AskOn(connection);
  while (last.status == 200 && last.connection.empty())
    last = AskOn(connection);  // it has not heard of it yet
  Found(fmt::format("{} by {}, Connection: {}", last.status, last.name, last.connection));
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.name, "first");
  EXPECT_EQ(last.connection, "close");
  EXPECT_EQ(Need(connection.ReadToEnd(Soon())), "");
  Close(std::move(connection));
  EXPECT_TRUE(HaveEnded(1));
}

TEST_P(HostingRestartIn, TheOtherConfigurationMayPutItElsewhere) {
  const Place& other = GetParam().process == ProcessKind::Daemon ? kPlacesMain[0] : kPlacesMain[1];
  About({.rule = "SHUT-8",
         .title = "The new configuration has the application in another process",
         .expected = "200 there",
         .mode = ModeOf(GetParam())});
  ServeNamed("first", Placed());
  Reconfigure(Named("second", PlacedIn(other)), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  EXPECT_TRUE(HaveEnded(1));
  const WhoAnswered after = Ask();
  Found(fmt::format("{} by {}", after.status, after.name));
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(after.name, "second");
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingRestartIn,
                         testing::ValuesIn(kPlacesMain),
                         [](const auto& place) { return NameOf(place.param); });

// ---- what leaves ----

TEST_F(HostingRestart, ADaemonProcessThatDiesIsReplacedWhileItIsNeeded) {
  About(
      {.rule = "DAEMON-4",
       .title = "A restart; a connection of the old server is kept, and its daemon process killed",
       .expected = "200 by another process of the old configuration",
       .mode = "daemon/main"});
  WillCrash();
  ServeNamed("first", kDaemon + "KeepAliveTimeout 60\n");
  auto connection = Need(RawConnection::Open(host().port()));
  const WhoAnswered before = AskOn(connection);
  Reconfigure(Named("second", kDaemon), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  ASSERT_EQ(::kill(before.pid, SIGKILL), 0);
  const WhoAnswered after = AskOn(connection);
  Found(fmt::format("{} by {}", after.status, after.name));
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(after.name, "first");
  EXPECT_NE(after.pid, before.pid);
  Close(std::move(connection));
  EXPECT_TRUE(HaveEnded(1));
}

TEST_F(HostingRestart, AStopEndsThoseThatAreLeavingToo) {
  About({.rule = "SHUT-1",
         .title = "SIGTERM to the supervisor while a kept connection holds an old generation",
         .expected = "exit 0 at once, nothing is left",
         .mode = "daemon/main"});
  ServeNamed("first", kDaemon + "KeepAliveTimeout 60\n");
  auto connection = Need(RawConnection::Open(host().port()));
  (void)AskOn(connection);
  Reconfigure(Named("second", kDaemon), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  const auto report = StopHost();
  Found(report.status.Text());
  EXPECT_TRUE(report.status.is_success()) << report.status.Text();
  EXPECT_FALSE(report.was_killed);
  EXPECT_TRUE(report.left_behind.empty()) << report.left_behind.front();
}

TEST_F(HostingRestart, ThoseThatAreLeavingDieWithTheSupervisor) {
  About({.rule = "DAEMON-4",
         .title = "SIGKILL to the supervisor while a kept connection holds an old generation",
         .expected = "no process is left",
         .mode = "daemon/main"});
  WillCrash();
  ServeNamed("first", kDaemon + "KeepAliveTimeout 60\n");
  auto connection = Need(RawConnection::Open(host().port()));
  (void)AskOn(connection);
  Reconfigure(Named("second", kDaemon), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  const auto children = ChildrenNow();
  EXPECT_EQ(children.size(), 4U);
  ASSERT_EQ(::kill(host().supervisor(), SIGKILL), 0);
  const bool are_gone = Eventually(
      [&] {
        return std::ranges::none_of(children,
                                    [](pid_t pid) { return HoldingsOf(pid).descriptors > 0; });
      },
      Soon());
  Found(are_gone ? "none is left" : "some are left");
  EXPECT_TRUE(are_gone);
}

TEST_F(HostingRestart, AServiceIsNeverThereTwice) {
  About({.rule = "DAEMON-9",
         .title = "A service process holds a lock; the server is restarted",
         .expected = "its successor is started when it has ended",
         .mode = "daemon/main"});
  (void)Need(stage().Write("service.py", R"(
import fcntl, os, signal, time
HERE = os.path.dirname(__file__)
lock = open(os.path.join(HERE, 'lock'), 'w')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    open(os.path.join(HERE, f'service-{os.getpid()}'), 'w').close()
except OSError:
    open(os.path.join(HERE, 'twice'), 'w').close()
try:
    while True:
        signal.pause()
finally:
    time.sleep(0.1)  # it has something to tidy up
)"));
  const std::string service =
      "WSGIDaemonProcess service threads=0\n"
      "WSGIImportScript {stage}/service.py process-group=service "
      "application-group=%{GLOBAL}\n";
  const auto services = [this] {
    return std::ranges::count_if(
        std::filesystem::directory_iterator(stage().path()),
        [](const auto& file) { return file.path().filename().string().starts_with("service-"); });
  };
  ServeNamed("first", service + kDaemon);
  ASSERT_TRUE(Eventually([&] { return services() == 1; }, Soon()));
  Reconfigure(Named("second", service + kDaemon), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  EXPECT_TRUE(Eventually([&] { return services() == 2; }, Soon()));
  const bool was_there_twice = std::filesystem::exists(stage().path("twice"));
  Found(was_there_twice ? "two at a time" : "one at a time");
  EXPECT_FALSE(was_there_twice);
}

// ---- what else a configuration says ----

TEST_F(HostingRestart, LogsAreOpenedAnew) {
  About({.rule = "SHUT-8",
         .title = "The error log and the access log are renamed, as logrotate does; SIGHUP",
         .expected = "new files, with the lines of the new generation",
         .mode = "daemon/main"});
  const std::string logs =
      "ErrorLog {stage}/error.log\nCustomLog {stage}/access.log \"%{NAME}e %U\"\n";
  ServeNamed("first", logs + kDaemon);
  EXPECT_EQ(Ask().name, "first");
  for (const char* log : {"error", "access"}) {
    std::filesystem::rename(stage().path(fmt::format("{}.log", log)),
                            stage().path(fmt::format("{}.log.1", log)));
  }
  Reconfigure(Named("second", logs + kDaemon), SIGHUP);
  const auto text = [this](std::string_view name) {
    const auto read = hosts::base::ReadFile(stage().path(name));
    return read ? *read : std::string();
  };
  const auto has = [&](std::string_view name, std::string_view what) {
    return Eventually([&] { return text(name).find(what) != std::string::npos; }, Soon());
  };
  ASSERT_TRUE(has("error.log", " H0117 "));
  EXPECT_EQ(Ask("/subject/new").name, "second");
  EXPECT_TRUE(has("access.log", "second /subject/new"));
  EXPECT_TRUE(has("access.log.1", "first /subject"));
  const std::string old_errors = text("error.log.1");
  Found(fmt::format("{} bytes in the new error log", text("error.log").size()));
  EXPECT_NE(old_errors.find(" H0114 "), std::string::npos);
  EXPECT_EQ(old_errors.find(" H0116 "), std::string::npos);
}

TEST_F(HostingRestart, AddressesComeAndGo) {
  About({.rule = "SHUT-8",
         .title = "A Listen line is added by one restart, and removed by the next",
         .expected = "200 there, then refused; the other address is the same",
         .mode = "embedded/main"});
  const std::string placed = PlacedIn(kPlacesMain[0]);
  const std::string another = "Listen 127.0.0.2:0\n";
  ServeNamed("first", placed);
  Reconfigure(Named("second", placed + another), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  constexpr std::string_view kMark = "Serving on 127.0.0.2:";
  const auto is_told = [&] { return Log().find(kMark) != std::string::npos; };
  ASSERT_TRUE(Eventually(is_told, Soon()));  // behind the line that a new generation serves
  const std::string log = Log();
  const auto at = log.find(kMark);
  const std::string digits = log.substr(at + kMark.size(), log.find('\n', at) - at - kMark.size());
  const int port = hosts::base::ParseWhole<int>(digits).value_or(0);
  auto there = Need(RawConnection::Open(port, "127.0.0.2"));
  EXPECT_EQ(AskOn(there).name, "second");
  EXPECT_TRUE(IsAnsweredBy("second"));
  Reconfigure(Named("third", placed), SIGHUP);
  ASSERT_TRUE(HaveServed(2));
  EXPECT_EQ(AskOn(there).connection, "close");
  Close(std::move(there));
  EXPECT_TRUE(HaveEnded(2));
  const bool is_refused = !RawConnection::Open(port, "127.0.0.2").has_value();
  Found(is_refused ? "refused" : "still there");
  EXPECT_TRUE(is_refused);
  EXPECT_EQ(Ask().name, "third");
}

}  // namespace suites::hosting
