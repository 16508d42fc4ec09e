// HostingGil: under whose GIL an interpreter runs, what is different where it has one of its own, and what is said where that
// is not granted. GIL-1 to -5, GIL-7, -8, -12, GIL-20, -22.
//
// That two run beside each other is not measured: one keeps its GIL in a C function, and the other runs meanwhile or not.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "suites/hosting/configured.h"
#include "suites/hosting/interpreter_check.h"
#include "suites/hosting/read_only.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosting {

using hosts_under_test::IsEngineChosen;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

bool HasOwnGils() {
  constexpr int kFirst = 12;
  const std::string& version = hosts_under_test::PythonOfHost();  // "3.14.0"
  return std::atoi(version.substr(version.find('.') + 1).c_str()) >= kFirst;
}

class HostingGil : public InterpreterCheck {
 protected:
  static void EndUnlessOwnGils() {
    if (HasOwnGils()) return;
    hosts_under_test::NotApplicable(
        fmt::format("Python {} has no interpreters with a GIL of their own: 3.12 and later have",
                    hosts_under_test::PythonOfHost()));
  }
  static void EndIfOwnGils() {
    if (!HasOwnGils()) return;
    hosts_under_test::NotApplicable(fmt::format("Python {} has interpreters with their own GIL",
                                                hosts_under_test::PythonOfHost()));
  }
};

}  // namespace

TEST_F(HostingGil, IsOneForAllInterpretersOfAProcess) {
  About({.rule = "GIL-1",
         .title = "One request keeps the GIL in C, another one comes meanwhile",
         .expected = "it runs afterwards in the same process, in whatever interpreter; beside it "
                     "in another process",
         .mode = "all"});
  ServeLazily("WSGIDaemonProcess two threads=3\n" + hosts_under_test::GilWanted(),
              std::array<Copy, 4>{{{"main", "one", "%{GLOBAL}"},
                                   {"a", "one", "a"},
                                   {"b", "one", "b"},
                                   {"elsewhere", "two", "a"}}});
  const bool sub_main = RunsBeside("a", "main");
  const bool sub_sub = RunsBeside("a", "b");
  const bool in_another = RunsBeside("a", "elsewhere");
  Found(fmt::format("main {}, another sub-interpreter {}, another process {}",
                    Beside(sub_main),
                    Beside(sub_sub),
                    Beside(in_another)));
  EXPECT_FALSE(sub_main);
  EXPECT_FALSE(sub_sub);
  EXPECT_TRUE(in_another);
}

TEST_F(HostingGil, IsTheInterpretersOwnWhereItIsGranted) {
  BeginAbout({.rule = "GIL-2",
              .title = "WSGIPerInterpreterGIL On, Off for the application group b",
              .expected = "who has a GIL of its own runs beside whoever keeps another one; the log "
                          "says which",
              .mode = "embedded/sub-own-gil"});
  EndUnlessOwnGils();
  ServeLazily(
      "WSGIPerInterpreterGIL On\n" + Container("application-group=b", "WSGIPerInterpreterGIL Off"),
      std::array<Copy, 4>{{{"main", "%{GLOBAL}", "%{GLOBAL}"},
                           {"a", "%{GLOBAL}", "a"},
                           {"b", "%{GLOBAL}", "b"},
                           {"c", "%{GLOBAL}", "c"}}});
  const bool own_own = RunsBeside("a", "c");
  const bool main_own = RunsBeside("main", "a");
  const bool own_main = RunsBeside("a", "main");
  const bool main_shared = RunsBeside("main", "b");
  Found(fmt::format("own and own {}, main and own {}, own and main {}, main and shared {}",
                    Beside(own_own),
                    Beside(main_own),
                    Beside(own_main),
                    Beside(main_shared)));
  EXPECT_TRUE(own_own);
  EXPECT_TRUE(main_own);
  EXPECT_TRUE(own_main);
  EXPECT_FALSE(main_shared);
  EXPECT_EQ(CountOf(IsEngineChosen() ? "' with own GIL" : " with own GIL.", host().Log()), 2U);
}

