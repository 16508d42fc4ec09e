// HostingPython: how Python starts, what interpreters are kept from, and how they are left at the end.
// CFG-32, CFG-54, CFG-70, GIL-10, GIL-20, -21, LOAD-32, LOAD-34, RESTRICT-4 to -8, SHUT-3.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

using hosts_under_test::Event;
using hosts_under_test::EventsOn;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using ::testing::HasSubstr;

namespace {

// A copy of the probe in each kind of place.
struct Place {
  std::string_view name;
  std::string_view process_group;
  std::string_view application_group;
};
constexpr std::array<Place, 4> kPlaces = {{{"embedded_main", "%{GLOBAL}", "%{GLOBAL}"},
                                           {"embedded_sub", "%{GLOBAL}", "sub"},
                                           {"daemon_main", "one", "%{GLOBAL}"},
                                           {"daemon_sub", "one", "sub"}}};

class HostingPython : public hosts_under_test::Check {
 protected:
  HostingPython() : Check("hosting") {}

  // Serves the four of them, below what the check is about.
  void ServeAll(const std::string& configuration) {
    std::string text = configuration;
    if (text.find("WSGIDaemonProcess one") == std::string::npos) text += kDaemonGroup;
    for (const Place& place : kPlaces)
      text += Mount(place);
    Serve(text);
  }
  [[nodiscard]] std::string Mount(const Place& place) const {
    (void)Need(stage().Copy("probe.wsgi", fmt::format("{}.wsgi", place.name)));
    return Alias(
        place.name,
        fmt::format(
            "process-group={} application-group={}", place.process_group, place.application_group));
  }

  // What Python text says in a place: its `result` as JSON, or what it raised.
  [[nodiscard]] std::string Ask(std::string_view name, const std::string& python) const {
    auto client = host().NewClient();
    const auto answer = Need(Execute(client, fmt::format("/{}", name), python));
    return answer.error.value_or(answer.result);
  }
  // The four answers, in the order of kPlaces.
  [[nodiscard]] std::vector<std::string> AskAll(const std::string& python) const {
    std::vector<std::string> said;
    for (const Place& place : kPlaces)
      said.push_back(Ask(place.name, python));
    return said;
  }
};

std::vector<std::string> FourTimes(const std::string& answer) {
  return {answer, answer, answer, answer};
}

constexpr const char* kStart =
    "import sys\n"
    "result = [sys.flags.optimize, sys.warnoptions, sys.dont_write_bytecode]";

// The name of the error that a statement raises; null if none.
std::string ErrorOf(std::string_view statement) {
  return fmt::format(
      "import os, signal, sys\n"
      "result = None\n"
      "try:\n"
      "    {}\n"
      "except Exception as error:\n"
      "    result = type(error).__name__\n",
      statement);
}

}  // namespace

TEST_F(HostingPython, StartsInEveryProcessAsTheServerSays) {
  About({.rule = "CFG-54",
         .title = "Optimization, warnings in order, and no .pyc: embedded and daemon, main and sub",
         .expected = "the same four times",
         .mode = "all"});
  ServeAll(
      "WSGIPythonOptimize 1\n"
      "WSGIPythonWarnings error\n"
      "WSGIPythonWarnings ignore::UserWarning\n"
      "WSGIDontWriteBytecode On\n");
  const auto said = AskAll(kStart);
  Found(said.front());
  EXPECT_EQ(said, FourTimes(R"([1,["error","ignore::UserWarning"],true])"));
}

