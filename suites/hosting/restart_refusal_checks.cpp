// HostingRestartRefused: what cannot be served replaces nothing: the processes that are there go on, and the log
// says why.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "suites/hosting/configured.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosting/restart_check.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using hosts_under_test::Eventually;
using hosts_under_test::kPlacesMain;
using hosts_under_test::ModeOf;
using hosts_under_test::Need;
using hosts_under_test::Place;
using hosts_under_test::PlacedIn;
using hosts_under_test::Soon;

namespace {

struct Refusal {
  std::string_view name;
  std::string_view title;
  std::string_view line;  // added to the configuration
  std::string_view said;  // in the log
};

constexpr Refusal kRefusals[] = {
    {"Syntax", "a directive without its arguments", "WSGIScriptAlias /a", "host.conf:"},
    {"Option", "an option that is none", "WSGIDaemonProcess x threds=3", "host.conf:"},
    {"User",
     "a user that does not exist",
     "WSGIDaemonProcess x user=nobody-of-that-name",
     "nobody-of-that-name"},
    {"ErrorLog", "an error log that cannot be made", "ErrorLog /nowhere/error.log", "/nowhere"},
    {"AccessLog",
     "an access log that cannot be made",
     "CustomLog /nowhere/a.log common",
     "/nowhere"},
    {"Address", "an address that is not this machine's", "Listen 192.0.2.1:80", "192.0.2.1"},
    {"Home", "a Python that is not there", "WSGIDaemonProcess x python-home=/nowhere", "'x'"},
    {"Directory", "a directory that is not there", "WSGIDaemonProcess x home=/nowhere", "'x'"},
    {"EmbeddedPython", "a Python for all that is not there", "WSGIPythonHome /nowhere", "'one'"},
    {"Crash",
     "a script that ends the process which preloads it",
     "WSGIDaemonProcess x\n"
     "WSGIImportScript {stage}/crash.py process-group=x application-group=%{GLOBAL}",
     "'x'"},
};

class HostingRestartRefused : public RestartCheck, public testing::WithParamInterface<Refusal> {};

}  // namespace

TEST_P(HostingRestartRefused, EverythingGoesOnAsItIs) {
  About({.rule = "SHUT-8",
         .title = fmt::format("SIGHUP, and in the configuration {}", GetParam().title),
         .expected = "refused with the reason; the same processes answer",
         .mode = "embedded and daemon/main"});
  WillCrash();  // that is what one of them does
  (void)Need(stage().Write("crash.py", "import os\nos._exit(3)\n"));
  // One of each kind of process.
  const std::string placed = PlacedIn(kPlacesMain[1]) + "StartServers 2\n";
  ServeNamed("first", placed);
  const auto children = ChildrenNow();
  Reconfigure(Named("second", placed) + std::string(GetParam().line) + "\n", SIGHUP);
  ASSERT_TRUE(WereRefused(1));
  EXPECT_TRUE(Eventually([&] { return ChildrenNow() == children; }, Soon()));
  const std::string log = Log();
  const std::string why = log.substr(log.find(" H0115 "));
  Found(why.substr(0, why.find('\n')));
  EXPECT_NE(why.substr(0, why.find('\n')).find(GetParam().said), std::string::npos) << why;
  EXPECT_EQ(Logged("H0116"), 0);
  EXPECT_EQ(Ask().name, "first");
  // And what is sound again is taken.
  Reconfigure(Named("third", placed), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  EXPECT_TRUE(IsAnsweredBy("third"));
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingRestartRefused,
                         testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

class HostingRestartAnew : public RestartCheck, public testing::WithParamInterface<Place> {};

TEST_P(HostingRestartAnew, ARestartGivesUpOneThatDoesNotComeToServe) {
  About({.rule = "SHUT-8",
         .title = "SIGHUP, and a script hangs while it is preloaded; SIGHUP for a sound one",
         .expected = "the old one serves until the sound one does",
         .mode = ModeOf(GetParam())});
  const std::string placed = PlacedIn(kPlacesMain[1]);
  (void)Need(stage().Write(
      "hang.py",
      "import os, time\n"
      "open(os.path.join(os.path.dirname(__file__), f'inside-{os.getpid()}'), 'w').close()\n"
      "time.sleep(1000)\n"));
  ServeNamed("first", placed);
  Reconfigure(Named("second", placed) +
                  fmt::format("WSGIDaemonProcess x shutdown-timeout=1\n"
                              "WSGIImportScript {{stage}}/hang.py process-group={} "
                              "application-group=%{{GLOBAL}}\n",
                              GetParam().process == ProcessKind::Daemon ? "x" : "%{GLOBAL}"),
              SIGHUP);
  ASSERT_TRUE(AreInside(stage(), 1));
  EXPECT_EQ(Ask().name, "first");
  Reconfigure(Named("third", placed), SIGHUP);
  ASSERT_TRUE(HaveServed(1));
  // A process of the server that hangs is killed when its time to stop is over.
  EXPECT_TRUE(Eventually([this] { return Logged("H0117") >= 2; },
                         hosts::base::Deadline::After(std::chrono::seconds(20))));
  const WhoAnswered after = Ask();
  Found(after.name);
  EXPECT_EQ(after.name, "third");
  EXPECT_EQ(ChildrenNow().size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingRestartAnew,
                         testing::ValuesIn(kPlacesMain),
                         [](const auto& place) { return NameOf(place.param); });

}  // namespace suites::hosting
