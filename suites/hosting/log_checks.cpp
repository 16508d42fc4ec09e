// HostingLog: what is in the log, at which level, and in whose words. LOG-1, LOG-3, LOG-6 to LOG-9.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <regex>
#include <string>
#include <vector>

#include "hosts/base/files.h"
#include "suites/hosting/changing_script.h"
#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::kPlaces;
using hosts_under_test::Need;
using hosts_under_test::Place;
using hosts_under_test::Soon;
using hosts_under_test::Where;

namespace {

class HostingLog : public hosts_under_test::Check {
 protected:
  HostingLog() : Check("hosting", "the form of the log") {}

  [[nodiscard]] static bool Has(const std::string& text, const std::string& pattern) {
    return std::regex_search(text, std::regex(pattern));
  }
  [[nodiscard]] bool IsLogged(const std::string& pattern) const {
    return Eventually([&] { return Has(host().Log(), pattern); }, Soon());
  }
  void Run(const std::string& path, const std::string& python) const {
    auto client = host().NewClient();
    const auto answer = Need(Execute(client, path, python));
    EXPECT_FALSE(answer.error) << *answer.error;
  }
};

class HostingLogIn : public HostingLog, public testing::WithParamInterface<Place> {
 protected:
  [[nodiscard]] static bool is_daemon() { return GetParam().process == ProcessKind::Daemon; }
  [[nodiscard]] static std::string ModeName() { return ModeOf(GetParam()); }
  void ServePlaced(const std::string& more) {
    (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
    Serve(hosts_under_test::PlacedIn(GetParam()) + Alias("subject") + more);
  }
};

std::string NameOfPlace(const testing::TestParamInfo<Place>& parameter) {
  return hosts_under_test::NameOf(parameter.param);
}

// What an application says, in all the ways it can.
constexpr std::string_view kSay =
    "import sys\n"
    "print('said by print')\n"
    "print('said by stderr', file=sys.stderr)\n";

}  // namespace

TEST_P(HostingLogIn, AnythingAnApplicationSaysIsAnError) {
  About({.rule = "LOG-1",
         .title = "LogLevel error: print(), sys.stderr and a traceback",
         .expected = "all of them, at level error; nothing of the lives of processes",
         .mode = ModeName()});
  (void)Need(stage().Write("raises.wsgi",
                           "def application(environ, start_response):\n"
                           "    environ['wsgi.errors'].write('said by errors\\n')\n"
                           "    raise ValueError('said by raising')\n"));
  ServePlaced("LogLevel error\n" + Alias("raises"));
  Run("/subject", std::string(kSay));
  auto client = host().NewClient();
  EXPECT_EQ(Need(client.Get("/raises")).status, 500);
  int found = 0;
  for (const std::string_view text :
       {"said by print", "said by stderr", "said by errors", "said by raising"})
    found += IsLogged(fmt::format("Z error H0\\d+ \\[[^\\n]*{}", text)) ? 1 : 0;
  (void)StopHost();
  const std::string log = Need(hosts::base::ReadFile(stage().path("host.log")));
  const bool is_quiet = !Has(log, "Z (info|warning) ");
  Found(fmt::format("{} of 4, {}", found, is_quiet ? "nothing else" : "and more"), log);
  EXPECT_EQ(found, 4);
  EXPECT_TRUE(is_quiet) << log;
}

TEST_P(HostingLogIn, CritHidesAllThatApplicationsSay) {
  About({.rule = "LOG-1",
         .title = "LogLevel crit: print(), sys.stderr and a traceback",
         .expected = "an empty log",
         .mode = ModeName()});
  (void)Need(stage().Write("raises.wsgi",
                           "def application(environ, start_response):\n"
                           "    raise ValueError('said by raising')\n"));
  ServePlaced("LogLevel crit\n" + Alias("raises"));
  Run("/subject", std::string(kSay));
  auto client = host().NewClient();
  EXPECT_EQ(Need(client.Get("/raises")).status, 500);
  (void)StopHost();  // all is written
  const std::string log = Need(hosts::base::ReadFile(stage().path("host.log")));
  Found(fmt::format("{} bytes", log.size()), log);
  EXPECT_EQ(log, "");
}

TEST_P(HostingLogIn, LifeCyclesAreShownAtInfoOnly) {
  About({.rule = "LOG-6",
         .title = "LogLevel warn, and `LogLevel warn wsgi:info`: a host serves and is stopped",
         .expected = "nothing; then the processes, the interpreter and the script",
         .mode = ModeName()});
  const auto log_of = [this](const std::string& level) {
    ServePlaced(level);
    Run("/subject", "result = 1");
    (void)StopHost();
    const auto file = stage().path("host.log");
    const std::string log = Need(hosts::base::ReadFile(file));
    std::filesystem::remove(file);
    return log;
  };
  const std::string quiet = log_of("LogLevel warn\n");
  const std::string shown = log_of("LogLevel warn wsgi:info\n");
  Found(fmt::format("{} bytes, then {}", quiet.size(), shown.size()), shown);
  EXPECT_EQ(quiet, "");
  EXPECT_TRUE(Has(shown, "Starting process"));
  EXPECT_TRUE(Has(shown, "Loading WSGI script"));
  EXPECT_TRUE(Has(shown, "Shutdown requested"));
}

TEST_P(HostingLogIn, ALineIsHeldUntilItEnds) {
  About({.rule = "LOG-1",
         .title = "part of a line, flush(), and parts that nobody ends but the end of the request",
         .expected = "a record for each of them, and none for a part",
         .mode = ModeName()});
  (void)Need(stage().Write("parts.wsgi",
                           "import sys\n"
                           "def application(environ, start_response):\n"
                           "    errors = environ['wsgi.errors']\n"
                           "    errors.write('held,'); errors.write(' then ended\\n')\n"
                           "    errors.write('flushed'); errors.flush(); errors.write('after\\n')\n"
                           "    sys.stdout.write('at the end of the request')\n"
                           "    start_response('200 OK', [('Content-Length', '0')])\n"
                           "    return []\n"));
  ServePlaced(Alias("parts"));
  auto client = host().NewClient();
  EXPECT_EQ(Need(client.Get("/parts")).status, 200);
  int found = 0;
  for (const std::string_view text :
       {"held, then ended", "flushed", "after", "at the end of the request"})
    found += IsLogged(fmt::format("\\] {}\\n", text)) ? 1 : 0;
  Found(fmt::format("{} of 4 records", found));
  EXPECT_EQ(found, 4) << host().Log();
}

TEST_P(HostingLogIn, APartOfALineIsWrittenWhenItsInterpreterEnds) {
  About({.rule = "LOG-1",
         .title = "an atexit handler writes part of a line",
         .expected = "a record",
         .mode = ModeName()});
  ServePlaced("");
  Run("/subject",
      "import atexit, sys\n"
      "atexit.register(lambda: sys.stdout.write('said at the end'))");
  (void)StopHost();
  const std::string log = Need(hosts::base::ReadFile(stage().path("host.log")));
  const bool is_there = Has(log, "\\] said at the end\\n");
  Found(is_there ? "a record" : "nothing");
  EXPECT_TRUE(is_there) << log;
}

// hosts/deviations.md, LOG-1: mod_wsgi cuts them after about 8 KiB.
TEST_P(HostingLogIn, LongLinesStayWhole) {
  About({.rule = "LOG-1",
         .title = "a line of 100,000 characters",
         .expected = "one record, whole",
         .mode = ModeName()});
  ServePlaced("");
  Run("/subject", "print('a' * 100_000 + 'z')");
  const bool is_whole = Eventually(
      [this] {
        return host().Log().find("] " + std::string(100'000, 'a') + "z\n") != std::string::npos;
      },
      Soon());
  Found(is_whole ? "whole" : "not whole");
  EXPECT_TRUE(is_whole);
}

TEST_P(HostingLogIn, ErrorsOfARequestThatIsOverAreGone) {
  About({.rule = "LOG-3",
         .title = "wsgi.errors is kept, and written to in the next request",
         .expected = "RuntimeError",
         .mode = ModeName()});
  (void)Need(stage().Write("keeps.wsgi",
                           "kept = []\n"
                           "def application(environ, start_response):\n"
                           "    said = 'first'\n"
                           "    if kept:\n"
                           "        try:\n"
                           "            kept[0].write('too late\\n')\n"
                           "            said = 'written'\n"
                           "        except RuntimeError as error:\n"
                           "            said = 'RuntimeError'\n"
                           "    kept.append(environ['wsgi.errors'])\n"
                           "    start_response('200 OK', [('Content-Length', str(len(said)))])\n"
                           "    return [said.encode()]\n"));
  ServePlaced("StartServers 1\n" + Alias("keeps"));
  auto client = host().NewClient();
  EXPECT_EQ(Need(client.Get("/keeps")).body, "first");
  const std::string said = Need(client.Get("/keeps")).body;
  Found(said);
  EXPECT_EQ(said, "RuntimeError");
  EXPECT_EQ(host().Log().find("too late"), std::string::npos);
}

TEST_P(HostingLogIn, EachLineOfATracebackIsARecord) {
  About({.rule = "LOG-4",
         .title = "an application raises two calls deep",
         .expected = "the header, each frame, its source and the exception: an error record each",
         .mode = ModeName()});
  (void)Need(stage().Write("raises.wsgi",
                           "def inner():\n"
                           "    raise ValueError('on purpose')\n"
                           "def application(environ, start_response):\n"
                           "    inner()\n"));
  ServePlaced(Alias("raises"));
  auto client = host().NewClient();
  EXPECT_EQ(Need(client.Get("/raises")).status, 500);
  int found = 0;
  for (const std::string_view line : {"Traceback \\(most recent call last\\):",
                                      "  File \"[^\"]*raises.wsgi\", line 4, in application",
                                      "    inner\\(\\)",
                                      "  File \"[^\"]*raises.wsgi\", line 2, in inner",
                                      "ValueError: on purpose"}) {
    const bool is_there = IsLogged(fmt::format("Z error H\\d{{4}} \\[[^\\n]*\\] {}\\n", line));
    EXPECT_TRUE(is_there) << line;
    if (is_there) ++found;
  }
  Found(fmt::format("{} of 5 lines", found));
}

TEST_P(HostingLogIn, TheLivesOfProcessesAndScriptsHaveTheWordsOfModWsgi) {
  About({.rule = "LOG-7",
         .title = "a script is loaded, replaced, and the host stopped: the patterns that watch "
                  "mod_wsgi's log",
         .expected = "each finds its line",
         .mode = ModeName()});
  ChangingScript script(stage(), "changing");
  ServePlaced("StartServers 1\n" + Alias("changing"));
  auto client = host().NewClient();
  EXPECT_EQ(ParseVersionAnswer(Need(client.Get("/changing"))).version, 1);
  script.Change();
  EXPECT_EQ(ParseVersionAnswer(Need(client.Get("/changing"))).version, 2);
  (void)StopHost();
  const std::string log = Need(hosts::base::ReadFile(stage().path("host.log")));
  const std::string path = script.path().string();
  std::vector<std::string> patterns = {
      "Starting (daemon )?process 'one'",
      "Initiali[sz]ing Python",
      fmt::format("Loading (Python script file|WSGI script) '{}'", path),
      "Shutdown requested",
      "Stopping process 'one'",
      "Exiting (daemon )?process 'one'"};
  if (GetParam().interpreter == InterpreterKind::Sub) {
    patterns.emplace_back("Creat(e|ing) (sub-)?interpreter 'sub'");
  }
  if (is_daemon()) {
    patterns.emplace_back("Forc(e|ing) restart of (daemon )?process 'one'");
    patterns.emplace_back("(Connect after|Reconnecting after) WSGI daemon process");
  } else {
    patterns.push_back(fmt::format("Reloading WSGI script '{}'", path));
  }
  size_t found = 0;
  for (const std::string& pattern : patterns) {
    EXPECT_TRUE(Has(log, pattern)) << pattern << " finds nothing in\n" << log;
    if (Has(log, pattern)) ++found;
  }
  Found(fmt::format("{} of {} patterns", found, patterns.size()));
}

INSTANTIATE_TEST_SUITE_P(Hosting, HostingLogIn, testing::ValuesIn(kPlaces), NameOfPlace);

TEST_F(HostingLog, TimersHaveTheWordsOfModWsgi) {
  About({.rule = "LOG-7",
         .title = "groups with timers of a second: the patterns that watch mod_wsgi's log",
         .expected = "each finds its line",
         .mode = "daemon/main"});
  WillCrash();
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Write("broken.wsgi", "raise ValueError('on purpose')\n"));
  std::string configuration = "ThreadsPerChild 8\n";
  for (const std::string_view option : {"inactivity-timeout=1",
                                        "request-timeout=1",
                                        "restart-interval=1",
                                        "startup-timeout=1",
                                        "deadlock-timeout=1",
                                        "maximum-requests=1"}) {
    const std::string_view name = option.substr(0, option.find('='));
    const std::string_view script = name.starts_with("startup") ? "broken" : "subject";
    configuration += fmt::format(
        "WSGIDaemonProcess {0} threads=1 shutdown-timeout=1 {1}\n"
        "<Location /{0}>\nWSGIProcessGroup {0}\nWSGIApplicationGroup %{{GLOBAL}}\n</Location>\n"
        "WSGIScriptAlias /{0} {{stage}}/{2}.wsgi\n",
        name,
        option,
        script);
  }
  Serve(configuration);
  std::vector<client::RawConnection> stuck;
  const auto begin = [&](std::string_view name, std::string_view python) {
    stuck.push_back(Need(client::RawConnection::Open(host().port())));
    Need(stuck.back().Send(
        fmt::format("POST /{} HTTP/1.1\r\nHost: check.example\r\nContent-Length: {}\r\n\r\n{}",
                    name,
                    python.size(),
                    python)));
  };
  begin("request-timeout", "wait_for(lambda: False)");
  begin("deadlock-timeout", "import ctypes; ctypes.PyDLL(None).sleep(60)");
  begin("maximum-requests", "result = 1");
  begin("inactivity-timeout", "result = 1");
  begin("startup-timeout", "result = 1");
  int found = 0;
  for (const std::string_view pattern : {"idle inactivity",
                                         "request time limit",
                                         "restart timer expired",
                                         "startup timer expired",
                                         "deadlock timer",
                                         "Maximum requests reached",
                                         "Aborting process|aborting daemon process"}) {
    const bool is_there = IsLogged(std::string(pattern));
    EXPECT_TRUE(is_there) << pattern;
    if (is_there) ++found;
  }
  Found(fmt::format("{} of 7 patterns", found));
}

// hosts/deviations.md, LOG-8: mod_wsgi's have WSGInnnn.
TEST_F(HostingLog, EveryLineHasACode) {
  About({.rule = "LOG-8",
         .title = "a host that serves, warns and fails a request: how its lines begin",
         .expected = "time, level, code and process, each of them",
         .mode = "embedded/main"});
  WillCrash();
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve("WSGIDaemonProcess one\n" +
        Alias("subject", "process-group=one application-group=%{GLOBAL}"));
  auto client = host().NewClient();
  const pid_t pid = Need(Where(client, "/subject")).pid;
  EXPECT_EQ(Need(client.Get("/nowhere")).status, 404);
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  EXPECT_TRUE(IsLogged("Z warning H0104 "));
  (void)StopHost();
  std::istringstream log(Need(hosts::base::ReadFile(stage().path("host.log"))));
  const std::regex form(
      "[-0-9]{10}T[:.0-9]{12}Z (error|warning|info) H\\d{4} \\[\\d+ [^\\]]+\\] .*");
  int lines = 0;
  int others = 0;
  for (std::string line; std::getline(log, line); ++lines) {
    if (std::regex_match(line, form)) continue;
    ++others;
    ADD_FAILURE() << line;
  }
  Found(fmt::format("{} of {} lines", lines - others, lines));
  EXPECT_GT(lines, 5);
}

// hosts/deviations.md, LOG-9: mod_wsgi may call an exit code a signal.
TEST_F(HostingLog, ExitCodesAndSignalsAreToldApart) {
  About({.rule = "LOG-9",
         .title = "an application calls os._exit(7), the next process is killed by signal 7",
         .expected = "exit code 7, and a signal",
         .mode = "daemon/main"});
  WillCrash();
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve("WSGIDaemonProcess one\n" +
        Alias("subject", "process-group=one application-group=%{GLOBAL}"));
  auto client = host().NewClient();
  const pid_t first = Need(Where(client, "/subject")).pid;
  (void)client.Post("/subject", "import os; os._exit(7)");
  const bool is_code = IsLogged(fmt::format("with pid {} ended: exit code 7\\n", first));
  const pid_t second = Need(Where(client, "/subject")).pid;
  ASSERT_EQ(::kill(second, SIGBUS), 0);
  const bool is_signal = IsLogged(fmt::format("with pid {} ended: signal 7", second));
  Found(
      fmt::format("{}, {}", is_code ? "exit code 7" : "another", is_signal ? "a signal" : "none"));
  EXPECT_TRUE(is_code) << host().Log();
  EXPECT_TRUE(is_signal) << host().Log();
}

}  // namespace suites::hosting