TEST_F(HostingPython, WritesBytecodeUnlessItIsTold) {
  About({.rule = "CFG-32",
         .title = "WSGIDontWriteBytecode decides whether an import leaves a .pyc file",
         .expected = "one without it, none with it",
         .mode = "daemon/main"});
  const auto imports = [this](const std::string& configuration, const std::string& module) {
    (void)Need(stage().Write(fmt::format("{0}/{0}.py", module), ""));
    std::filesystem::permissions(stage().path(module), std::filesystem::perms::all);
    ServeAll(configuration);
    (void)Ask("daemon_main",
              fmt::format("import sys; sys.path.insert(0, HERE + '/{0}'); import {0}", module));
    return std::filesystem::exists(stage().path(module + "/__pycache__"));
  };
  const bool by_default = imports("", "first");
  const bool when_told = imports("WSGIDontWriteBytecode On\n", "second");
  Found(fmt::format("{}, {}", by_default, when_told));
  EXPECT_TRUE(by_default);
  EXPECT_FALSE(when_told);
}

TEST_F(HostingPython, HashesFromTheSeedInEveryRun) {
  About({.rule = "LOAD-34",
         .title = "WSGIPythonHashSeed: a number fixes the hash of a string, random does not",
         .expected = "one hash in two runs of four interpreters; another one with random",
         .mode = "all"});
  constexpr const char* kHash = "result = hash('wsgilab')";
  ServeAll("WSGIPythonHashSeed 42\n");
  const auto first = AskAll(kHash);
  ServeAll("WSGIPythonHashSeed 42\n");
  EXPECT_EQ(AskAll(kHash), first);
  EXPECT_EQ(first, FourTimes(first.front()));
  ServeAll("WSGIPythonHashSeed random\n");
  const auto random = AskAll(kHash);
  Found(fmt::format("{}; random {} and {}", first.front(), random.front(), random.back()));
  EXPECT_NE(random.front(), random.back()) << "two processes";
}

TEST_F(HostingPython, KeepsEggsWhereItIsTold) {
  About({.rule = "CFG-70",
         .title = "PYTHON_EGG_CACHE: WSGIPythonEggs when embedded, python-eggs= in a group",
         .expected = "each its own, nothing where nobody says",
         .mode = "embedded and daemon"});
  constexpr const char* kEggs = "import os; result = os.environ.get('PYTHON_EGG_CACHE')";
  ServeAll("WSGIPythonEggs /eggs/server\nWSGIDaemonProcess one python-eggs=/eggs/one\n");
  const auto said = AskAll(kEggs);
  ServeAll("WSGIPythonEggs /eggs/server\n");
  const std::string other = Ask("daemon_main", kEggs);
  Found(fmt::format("{}, {}, {}", said.front(), said.back(), other));
  EXPECT_THAT(said,
              testing::ElementsAre(
                  "\"/eggs/server\"", "\"/eggs/server\"", "\"/eggs/one\"", "\"/eggs/one\""));
  EXPECT_EQ(other, "null") << "WSGIPythonEggs is for embedded applications";
}

TEST_F(HostingPython, RestrictsTheStreamsOfTheInterpretersSelected) {
  About({.rule = "RESTRICT-8",
         .title =
             "sys.stdout and sys.stdin restricted by containers for one interpreter, one process",
         .expected = "OSError there, and nowhere else",
         .mode = "all"});
  ServeAll(
      "<WSGIInterpreterOptions process-group=one application-group=sub>\n"
      "WSGIRestrictStdout On\n"
      "</WSGIInterpreterOptions>\n"
      "<WSGIInterpreterOptions process-group=%{GLOBAL}>\n"
      "WSGIRestrictStdin On\n"
      "</WSGIInterpreterOptions>\n");
  const auto printed = AskAll(ErrorOf("print('a line of', __name__)"));
  const auto read = AskAll(ErrorOf("sys.stdin.read"));
  Found(fmt::format("stdout of daemon_sub: {}, stdin embedded: {}", printed[3], read[0]));
  EXPECT_THAT(printed, testing::ElementsAre("null", "null", "null", "\"OSError\""));
  EXPECT_THAT(read, testing::ElementsAre("\"OSError\"", "\"OSError\"", "null", "null"));
}