TEST_F(HostingGil, IsWarnedOfWherePythonHasNoOther) {
  BeginAbout({.rule = "GIL-3",
              .title = "WSGIPerInterpreterGIL On at the top level and in containers, one of which "
                       "selects nobody, on a Python before 3.12",
              .expected = "a warning for each, in the log and when it is checked; it serves",
              .mode = "all"});
  EndIfOwnGils();
  const std::string text = "WSGIPerInterpreterGIL On\n" +
                           Container("application-group=a", "WSGIPerInterpreterGIL On") +
                           Container("process-group=nobody", "WSGIPerInterpreterGIL On") +
                           Container("application-group=b", "WSGIPerInterpreterGIL Off");
  constexpr std::string_view kWords = "WSGIPerInterpreterGIL requires Python 3.12 or later";
  const Verdict checked = ReadOnly(stage(), text);
  EXPECT_TRUE(checked.is_accepted) << checked.said;
  ServeLazily(text);
  const bool is_beside = RunsBeside("a", "main");
  const size_t warnings = CountOf(kWords, host().Log());
  Found(fmt::format("{} at the check, {} in the log", CountOf(kWords, checked.said), warnings));
  EXPECT_EQ(CountOf(kWords, checked.said), 3U) << checked.said;
  EXPECT_EQ(warnings, 3U) << host().Log();
  EXPECT_FALSE(is_beside);
}

// It is ignored there without a word of its own.
TEST_F(HostingGil, OfTheMainInterpreterIsThatOfItsProcess) {
  BeginAbout({.rule = "GIL-4",
              .title = "WSGIPerInterpreterGIL On for application-group=%{GLOBAL}",
              .expected = "the main interpreter as ever, and no warning but that of an old Python",
              .mode = "embedded/main"});
  ServeLazily(Container("application-group=%{GLOBAL}", "WSGIPerInterpreterGIL On"));
  const bool is_beside = RunsBeside("main", "main");
  const std::string log = host().Log();
  const size_t warnings = CountOf("WSGIPerInterpreterGIL", log);
  Found(fmt::format("{}, {} warnings", Beside(is_beside), warnings));
  EXPECT_FALSE(is_beside);
  EXPECT_EQ(warnings, HasOwnGils() ? 0U : 1U) << log;
  EXPECT_THAT(log, Not(HasSubstr("with own GIL")));
}

TEST_F(HostingGil, OfOnesOwnComesWithIsolatedRules) {
  BeginAbout({.rule = "GIL-5",
              .title = "An own GIL: daemon threads, os.fork, os.exec, subprocess and an extension "
                       "that does not declare its support, which main has imported before",
              .expected = "all but subprocess raise; other interpreters are free",
              .mode = "embedded/sub-own-gil"});
  EndUnlessOwnGils();
  ServeLazily(Container("application-group=a", "WSGIPerInterpreterGIL On"));
  const auto in = [this](std::string_view name, std::string_view statement) {
    return Ask(name, RaisedBy(statement));
  };
  EXPECT_EQ(in("main", "import faulthandler"), "null");
  const std::string refused = in("a", "import faulthandler");
  Found(refused);
  EXPECT_EQ(refused,
            "\"ImportError: module faulthandler does not support loading in subinterpreters\"");
  EXPECT_EQ(in("b", "import faulthandler"), "null");
  constexpr const char* kDaemon = "threading.Thread(target=print, daemon=True).start()";
  EXPECT_THAT(in("a", kDaemon), HasSubstr("RuntimeError: daemon threads are disabled in this"));
  EXPECT_EQ(in("b", kDaemon), "null");
  EXPECT_THAT(in("a", "os.fork()"), HasSubstr("RuntimeError: "));
  EXPECT_THAT(in("a", "os.execv('/bin/true', ['true'])"),
              HasSubstr("RuntimeError: exec not supported"));
  EXPECT_EQ(in("a", "import subprocess; subprocess.run(['true'], check=True)"), "null");
}

