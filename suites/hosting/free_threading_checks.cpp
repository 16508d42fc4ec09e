// HostingFreeThreading: a process without a GIL, where Python was built so that it can do without. GIL-6, -9, -22; LOAD-12 and the
// timers as they are there.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <vector>

#include "suites/hosting/configured.h"
#include "suites/hosting/interpreter_check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosting {

using hosts_under_test::IsEngineChosen;
using hosts_under_test::Need;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

class HostingFreeThreading : public InterpreterCheck {
 protected:
  static void EndUnlessFreeThreaded() {
    if (hosts_under_test::IsHostFreeThreaded()) return;
    hosts_under_test::NotApplicable(
        fmt::format("its Python {} was not built so that it can do without a GIL",
                    hosts_under_test::PythonOfHost()));
  }
};

}  // namespace

TEST_F(HostingFreeThreading, IsOfTheProcessesThatWishIt) {
  BeginAbout(
      {.rule = "GIL-6",
       .title = "WSGIFreeThreading On for the group one: Python in one thread stays attached "
                "in C, another comes meanwhile",
       .expected = "no GIL in the group, in whatever interpreter, and they run side by side; "
                   "elsewhere it is forced on, and they take turns",
       .mode = "all"});
  EndUnlessFreeThreaded();
  ServeLazily(Container("process-group=one", "WSGIFreeThreading On"));
  const std::string in_main = Ask("one_main", kEnabled);
  const std::string in_sub = Ask("one_a", kEnabled);
  const std::string elsewhere = Ask("main", kEnabled);
  const bool same = RunsBeside("one_main", "one_main");
  const bool sub = RunsBeside("one_a", "one_main");
  const bool forced = RunsBeside("a", "main");
  Found(fmt::format("{}, {}; {}; main {}, sub {}; elsewhere {}",
                    in_main,
                    in_sub,
                    elsewhere,
                    Beside(same),
                    Beside(sub),
                    Beside(forced)));
  EXPECT_EQ(in_main, "false");
  EXPECT_EQ(in_sub, "false");
  EXPECT_EQ(elsewhere, "true");
  EXPECT_TRUE(same);
  EXPECT_TRUE(sub);
  EXPECT_FALSE(forced);
  EXPECT_EQ(CountOf("with free-threading enabled", host().Log()), 1U) << host().Log();
}

TEST_F(HostingFreeThreading, DoesNotDependOnWhatIsImported) {
  BeginAbout(
      {.rule = "GIL-6",
       .title =
           "Extensions that do not declare that they can do without a GIL, of one phase and of "
           "several, in a process without one and in one where it is forced on",
       .expected = "they are imported, nothing changes, and nothing is said",
       .mode = "all"});
  EndUnlessFreeThreaded();
  ServeLazily(Container("process-group=one", "WSGIFreeThreading On"));
  const std::string import = fmt::format(
      "import sys\n"
      "sys.path.insert(0, '{}')\n"
      "import lab_multi, lab_single\n"
      "result = sys._is_gil_enabled()",
      hosts_under_test::ForPythonOfHost(PROBE_EXTENSIONS).string());
  const std::string without = Ask("one_main", import);
  const std::string with = Ask("main", import);
  Found(fmt::format("{}, {}", without, with));
  EXPECT_EQ(without, "false");
  EXPECT_EQ(with, "true");
  EXPECT_THAT(host().Log(), Not(HasSubstr("has been enabled to load module")));
}

TEST_F(HostingFreeThreading, NamesExtensionsThatWantAGil) {
  BeginAbout({.rule = "GIL-6",
              .title =
                  "Two scripts import an extension that does not declare that it can do without "
                  "a GIL, in a process without one and in one where it is forced on",
              .expected = "it is named once, in the process without one",
              .mode = "all"});
  EndUnlessFreeThreaded();
  const std::string source = fmt::format(
      "import sys\n"
      "sys.path.insert(0, '{}')\n"
      "import json, lab_multi\n"
      "def application(environ, start_response):\n"
      "    start_response('200 OK', [])\n"
      "    return [str(sys._is_gil_enabled()).encode()]\n",
      hosts_under_test::ForPythonOfHost(PROBE_EXTENSIONS).string());
  std::string text =
      Container("process-group=one", "WSGIFreeThreading On") + "WSGIDaemonProcess one\n";
  for (const std::string_view name : {"first", "second", "other"}) {
    (void)Need(stage().Write(fmt::format("{}.wsgi", name), source));
    text += fmt::format(
        "WSGIScriptAlias /{0} {{stage}}/{0}.wsgi process-group={1} application-group=%{{GLOBAL}}\n",
        name,
        name == "other" ? "%{GLOBAL}" : "one");
  }
  Serve(text);
  const auto answer = [this](const std::string& url) {
    auto client = host().NewClient();
    return Need(client.Get(url)).body;
  };
  const std::string seen = answer("/first") + answer("/second") + answer("/other");
  const size_t named = CountOf("'lab_multi' does not declare", host().Log());
  Found(fmt::format("{}; {} lines", seen, named));
  EXPECT_EQ(seen, "FalseFalseTrue");
  if (!IsEngineChosen()) return;
  EXPECT_EQ(named, 1U) << host().Log();
  EXPECT_EQ(CountOf("does not declare that it can do without", host().Log()), 1U);
}