// GIL-10, with what is said at the top level below the container.
TEST_F(HostingPython, AContainerWinsOverTheTopLevel) {
  About({.rule = "GIL-10",
         .title = "The most specific container decides, whatever the order of the lines",
         .expected = "OSError but in the interpreter sub of group one",
         .mode = "all"});
  ServeAll(
      "<WSGIInterpreterOptions Process-Group=one application-group=sub>\n"
      "WSGIRestrictStdout Off\n"
      "</WSGIInterpreterOptions>\n"
      "<WSGIInterpreterOptions application-group=sub>\n"
      "WSGIRestrictStdout On\n"
      "</WSGIInterpreterOptions>\n"
      "WSGIRestrictStdout On\n");
  const auto printed = AskAll(ErrorOf("print('a line')"));
  Found(fmt::format("{} in daemon_sub", printed[3]));
  EXPECT_THAT(printed, testing::ElementsAre("\"OSError\"", "\"OSError\"", "\"OSError\"", "null"));
}

TEST_F(HostingPython, SignalsAreTheEngines) {
  About({.rule = "RESTRICT-6",
         .title =
             "signal.signal() answers the handler, registers nothing, and the log says who asked",
         .expected = "true four times, a line and a stack in the log",
         .mode = "all"});
  ServeAll("");
  const auto said = AskAll(
      "import signal\n"
      "def handler(*_): pass\n"
      "def who_asks(): return signal.signal(signal.SIGUSR2, handler)\n"
      "result = who_asks() is handler and signal.getsignal(signal.SIGUSR2) is not handler");
  Found(said.front());
  EXPECT_EQ(said, FourTimes("true"));
  EXPECT_THAT(host().Log(), HasSubstr("Callback registration for signal 12 ignored."));
  EXPECT_THAT(host().Log(), HasSubstr("in who_asks"));
}

TEST_F(HostingPython, SignalsAreRealInAForkedProcess) {
  About({.rule = "RESTRICT-6",
         .title = "signal.signal() in a process that the application forks off",
         .expected = "the real one",
         .mode = "daemon/main"});
  Serve(std::string(kDaemonGroup) + Mount(kPlaces[2]));
  const std::string said =
      Ask("daemon_main",
          "import os, signal\n"
          "child = os.fork()\n"
          "if child == 0:\n"
          "    try:\n"
          "        real = signal.signal(12, signal.SIG_IGN) != signal.SIG_IGN\n"
          "    finally:\n"
          "        os._exit(0 if real else 1)\n"
          "result = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])");
  Found(said);
  EXPECT_EQ(said, "0");
}

TEST_F(HostingPython, SignalsAreNotForRequestsEvenIfFree) {
  About(
      {.rule = "RESTRICT-7",
       .title = "WSGIRestrictSignal Off: the call is real, and no request runs on the main thread",
       .expected = "ValueError four times",
       .mode = "all"});
  ServeAll("WSGIRestrictSignal Off\n");
  const auto said = AskAll(ErrorOf("signal.signal(signal.SIGUSR2, print)"));
  Found(said.front());
  EXPECT_EQ(said, FourTimes("\"ValueError\""));
}

TEST_F(HostingPython, StopsThoughAScriptTookItsSignals) {
  About({.rule = "RESTRICT-7",
         .title =
             "Preloaded scripts register handlers of SIGTERM and SIGINT, then the host is stopped",
         .expected = "registered, and exit 0 as without them",
         .mode = "embedded/main and daemon/main"});
  (void)Need(stage().Write("takes.wsgi",
                           "import signal\n"
                           "for number in (signal.SIGTERM, signal.SIGINT):\n"
                           "    signal.signal(number, lambda *_: None)\n"
                           "def application(environ, start_response):\n"
                           "    start_response('200 OK', [])\n"
                           "    return [repr(signal.getsignal(signal.SIGTERM)).encode()]\n"));
  const auto import_into = [](std::string_view group) {
    return fmt::format(
        "WSGIImportScript {{stage}}/takes.wsgi process-group={} application-group=%{{GLOBAL}}\n",
        group);
  };
  Serve(std::string(kDaemonGroup) + "WSGIRestrictSignal Off\n" + import_into("one") +
        import_into("%{GLOBAL}") + Alias("takes", "process-group=one application-group=%{GLOBAL}"));
  auto client = host().NewClient();
  EXPECT_THAT(Need(client.Get("/takes")).body, HasSubstr("lambda")) << "it was not registered";
  const auto report = StopHost();
  Found(report.status.Text());
  EXPECT_TRUE(report.status.is_success());
  EXPECT_TRUE(report.left_behind.empty());
}