TEST_F(HostingGil, OfOnesOwnFailsAScriptWhoseExtensionRefuses) {
  BeginAbout({.rule = "GIL-5",
              .title = "A script imports an extension that does not declare its support",
              .expected = "500 under an own GIL, each time, and the log names the extension; 200 "
                          "elsewhere",
              .mode = "daemon/sub-own-gil"});
  EndUnlessOwnGils();
  (void)Need(stage().Write("refuses.wsgi",
                           "import faulthandler\n"
                           "def application(environ, start_response):\n"
                           "    start_response('200 OK', [])\n"
                           "    return [b'']\n"));
  const auto mount = [](std::string_view group) {
    return fmt::format(
        "WSGIScriptAlias /{0} {{stage}}/refuses.wsgi process-group=one application-group={0}\n",
        group);
  };
  Serve(std::string(kDaemonGroup) + Container("application-group=own", "WSGIPerInterpreterGIL On") +
        mount("own") + mount("shared"));
  auto client = host().NewClient();
  const int first = Need(client.Get("/own")).status;
  const int again = Need(client.Get("/own")).status;
  const int shared = Need(client.Get("/shared")).status;
  Found(fmt::format("{}, {}; {}", first, again, shared));
  EXPECT_EQ(first, 500);
  EXPECT_EQ(again, 500);
  EXPECT_EQ(shared, 200);
  EXPECT_THAT(host().Log(),
              HasSubstr("ImportError: module faulthandler does not support loading in "
                        "subinterpreters"));
}

// What an ordinary build does with the other wishes is the engine's own (hosts/deviations.md, GIL-7).
TEST_F(HostingGil, StaysThoughItIsWishedAway) {
  BeginAbout({.rule = "GIL-7",
              .title = "WSGIFreeThreading On for the group one, and a switch interval",
              .expected = "a warning, and a GIL; embedded nothing is different",
              .mode = "all"});
  if (hosts_under_test::IsHostFreeThreaded()) {
    hosts_under_test::NotApplicable("its Python was built to do without a GIL");
  }
  ServeLazily(Container("process-group=one", "WSGIFreeThreading On") +
              "WSGISwitchInterval 0.011\n");
  const bool is_beside = RunsBeside("one_a", "one_main");
  Found(fmt::format("{}, {}", Ask("one_main", kEnabled), Beside(is_beside)));
  EXPECT_EQ(Ask("one_main", kEnabled), "true");
  EXPECT_EQ(Ask("main", kEnabled), "true");
  EXPECT_EQ(Ask("main", kInterval), "0.011");
  EXPECT_FALSE(is_beside);
  EXPECT_EQ(CountOf("WSGIFreeThreading On has no effect", host().Log()), 1U) << host().Log();
  if (IsEngineChosen()) {
    EXPECT_EQ(Ask("one_main", kInterval), "0.011");
  }
}

TEST_F(HostingGil, IsNotWishedAwayFromOneInterpreter) {
  BeginAbout(
      {.rule = "GIL-8",
       .title = "WSGIFreeThreading On and Off in containers with application-group=",
       .expected = "a warning for each, and another one for On where it has no effect anyway",
       .mode = "all"});
  const std::string text =
      Container("application-group=a", "WSGIFreeThreading Off") +
      Container("process-group=one application-group=a", "WSGIFreeThreading On");
  constexpr std::string_view kIgnored =
      "WSGIFreeThreading inside <WSGIInterpreterOptions> with application-group=";
  const Verdict checked = ReadOnly(stage(), text);
  ServeLazily(text);
  Found(fmt::format("{} and {} warnings",
                    CountOf(kIgnored, host().Log()),
                    CountOf("WSGIFreeThreading On has no effect", host().Log())));
  EXPECT_TRUE(checked.is_accepted) << checked.said;
  EXPECT_EQ(CountOf(kIgnored, checked.said), 2U) << checked.said;
  EXPECT_EQ(CountOf(kIgnored, host().Log()), 2U) << host().Log();
  EXPECT_EQ(CountOf("WSGIFreeThreading On has no effect", host().Log()),
            hosts_under_test::IsHostFreeThreaded() ? 0U : 1U);
}

// ---- timers and intervals ----

