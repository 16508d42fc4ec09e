// HostingChannel: what a client gets when its daemon process cannot be reached, does not answer, or answers
// with a header that is too long, and when pieces of an answer are sent on: ERR-20, ERR-21, ERR-23, ERR-26, ERR-34,
// ERR-35, RESP-5, RESP-16, CFG-88, DAEMON-45.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <functional>

#include "hosts/base/files.h"
#include "hosts/base/unique_fd.h"
#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/host_words.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using hosts::base::Clock;
using hosts_under_test::Eventually;
using hosts_under_test::kPlaces;
using hosts_under_test::ModeOf;
using hosts_under_test::NameOf;
using hosts_under_test::Need;
using hosts_under_test::Place;
using hosts_under_test::Soon;

namespace {

// /wait stays inside until there is a file `go` beside the script; /part too, but behind its first bytes, of
// which the file `waits` says that they have gone;
// /pid says in which process it is; /header/N has a header whose line is N bytes long; /size/N an answer of N bytes;
// everything else is answered at once with the body.
constexpr std::string_view kSubject = R"(
import os, time
GO = os.path.join(os.path.dirname(__file__), 'go')
def wait():
    deadline = time.monotonic() + 60
    while not os.path.exists(GO) and time.monotonic() < deadline:
        time.sleep(0.005)
    with open(GO + 'ne', 'w'):
        pass
def parts():
    yield b'part'
    with open(os.path.join(os.path.dirname(__file__), 'waits'), 'w'):
        pass
    wait()
def application(environ, start_response):
    name, _, number = environ['PATH_INFO'].strip('/').partition('/')
    headers = [('Content-Type', 'text/plain')]
    if name == 'part':
        start_response('200 OK', headers)
        return parts()
    if name == 'wait':
        wait()
    if name == 'header':
        headers.append(('X-Long', 'v' * (int(number) - len('X-Long: '))))
    body = environ['wsgi.input'].read() or b'ok'
    if name == 'pid':
        body = str(os.getpid()).encode()
    if name == 'size':
        body = b'z' * int(number)
    start_response('200 OK', headers + [('Content-Length', str(len(body)))])
    return [body]
)";

// Much longer than what is configured or done at once takes, and less than connect-timeout's default.
constexpr auto kLong = std::chrono::seconds(10);
// More than a connection holds for a client that does not read.
constexpr std::size_t kLarge = 30'000'000;

class HostingChannel : public hosts_under_test::Check {
 protected:
  HostingChannel() : Check("hosting") {}