constexpr const char* kInterval = "import sys; result = sys.getswitchinterval()";

TEST_F(HostingPython, HasTheIntervalOfItsProcess) {
  About({.rule = "GIL-20, -21",
         .title = "WSGISwitchInterval for all, switch-interval= for a group, a container for one",
         .expected = "0.011 embedded, 0.022 in the group, a warning for the interpreter sub",
         .mode = "all"});
  ServeAll(
      "WSGISwitchInterval 0.011\n"
      "WSGIDaemonProcess one threads=2 switch-interval=0.022\n"
      "<WSGIInterpreterOptions process-group=one application-group=sub>\n"
      "WSGISwitchInterval 0.033\n"
      "</WSGIInterpreterOptions>\n");
  (void)AskAll(kInterval);  // every interpreter has been made
  const auto said = AskAll(kInterval);
  Found(fmt::format("{} and {}", said.front(), said.back()));
  EXPECT_THAT(said, testing::ElementsAre("0.011", "0.011", "0.022", "0.022"));
  EXPECT_THAT(host().Log(), HasSubstr("H0321"));
}

TEST_F(HostingPython, PathsOfContainersComeBeforeThoseOfTheProcess) {
  About({.rule = "LOAD-32",
         .title = "WSGIPythonPath in two containers of different strength",
         .expected = "the more specific first, then python-path",
         .mode = "daemon/sub"});
  for (const char* name : {"base", "weak", "strong"})
    std::filesystem::create_directory(stage().path(name));
  ServeAll(
      "WSGIDaemonProcess one threads=2 python-path={stage}/base\n"
      "<WSGIInterpreterOptions process-group=one application-group=sub>\n"
      "WSGIPythonPath {stage}/strong\n"
      "</WSGIInterpreterOptions>\n"
      "<WSGIInterpreterOptions application-group=sub>\n"
      "WSGIPythonPath {stage}/weak\n"
      "</WSGIInterpreterOptions>\n");
  constexpr const char* kPath =
      "import os, sys\n"
      "result = [os.path.basename(path) for path in sys.path if path.startswith(HERE + '/')]";
  const auto said = AskAll(kPath);
  Found(said.back());
  EXPECT_THAT(
      said,
      testing::ElementsAre("[]", "[\"weak\"]", "[\"base\"]", "[\"strong\",\"weak\",\"base\"]"));
}

TEST_F(HostingPython, LeavesInterpretersAloneAtTheEnd) {
  About({.rule = "SHUT-3",
         .title = "WSGIDestroyInterpreter Off: no atexit handlers, threads are not waited for",
         .expected = "exit 0, no exit handler",
         .mode = "all"});
  ServeAll("WSGIDestroyInterpreter Off\n");
  (void)AskAll(
      "import threading\n"
      "threading.Thread(target=threading.Event().wait, daemon=False).start()");
  const auto report = StopHost();
  const auto exits = EventsOn(stage(), "exit");
  Found(fmt::format("{}, {} exit handlers", report.status.Text(), exits.size()));
  EXPECT_TRUE(report.status.is_success()) << "whoever waits for the threads is killed";
  EXPECT_TRUE(report.left_behind.empty());
  EXPECT_TRUE(exits.empty());
}

}  // namespace suites::hosting