TEST_F(HostingGil, OfOnesOwnIsNoDeadlockOfTheProcess) {
  BeginAbout({.rule = "GIL-12",
              .title = "deadlock-timeout=1, a request that keeps the GIL of its own for longer",
              .expected = "it is answered, by the process that was there",
              .mode = "daemon/sub-own-gil"});
  EndUnlessOwnGils();
  ServeLazily(
      "WSGIDaemonProcess one threads=3 deadlock-timeout=1 shutdown-timeout=1\n"
      "WSGIPerInterpreterGIL On\n");
  const pid_t before = Answer("one_a", "result = 0").pid;
  const ProbeAnswer held =
      Answer("one_a", "import ctypes; result = ctypes.PyDLL(None).usleep(3000000)");
  Found(held.pid == before ? "the same process" : "another process");
  EXPECT_EQ(held.pid, before);
  EXPECT_EQ(held.result, "0");
  EXPECT_EQ(Answer("one_main", "result = 0").pid, before);
}

TEST_F(HostingGil, OfOnesOwnHasAnIntervalOfItsOwn) {
  BeginAbout({.rule = "GIL-20",
              .title =
                  "switch-interval= of a group, WSGISwitchInterval at the top level or not, for "
                  "an own GIL",
              .expected = "the directive reaches it, the option does not",
              .mode = "daemon/sub-own-gil"});
  EndUnlessOwnGils();
  const std::string configuration = "WSGIDaemonProcess one threads=3 switch-interval=0.022\n" +
                                    Container("application-group=a", "WSGIPerInterpreterGIL On");
  ServeLazily(configuration);
  const std::string main = Ask("one_main", kInterval);
  const std::string own = Ask("one_a", kInterval);
  ServeLazily(configuration + "WSGISwitchInterval 0.011\n");
  const std::string own_by_directive = Ask("one_a", kInterval);
  Found(fmt::format("{}, {}; {}", main, own, own_by_directive));
  EXPECT_EQ(main, "0.022");
  EXPECT_EQ(own, "0.005");
  EXPECT_EQ(own_by_directive, "0.011");
}

TEST_F(HostingGil, SharedHasNoIntervalForOne) {
  BeginAbout(
      {.rule = "GIL-22",
       .title = "WSGISwitchInterval for application-group=a, which shares the GIL, and for "
                "application-group=%{GLOBAL}",
       .expected = "a warning when a is made and not before; the second holds for the process",
       .mode = "all"});
  ServeLazily(Container("application-group=a", "WSGISwitchInterval 0.033") +
              Container("application-group=%{GLOBAL}", "WSGISwitchInterval 0.011"));
  const std::string main = Ask("main", kInterval);
  const std::string words =
      IsEngineChosen() ? "for sub-interpreter 'a' (" : "for sub-interpreter 'a':";
  const size_t before = CountOf(words, host().Log());
  const std::string shared = Ask("a", kInterval);
  Found(fmt::format(
      "{}, {}; {} warnings, then {}", main, shared, before, CountOf(words, host().Log())));
  EXPECT_EQ(main, "0.011");
  EXPECT_EQ(shared, "0.011");
  EXPECT_EQ(before, 0U);
  EXPECT_EQ(CountOf(words, host().Log()), 1U) << host().Log();
  EXPECT_THAT(host().Log(), HasSubstr("Skipping per-interpreter switch interval 0.033"));
}

TEST_F(HostingGil, OfOnesOwnHasTheIntervalOfItsContainer) {
  BeginAbout({.rule = "GIL-22",
              .title = "WSGISwitchInterval for application-group=a, which has a GIL of its own",
              .expected = "it holds there and nowhere else, and there is no warning",
              .mode = "embedded/sub-own-gil"});
  EndUnlessOwnGils();
  ServeLazily("WSGIPerInterpreterGIL On\n" +
              Container("application-group=a", "WSGISwitchInterval 0.033"));
  const std::string own = Ask("a", kInterval);
  Found(fmt::format("{}, {}, {}", own, Ask("b", kInterval), Ask("main", kInterval)));
  EXPECT_EQ(own, "0.033");
  EXPECT_EQ(Ask("b", kInterval), "0.005");
  EXPECT_EQ(Ask("main", kInterval), "0.005");
  EXPECT_THAT(host().Log(), Not(HasSubstr("Skipping per-interpreter")));
}

}  // namespace suites::hosting