TEST_F(HostingFreeThreading, WinsOverAGilOfOnesOwn) {
  BeginAbout({.rule = "GIL-9",
              .title = "WSGIFreeThreading On and WSGIPerInterpreterGIL On",
              .expected = "a warning when a sub-interpreter is made, and an ordinary one; the main "
                          "one has none",
              .mode = "daemon/sub"});
  EndUnlessFreeThreaded();
  ServeLazily(Container("process-group=one", "WSGIFreeThreading On") +
              "WSGIPerInterpreterGIL On\n");
  constexpr std::string_view kIgnored = "Ignoring WSGIPerInterpreterGIL On";
  const std::string main = Ask("one_main", kEnabled);
  const size_t before = CountOf(kIgnored, host().Log());
  constexpr const char* kKind =
      "import sys, _interpreters\n"
      "here = _interpreters.get_current()\n"
      "here = here[0] if isinstance(here, tuple) else here\n"
      "result = [sys._is_gil_enabled(), _interpreters.get_config(here).gil]";
  const std::string sub = Ask("one_a", kKind);
  const std::string embedded = Ask("a", kKind);
  const size_t after = CountOf(kIgnored, host().Log());
  Found(fmt::format("{}; {}; {}; {} warnings, then {}", main, sub, embedded, before, after));
  EXPECT_EQ(main, "false");
  EXPECT_EQ(sub, "[false,\"shared\"]");
  EXPECT_EQ(embedded, "[true,\"own\"]");
  if (!IsEngineChosen()) return;
  EXPECT_EQ(before, 0U);
  EXPECT_EQ(after, 1U) << host().Log();
  EXPECT_EQ(CountOf("with own GIL", host().Log()), 1U);
}

TEST_F(HostingFreeThreading, HasNoSwitchInterval) {
  BeginAbout({.rule = "GIL-22",
              .title = "WSGIFreeThreading On with intervals: of the server, of a group, of an "
                       "interpreter by its name",
              .expected = "each is skipped with a warning, and Python has its own",
              .mode = "all"});
  EndUnlessFreeThreaded();
  ServeLazily(
      "WSGIDaemonProcess one threads=3 switch-interval=0.022\nWSGIFreeThreading On\n"
      "WSGISwitchInterval 0.011\n" +
      Container("process-group=one application-group=a", "WSGISwitchInterval 0.033"));
  const std::string embedded = Ask("main", kInterval);
  const std::string daemon = Ask("one_main", kInterval);
  const std::string own = Ask("one_a", kInterval);
  const std::string log = host().Log();
  Found(fmt::format("{}, {}, {}", embedded, daemon, own));
  EXPECT_EQ(embedded, "0.005");
  EXPECT_EQ(daemon, "0.005");
  EXPECT_EQ(own, "0.005");
  if (!IsEngineChosen()) return;
  EXPECT_EQ(CountOf("Skipping switch interval 0.011 s", log), 1U) << log;
  EXPECT_EQ(CountOf("Skipping switch interval 0.022 s", log), 1U) << log;
  EXPECT_EQ(CountOf("Skipping per-interpreter switch interval 0.033 s", log), 1U) << log;
}

TEST_F(HostingFreeThreading, LoadsAScriptOnce) {
  BeginAbout({.rule = "LOAD-12",
              .title = "WSGIFreeThreading On; three first requests at once for a script whose "
                       "import takes 0.3 s",
              .expected = "it is executed once, and all three are answered by it",
              .mode = "daemon/main/lazy"});
  EndUnlessFreeThreaded();
  (void)Need(stage().Write("slow.wsgi",
                           "import builtins, time\n"
                           "builtins.loads = getattr(builtins, 'loads', 0) + 1\n"
                           "time.sleep(0.3)\n"
                           "def application(environ, start_response):\n"
                           "    start_response('200 OK', [])\n"
                           "    return [b'%d' % builtins.loads]\n"));
  Serve(
      "WSGIDaemonProcess one threads=3\nWSGIFreeThreading On\n"
      "WSGIScriptAlias / {stage}/slow.wsgi\nWSGIProcessGroup one\n"
      "WSGIApplicationGroup %{GLOBAL}\n");
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 3; ++i) {
    answers.push_back(std::async(std::launch::async, [this] {
      auto client = host().NewClient();
      return Need(client.Get("/")).body;
    }));
  }
  std::string found;
  for (auto& answer : answers)
    found += answer.get() + " ";
  Found(found);
  EXPECT_EQ(found, "1 1 1 ");
}

TEST_F(HostingFreeThreading, InterruptsARequestWithoutReadingItsStack) {
  BeginAbout({.rule = "GIL-7",
              .title = "WSGIFreeThreading On, request-timeout=1, a request that loops",
              .expected = "it is interrupted, its stack is not logged, and the process serves on",
              .mode = "daemon/main"});
  EndUnlessFreeThreaded();
  ServeLazily(
      "WSGIDaemonProcess one threads=3 request-timeout=1 interrupt-timeout=20\n"
      "WSGIFreeThreading On\n");
  const pid_t before = Answer("one_main", "result = 0").pid;
  // In a function: the jump of a bare loop is no part of CPython's `try`, and where an exception from outside may arrive.
  const std::string said = Ask("one_main",
                               "import mod_wsgi, time\n"
                               "result = 'not interrupted'\n"
                               "end = time.monotonic() + 15\n"
                               "def loop():\n"
                               "    while time.monotonic() < end: pass\n"
                               "try:\n"
                               "    loop()\n"
                               "except mod_wsgi.RequestTimeout:\n"
                               "    result = 'interrupted'\n");
  Found(said);
  EXPECT_EQ(said, "\"interrupted\"");
  EXPECT_EQ(Answer("one_main", "result = 0").pid, before);
  if (!IsEngineChosen()) return;
  EXPECT_THAT(host().Log(), HasSubstr("Interrupting a request"));
  EXPECT_THAT(host().Log(), Not(HasSubstr(" H0326 ")));
}

}  // namespace suites::hosting