  // The group `one` with these options; its socket lies on the stage.
  void ServeSubject(std::string_view options, std::string_view directives = "") {
    (void)Need(stage().Write("subject.wsgi", kSubject));
    Serve(
        fmt::format("WSGISocketPrefix {{stage}}/tmp/wsgi\nWSGIDaemonProcess one {}\n"
                    "WSGIProcessGroup one\nWSGIApplicationGroup %{{GLOBAL}}\n{}{}",
                    options,
                    directives,
                    Alias("subject")));
  }
  [[nodiscard]] std::filesystem::path Socket() const {
    for (const auto& entry : std::filesystem::directory_iterator(stage().path("tmp"))) {
      if (entry.is_socket()) return entry.path();
    }
    hosts_under_test::EndCheck({hosts::base::ErrorKind::NotFound, "the group has no socket"});
  }
  [[nodiscard]] pid_t PidOfTheGroup() const {
    client::Answer answer;
    const auto is_answered = [&] {
      answer = Need(host().NewClient().Get("/subject/pid"));
      return answer.status == 200;
    };
    if (!Eventually(is_answered, Soon())) {
      hosts_under_test::EndCheck(
          {hosts::base::ErrorKind::InvalidInput, "the group does not say which its process is"});
    }
    return std::stoi(answer.body);
  }
  // The status of a GET, and how long it took.
  struct Timed {
    int status = 0;
    std::chrono::milliseconds took{0};
  };
  [[nodiscard]] Timed Get(const std::string& path) const {
    auto client = host().NewClient();
    const auto begin = Clock::now();
    const int status = Need(client.Get(path)).status;
    return {status, std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin)};
  }
  // A client that asks for much, and reads nothing until the check does.
  [[nodiscard]] client::RawConnection StopInLargeAnswer(std::string_view mount) const {
    auto connection = Need(client::RawConnection::Open(host().port()));
    Need(connection.Send(
        fmt::format("GET {}/size/{} HTTP/1.1\r\nHost: check.example\r\nConnection: close\r\n\r\n",
                    mount,
                    kLarge)));
    return connection;
  }
  // A large answer has ended there, one way or the other: then it is in the access log.
  [[nodiscard]] bool HasLargeAnswerEnded(std::string_view mount) const {
    const std::string line = fmt::format("{}/size/", mount);
    return Eventually(
        [&] {
          const auto log = hosts::base::ReadFile(stage().path("access.log"));
          return log && log->find(line) != std::string::npos;
        },
        Soon());
  }
  // Lets everybody who waits inside go, and waits until one has.
  void LetGo() const {
    (void)Need(stage().Write("go", ""));
    EXPECT_TRUE(
        Eventually([this] { return std::filesystem::exists(stage().path("gone")); }, Soon()))
        << "the application was not left to end by itself";
  }
  // A group that waits for a second only may give up on a busy machine.
  void ExpectServedAtLast() {
    EXPECT_TRUE(Eventually([this] { return Get("/subject").status == 200; }, Soon()));
  }
  // Kills the process of the group when what it needs to start is gone, and brings that back.
  // `words`: what the log says when it cannot start.
  void ReplaceWithout(const std::string& options,
                      std::string_view words,
                      const std::function<void()>& take_away,
                      const std::function<void()>& bring_back) {
    ServeSubject(options);
    WillCrash();
    ExpectServedAtLast();
    const pid_t pid = PidOfTheGroup();
    const bool is_engine = hosts_under_test::IsEngineChosen();
    take_away();
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    EXPECT_TRUE(Eventually([&] { return host().Log().find(words) != std::string::npos; }, Soon()));
    const Timed timed = Get("/subject");
    bring_back();
    // A process of mod_wsgi sleeps for 20 s before it makes room for another (DAEMON-47).
    constexpr std::chrono::seconds kSleepOfModWsgi{20};
    EXPECT_TRUE(Eventually(
        [this] { return Get("/subject").status == 200; },
        is_engine ? Soon() : hosts::base::Deadline::After(kSleepOfModWsgi + client::Patience())));
    Found(fmt::format("{} after socket-timeout, then 200", timed.status),
          fmt::format("after {} ms", timed.took.count()));
    EXPECT_EQ(timed.status, 504);
  }
  static void FoundTimed(const Timed& timed) {
    Found(std::to_string(timed.status), fmt::format("after {} ms", timed.took.count()));
  }
};

// Binds to a path and does not listen: whoever connects is refused.
hosts::base::UniqueFd OccupyWithoutListening(const std::filesystem::path& path) {
  hosts::base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  std::filesystem::permissions(path, std::filesystem::perms::all);
  return fd;
}

class HostingHeaderSizes : public HostingChannel, public testing::WithParamInterface<Place> {};

std::string NameOfPlace(const testing::TestParamInfo<Place>& parameter) {
  return NameOf(parameter.param);
}

}  // namespace

TEST_F(HostingChannel, ASocketThatRefusesForLongIsA503) {
  About({.rule = "ERR-20",
         .title = "The group's socket refuses for longer than connect-timeout",
         .expected = "503, not before connect-timeout",
         .mode = "daemon/main"});
  ServeSubject("connect-timeout=1");
  const auto path = Socket();
  std::filesystem::remove(path);
  const auto occupied = OccupyWithoutListening(path);
  const Timed timed = Get("/subject");
  FoundTimed(timed);
  EXPECT_EQ(timed.status, 503);
  EXPECT_GE(timed.took, std::chrono::milliseconds(990));
  EXPECT_LT(timed.took, kLong) << "connect-timeout is one second";
}

TEST_F(HostingChannel, ASocketThatIsNotThereIsA503AtOnce) {
  About({.rule = "ERR-21",
         .title = "The group's socket is gone; connect-timeout is an hour",
         .expected = "503 at once",
         .mode = "daemon/main"});
  ServeSubject("connect-timeout=3600");
  std::filesystem::remove(Socket());
  const Timed timed = Get("/subject");
  FoundTimed(timed);
  EXPECT_EQ(timed.status, 503);
  EXPECT_LT(timed.took, kLong);
}

TEST_F(HostingChannel, AnAnswerThatDoesNotBeginIsA504) {
  About(
      {.rule = "ERR-23",
       .title = "socket-timeout: an application that does not answer for longer; others are served",
       .expected = "504, not before socket-timeout; 200 for another; the application goes on",
       .mode = "daemon/main"});
  ServeSubject("socket-timeout=1 threads=2");
  const Timed timed = Get("/subject/wait");
  ExpectServedAtLast();
  FoundTimed(timed);
  EXPECT_EQ(timed.status, 504);
  EXPECT_GE(timed.took, std::chrono::milliseconds(990));
  LetGo();
}

TEST_F(HostingChannel, WithoutASocketTimeoutTheServersTimeoutCounts) {
  About({.rule = "ERR-23",
         .title = "Timeout 1 and no socket-timeout",
         .expected = "504, not before Timeout",
         .mode = "daemon/main"});
  ServeSubject("threads=2", "Timeout 1\n");
  const Timed timed = Get("/subject/wait");
  FoundTimed(timed);
  EXPECT_EQ(timed.status, 504);
  EXPECT_GE(timed.took, std::chrono::milliseconds(990));
  LetGo();
}

TEST_F(HostingChannel, TheGroupsSocketTimeoutBeatsTheServersTimeout) {
  About({.rule = "ERR-23",
         .title = "Timeout 1 and socket-timeout=3600: an answer that takes longer than Timeout",
         .expected = "200",
         .mode = "daemon/main"});
  ServeSubject("threads=2 socket-timeout=3600",
               "Timeout 1\nWSGIDaemonProcess two threads=2\n"
               "<Location /other>\nWSGIProcessGroup two\n</Location>\n"
               "WSGIScriptAlias /other {stage}/subject.wsgi\n");
  auto patient = Need(client::RawConnection::Open(host().port()));
  Need(patient.Send("GET /subject/wait HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  const int impatient = Get("/other/wait").status;  // begins later, and shows that the time is over
  LetGo();
  const int status = Need(patient.ReadAnswer(Soon())).status;
  Found(std::to_string(status), fmt::format("{} for a group without", impatient));
  EXPECT_EQ(status, 200);
  EXPECT_EQ(impatient, 504);
}

TEST_F(HostingChannel, AnAnswerThatDoesNotGoOnIsCut) {
  About({.rule = "ERR-23",
         .title = "socket-timeout: an answer that stops behind its first bytes",
         .expected = "200, the first bytes, no orderly end",
         .mode = "daemon/main"});
  ServeSubject("socket-timeout=1 threads=2");
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send("GET /subject/part HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  const std::string all = Need(connection.ReadToEnd(Soon()));
  Found(all.substr(9, 3));
  EXPECT_TRUE(all.starts_with("HTTP/1.1 200")) << all;
  EXPECT_TRUE(all.ends_with("4\r\npart\r\n")) << all;
  LetGo();
}

TEST_F(HostingChannel, APieceOfAnAnswerIsHeldForTheNextOne) {
  About({.rule = "CFG-88",
         .title = "response-flush-delay of an hour: an answer that stops behind its first bytes",
         .expected = "nothing of it before its end, then all",
         .mode = "daemon/main"});
  ServeSubject("threads=2 response-flush-delay=3600000");
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send("GET /subject/part HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  ASSERT_TRUE(
      Eventually([this] { return std::filesystem::exists(stage().path("waits")); }, Soon()));
  EXPECT_EQ(Get("/subject").status, 200);  // after what the server has heard of the first one
  const auto early = connection.ReadUntil("part", hosts::base::Deadline::After({}));
  LetGo();
  const client::Answer answer = Need(connection.ReadAnswer(Soon()));
  Found(fmt::format("{}, then {}", early ? "the first bytes" : "nothing", answer.body));
  EXPECT_FALSE(early);
  EXPECT_EQ(answer.body, "part");
}

TEST_F(HostingChannel, APieceOfAnAnswerIsSentAfterSilence) {
  const std::pair<std::string_view, int> kinds[] = {
      {"", 5}, {"response-flush-delay=0", 0}, {"response-flush-delay=150", 150}};
  About({.rule = "RESP-5",
         .title =
             "response-flush-delay unset, 0 and 150: an answer that stops behind its first bytes",
         .expected = "they come, and not before the delay",
         .mode = "daemon/main"});
  std::string groups;
  for (std::size_t i = 0; i < std::size(kinds); ++i) {
    groups += fmt::format(
        "WSGIDaemonProcess g{0} threads=2 {1}\n<Location /g{0}>\nWSGIProcessGroup "
        "g{0}\n</Location>\n"
        "WSGIScriptAlias /g{0} {{stage}}/subject.wsgi\n",
        i,
        kinds[i].first);
  }
  ServeSubject("threads=2", groups);
  std::string found;
  for (std::size_t i = 0; i < std::size(kinds); ++i) {
    (void)Get(fmt::format("/g{}", i));  // so that it is loaded
    auto connection = Need(client::RawConnection::Open(host().port()));
    const auto begin = Clock::now();
    Need(connection.Send(fmt::format("GET /g{}/part HTTP/1.1\r\nHost: check.example\r\n\r\n", i)));
    (void)Need(connection.ReadUntil("part", Soon()));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    found += fmt::format("{}{}: {} ms", found.empty() ? "" : ", ", kinds[i].second, took.count());
    EXPECT_GE(took.count(), kinds[i].second);
  }
  Found(found);
  LetGo();
}

TEST_F(HostingChannel, AClientThatStopsReadingIsCutAfterTheGroupsTime) {
  About({.rule = "DAEMON-45",
         .title = "response-socket-timeout=1, all other timeouts an hour: a client stops reading",
         .expected = "its answer breaks off, not before response-socket-timeout",
         .mode = "daemon/main"});
  ServeSubject("response-socket-timeout=1 socket-timeout=3600 threads=2",
               "Timeout 3600\nCustomLog {stage}/access.log %U\n");
  const auto begin = Clock::now();
  auto connection = StopInLargeAnswer("/subject");
  EXPECT_TRUE(HasLargeAnswerEnded("/subject"));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  const std::string all = Need(connection.ReadToEnd(Soon()));
  Found(fmt::format("{} bytes after {} ms", all.size(), took.count()));
  EXPECT_LT(all.size(), kLarge);
  EXPECT_GE(took, std::chrono::milliseconds(990));
}

TEST_F(HostingChannel, AClientThatReadsOnHasTheGroupsTime) {
  About({.rule = "DAEMON-45",
         .title = "Timeout 1 and response-socket-timeout=3600: a client reads on when the time of "
                  "another group's is over",
         .expected = "the whole answer",
         .mode = "daemon/main"});
  // A process of mod_wsgi waits for as long as socket-timeout says until the server takes more of its answer.
  ServeSubject(hosts_under_test::IsEngineChosen()
                   ? "response-socket-timeout=3600 threads=2"
                   : "response-socket-timeout=3600 socket-timeout=3600 threads=2",
               "Timeout 1\nCustomLog {stage}/access.log %U\nWSGIDaemonProcess two threads=2\n"
               "<Location /other>\nWSGIProcessGroup two\n</Location>\n"
               "WSGIScriptAlias /other {stage}/subject.wsgi\n");
  auto patient = StopInLargeAnswer("/subject");
  (void)Need(patient.ReadUntil("\r\n\r\n", Soon()));
  auto other = StopInLargeAnswer("/other");
  EXPECT_TRUE(HasLargeAnswerEnded("/other"));
  const std::string all = Need(patient.ReadToEnd(Soon()));
  const std::string cut = Need(other.ReadToEnd(Soon()));
  Found(fmt::format("{} bytes; {} of a group without", all.size(), cut.size()));
  EXPECT_EQ(all.size(), kLarge);
  EXPECT_LT(cut.size(), kLarge);
}

TEST_F(HostingChannel, AGroupThatCanNoLongerEnterItsHomeIsA504) {
  About({.rule = "ERR-35",
         .title = "home= is gone when a process must be replaced; then it is there again",
         .expected = "504 after socket-timeout, then 200",
         .mode = "daemon/main"});
  const auto home = stage().path("home");
  const auto make = [&home] {
    std::filesystem::create_directory(home);
    std::filesystem::permissions(home, std::filesystem::perms::all);
  };
  make();
  ReplaceWithout(
      fmt::format("home={} socket-timeout=1", home.string()),
      hosts_under_test::IsEngineChosen() ? " H0110 " : "Unable to change working directory",
      [&home] { std::filesystem::remove(home); },
      make);
}

TEST_F(HostingChannel, AGroupThatCanNoLongerStartPythonIsA504) {
  About({.rule = "ERR-34",
         .title =
             "python-home= is no Python any more when a process must be replaced; then it is again",
         .expected = "504 after socket-timeout, then 200",
         .mode = "daemon/main"});
  const auto make = [this] { (void)Need(stage().Write("venv/pyvenv.cfg", "home = /usr/bin\n")); };
  make();
  ReplaceWithout(
      "python-home={stage}/venv socket-timeout=1",
      hosts_under_test::WordsOfNoPython(),
      [this] { stage().Remove("venv/pyvenv.cfg"); },
      make);
}

TEST_P(HostingHeaderSizes, AreLimitedInDaemonModeOnly) {
  const bool is_daemon = GetParam().process == ProcessKind::Daemon;
  const std::string expected = is_daemon ? "200 500, 200 500, 200" : "200 200, 200 200, 200";
  About({.rule = "RESP-16",
         .title =
             "A header's line of 32768 bytes and one of 40000; with header-buffer-size=8192 one "
             "of 8192 and one of 8193; the next request on the connection",
         .expected = expected,
         .mode = ModeOf(GetParam())});
  (void)Need(stage().Write("subject.wsgi", kSubject));
  Serve(
      fmt::format("{}WSGIDaemonProcess small header-buffer-size=8192\n{}"
                  "<Location /small>\nWSGIProcessGroup {}\n</Location>\n"
                  "WSGIScriptAlias /small {{stage}}/subject.wsgi\n",
                  PlacedIn(GetParam()),
                  Alias("subject"),
                  is_daemon ? "small" : "%{GLOBAL}"));
  // Not over HttpClient: it has a limit of its own.
  auto connection = Need(client::RawConnection::Open(host().port()));
  const auto status = [&](std::string_view target) {
    if (!hosts_under_test::IsEngineChosen())  // Apache closes it behind a 500
      connection = Need(client::RawConnection::Open(host().port()));
    Need(connection.Send(fmt::format("GET {} HTTP/1.1\r\nHost: check.example\r\n\r\n", target)));
    return Need(connection.ReadAnswer(Soon())).status;
  };
  // mod_wsgi keeps the end of the line in its buffer, too.
  const int end_of_line = hosts_under_test::IsEngineChosen() ? 0 : 3;
  const std::string found =
      fmt::format("{} {}, {} {}, {}",
                  status(fmt::format("/subject/header/{}", 32768 - end_of_line)),
                  status("/subject/header/40000"),
                  status(fmt::format("/small/header/{}", 8192 - end_of_line)),
                  status("/small/header/8193"),
                  status("/subject"));
  Found(found);
  EXPECT_EQ(found, expected);
}
INSTANTIATE_TEST_SUITE_P(Hosting, HostingHeaderSizes, testing::ValuesIn(kPlaces), NameOfPlace);

TEST_F(HostingChannel, AHeaderThatIsTooLongIsSaidInTheLog) {
  About(
      {.rule = "ERR-26",
       .title = "An answer with a header's line longer than header-buffer-size: what the log says",
       .expected = "500, and an error that names the option",
       .mode = "daemon/main"});
  ServeSubject("header-buffer-size=8192");
  const int status = Get("/subject/header/9000").status;
  const bool is_said = Eventually(
      [this] {
        const std::string log = host().Log();
        if (!hosts_under_test::IsEngineChosen())
          return log.find("oversized response headers received") != std::string::npos ||
                 log.find("Response header line too long") != std::string::npos;  // 4.9.4, 6.1.1
        return log.find("H0213") != std::string::npos &&
               log.find("header-buffer-size") != std::string::npos;
      },
      Soon());
  Found(fmt::format("{}, {}", status, is_said ? "said" : "not said"));
  EXPECT_EQ(status, 500);
  EXPECT_TRUE(is_said) << host().Log();
}

}  // namespace suites::hosting
