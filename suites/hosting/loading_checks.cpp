// Hosting/Loading: when a script is loaded, and how often. LOAD-10, LOAD-11, LOAD-14, PRELOAD-1.
//
// Proof without waiting: preloading happens in the order of the configuration, so once a preloaded
// script at its end ("control") has written down its import, everything before it that is preloaded
// has been too. What was not loaded by then is loaded by a request, after the instant at which the
// request was sent.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <vector>

#include "hosts/base/files.h"
#include "suites/client/raw_connection.h"
#include "suites/hosting/configured.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts_under_test::EventsOn;
using hosts_under_test::Eventually;
using hosts_under_test::Need;
using hosts_under_test::Now;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::StartOf;
using hosts_under_test::Where;

namespace {

// How the groups of an alias are written.
enum class Written {
  BothOptions,
  ProcessGroupOnly,
  ApplicationGroupOnly,
  Directives,
  Resource,         // both options, one of them %{RESOURCE}
  Server,           // both options, one of them %{SERVER}
  Host,             // both options, one of them %{HOST}
  Variable,         // both options, one of them %{ENV:X}
  GroupByVariable,  // both options, the process group by %{ENV:GROUP}
};

struct LoadingCase {
  ProcessKind process = ProcessKind::Embedded;
  InterpreterKind interpreter = InterpreterKind::Main;
  Written written = Written::BothOptions;

  [[nodiscard]] hosts::deployment::Loading expected() const {
    return written == Written::BothOptions ? hosts::deployment::Loading::Preload
                                           : hosts::deployment::Loading::Lazy;
  }
  [[nodiscard]] Mode mode() const { return {process, interpreter, expected()}; }
};

std::string_view NameOf(Written written) {
  switch (written) {
    case Written::BothOptions:
      return "both_options";
    case Written::ProcessGroupOnly:
      return "process_group_only";
    case Written::ApplicationGroupOnly:
      return "application_group_only";
    case Written::Directives:
      return "directives";
    case Written::Resource:
      return "both_options_with_resource";
    case Written::Server:
      return "both_options_with_server";
    case Written::Host:
      return "both_options_with_host";
    case Written::Variable:
      return "both_options_with_variable";
    case Written::GroupByVariable:
      return "both_options_group_by_variable";
  }
  return {};
}

std::string OptionsOf(const LoadingCase& one) {
  const auto process_group = fmt::format("process-group={}", ProcessGroupOf(one.process));
  const auto application_group =
      fmt::format("application-group={}", ApplicationGroupOf(one.interpreter));
  switch (one.written) {
    case Written::BothOptions:
      return process_group + " " + application_group;
    case Written::ProcessGroupOnly:
      return process_group;
    case Written::ApplicationGroupOnly:
      return application_group;
    case Written::Directives:
      return {};
    case Written::Resource:
      return process_group + " application-group=%{RESOURCE}";
    case Written::Server:
      return process_group + " application-group=%{SERVER}";
    case Written::Host:
      return process_group + " application-group=%{HOST}";
    case Written::Variable:
      return process_group + " application-group=%{ENV:X}";
    case Written::GroupByVariable:
      return "process-group=%{ENV:GROUP} " + application_group;
  }
  return {};
}

std::string NameOfCase(const testing::TestParamInfo<LoadingCase>& parameter) {
  const LoadingCase& one = parameter.param;
  return fmt::format("{}_{}_{}", Name(one.process), Name(one.interpreter), NameOf(one.written));
}

void PrintTo(const LoadingCase& one, std::ostream* out) {
  *out << NameOfCase(testing::TestParamInfo<LoadingCase>(one, 0));
}

std::vector<LoadingCase> AllCases() {
  std::vector<LoadingCase> cases;
  for (const auto process : {ProcessKind::Embedded, ProcessKind::Daemon}) {
    for (const auto interpreter : {InterpreterKind::Main, InterpreterKind::Sub}) {
      for (const auto written : {Written::BothOptions,
                                 Written::ProcessGroupOnly,
                                 Written::ApplicationGroupOnly,
                                 Written::Directives}) {
        cases.push_back({process, interpreter, written});
      }
    }
    cases.push_back({process, InterpreterKind::Sub, Written::Resource});
    cases.push_back({process, InterpreterKind::Sub, Written::Server});
    cases.push_back({process, InterpreterKind::Sub, Written::Host});
    cases.push_back({process, InterpreterKind::Sub, Written::Variable});
    cases.push_back({process, InterpreterKind::Main, Written::GroupByVariable});
  }
  return cases;
}

class LoadingCheck : public hosts_under_test::Check {
 protected:
  LoadingCheck() : Check("hosting") {}

  // Waits until the script has been executed that many times.
  [[nodiscard]] bool HasBeenLoaded(std::string_view name, size_t times = 1) const {
    return Eventually([&] { return EventsOn(stage(), "import", name).size() >= times; }, Soon());
  }
};

class Loading : public LoadingCheck, public testing::WithParamInterface<LoadingCase> {};
class LoadingIn : public LoadingCheck, public testing::WithParamInterface<ProcessKind> {};

}  // namespace

TEST_P(Loading, HappensWhenTheOptionsSay) {
  const LoadingCase& one = GetParam();
  const bool is_preloaded = one.expected() == hosts::deployment::Loading::Preload;
  About({.rule = is_preloaded ? "PRELOAD-1" : "LOAD-10",
         .title = "A script is preloaded if and only if its alias names both groups literally",
         .expected = is_preloaded ? "loaded before any request" : "loaded by the first request",
         .mode = Name(one.mode())});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "control.wsgi"));
  Serve(std::string(kDaemonGroup) +
        fmt::format("SetEnv X sub\nSetEnv GROUP \"{}\"\n", ProcessGroupOf(one.process)) +
        GroupDirectives(one.mode()) + Alias("subject", OptionsOf(one)) +
        Alias("control", GroupOptions(one.mode())));

  ASSERT_TRUE(HasBeenLoaded("control")) << "the control, which is preloaded last, never was";
  const size_t loaded_before = EventsOn(stage(), "import", "subject").size();
  const double asked_at = Now();
  auto client = host().NewClient();
  const ProbeAnswer first = Need(Where(client, "/subject"));
  const ProbeAnswer second = Need(Where(client, "/subject"));

  const bool was_preloaded = first.imported_at < asked_at;
  const double before_ms = (asked_at - first.imported_at) * 1000;
  Found(was_preloaded ? "loaded before any request" : "loaded by the first request",
        fmt::format("imported {:.0f} ms {} the first request was sent, {:.0f} ms after its process "
                    "was started",
                    std::abs(before_ms),
                    was_preloaded ? "before" : "after",
                    (first.imported_at - StartOf(first.pid)) * 1000));
  EXPECT_EQ(was_preloaded, is_preloaded);
  EXPECT_EQ(loaded_before, is_preloaded ? 1U : 0U);
  EXPECT_EQ(second.load, first.load) << "the second request loaded the script again";
}

INSTANTIATE_TEST_SUITE_P(Hosting, Loading, testing::ValuesIn(AllCases()), NameOfCase);

TEST_P(LoadingIn, OneModuleForEachApplicationGroupAndScript) {
  About({.rule = "LOAD-11",
         .title = "One script at three URLs: one module for each application group",
         .expected = "two modules",
         .mode = std::string(Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  const auto options = [](std::string_view group) {
    return fmt::format("process-group={} application-group={}", ProcessGroupOf(GetParam()), group);
  };
  const auto alias = [&](std::string_view url, std::string_view group) {
    return fmt::format("WSGIScriptAlias {} {{stage}}/subject.wsgi {}\n", url, options(group));
  };
  Serve(std::string(kDaemonGroup) + alias("/first", "shop") + alias("/second", "shop") +
        alias("/third", "other"));

  auto client = host().NewClient();
  const ProbeAnswer first = Need(Where(client, "/first"));
  const ProbeAnswer second = Need(Where(client, "/second"));
  const ProbeAnswer third = Need(Where(client, "/third"));
  const size_t loads = EventsOn(stage(), "import").size();
  Found(
      fmt::format("{} modules", loads),
      fmt::format(
          "/first and /second: loads {} and {}; /third: {}", first.load, second.load, third.load));
  EXPECT_EQ(first.load, second.load);
  EXPECT_NE(first.load, third.load);
  EXPECT_EQ(first.interpreter, second.interpreter);
  EXPECT_NE(first.interpreter, third.interpreter);
  EXPECT_EQ(loads, 2U);
}

TEST_P(LoadingIn, EveryRequestTriesAgainAfterAFailure) {
  About({.rule = "LOAD-14",
         .title = "A script that fails to load is tried again by every request",
         .expected = "500, 500, and 200 once it is mended, in the same process",
         .mode = fmt::format("{}/main/lazy", Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "control.wsgi"));
  (void)Need(stage().Write("subject.broken", ""));
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
        Alias("subject") + Alias("control"));

  auto client = host().NewClient();
  const int first = Need(client.Get("/subject")).status;
  const int second = Need(client.Get("/subject")).status;
  const ProbeAnswer control = Need(Where(client, "/control"));
  stage().Remove("subject.broken");
  const ProbeAnswer mended = Need(Where(client, "/subject"));
  Found(fmt::format("{}, {}, and 200 once it is mended, in {} process",
                    first,
                    second,
                    mended.pid == control.pid ? "the same" : "another"));
  EXPECT_EQ(first, 500);
  EXPECT_EQ(second, 500);
  EXPECT_EQ(mended.pid, control.pid);
  EXPECT_EQ(EventsOn(stage(), "import", "subject").size(), 3U);
  EXPECT_NE(host().Log().find("broken on purpose"), std::string::npos)
      << "the log does not say why the script did not load";
}

// The requests are all sent before the script, which one of them loads, is let go.
TEST_P(LoadingIn, FirstRequestsAtOnceLoadItOnce) {
  About({.rule = "LOAD-11",
         .title = "Three first requests come while the script is being loaded",
         .expected = "one load, three answers",
         .mode = fmt::format("{}/main/lazy", Name(GetParam()))});
  (void)Need(stage().Write("subject.wsgi", std::string(kWaitInPython) + R"(
with open(os.path.join(HERE, 'loads'), 'a') as loads:
    loads.write('x')
wait()
def application(environ, start_response):
    start_response('200 OK', [('Content-Length', '0')])
    return []
)"));
  std::filesystem::permissions(stage().path(),
                               std::filesystem::perms::all);  // it notes its loads there
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
        Alias("subject"));
  std::vector<client::RawConnection> connections;
  for (int count = 0; count < 3; ++count) {
    connections.push_back(Need(client::RawConnection::Open(host().port())));
    Need(connections.back().Send("GET /subject HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  }
  ASSERT_TRUE(AreInside(stage(), 1));
  LetGo(stage());
  for (client::RawConnection& connection : connections)
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  const auto loads = hosts::base::ReadFile(stage().path("loads"));
  const size_t times = loads ? loads->size() : 0;
  Found(fmt::format("{} load{}, three answers",
                    times == 1 ? "one" : std::to_string(times),
                    times == 1 ? "" : "s"));
  EXPECT_EQ(times, 1U);
}

TEST_P(LoadingIn, TheAliasesOptionsWinOverDirectives) {
  About({.rule = "PRELOAD-1",
         .title = "An alias names both groups; directives of its location name others",
         .expected = "preloaded and served where the alias says",
         .mode = fmt::format("{}/sub/preload", Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve(
      std::string(kDaemonGroup) +
      "WSGIDaemonProcess two processes=1 threads=1\n"
      "<Location /subject>\nWSGIProcessGroup two\nWSGIApplicationGroup other\n</Location>\n" +
      Alias("subject",
            GroupOptions({GetParam(), InterpreterKind::Sub, hosts::deployment::Loading::Preload})));
  ASSERT_TRUE(HasBeenLoaded("subject"));
  const double asked_at = Now();
  auto client = host().NewClient();
  const ProbeAnswer answer = Need(Where(client, "/subject"));
  const std::string_view group = GetParam() == ProcessKind::Daemon ? "one" : "";
  const bool is_there = answer.process_group == group && answer.application_group == "sub";
  Found(fmt::format("{} and served {}",
                    answer.imported_at < asked_at ? "preloaded" : "not preloaded",
                    is_there ? "where the alias says" : "elsewhere"),
        fmt::format("process group '{}', application group '{}'",
                    answer.process_group,
                    answer.application_group));
  EXPECT_LT(answer.imported_at, asked_at);
  EXPECT_TRUE(is_there);
  EXPECT_EQ(EventsOn(stage(), "import", "subject").size(), 1U);
}

TEST_P(LoadingIn, AnImportScriptLoadsWhatRequestsAreServedBy) {
  About(
      {.rule = "PRELOAD-3",
       .title = "WSGIImportScript names the file and the groups of an alias that is not preloaded",
       .expected = "loaded before any request, once",
       .mode = fmt::format("{}/main/preload", Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "control.wsgi"));
  const Mode lazy{GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy};
  const std::string groups =
      GroupOptions({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Preload});
  Serve(std::string(kDaemonGroup) + GroupDirectives(lazy) + Alias("subject") +
        fmt::format("WSGIImportScript {{stage}}/subject.wsgi {}\n", groups) +
        Alias("control", groups));

  ASSERT_TRUE(HasBeenLoaded("control")) << "the control, which is preloaded last, never was";
  const double asked_at = Now();
  auto client = host().NewClient();
  const ProbeAnswer first = Need(Where(client, "/subject"));
  const ProbeAnswer second = Need(Where(client, "/subject"));
  const size_t times = EventsOn(stage(), "import", "subject").size();
  const bool is_before = first.imported_at < asked_at;
  Found(fmt::format("loaded {}, {}",
                    is_before ? "before any request" : "by the first request",
                    times == 1 ? "once" : fmt::format("{} times", times)));
  EXPECT_TRUE(is_before);
  EXPECT_EQ(times, 1U);
  EXPECT_EQ(second.load, first.load);
}

TEST_P(LoadingIn, AMissingScriptIs404UntilItIsThere) {
  About({.rule = "ERR-1",
         .title = "Two scripts are missing, one of which is to be preloaded; then they are written",
         .expected = "404, then 200; preloaded: 404, then 200",
         .mode = std::string(Name(GetParam()))});
  const Mode lazy{GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy};
  Serve(std::string(kDaemonGroup) + GroupDirectives(lazy) + Alias("subject") +
        Alias("preloaded",
              GroupOptions(
                  {GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Preload})));
  auto client = host().NewClient();
  const int before = Need(client.Get("/subject")).status;
  const int preloaded_before = Need(client.Get("/preloaded")).status;
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "preloaded.wsgi"));
  const int after = Need(client.Get("/subject")).status;
  const int preloaded_after = Need(client.Get("/preloaded")).status;
  Found(fmt::format(
      "{}, then {}; preloaded: {}, then {}", before, after, preloaded_before, preloaded_after));
  EXPECT_EQ(before, 404);
  EXPECT_EQ(after, 200);
  EXPECT_EQ(preloaded_before, 404);
  EXPECT_EQ(preloaded_after, 200);
}

TEST_P(LoadingIn, OffKeepsAPreloadedScript) {
  About({.rule = "RELOAD-7",
         .title = "WSGIScriptReloading Off: a preloaded script is touched, and asked again",
         .expected = "the same module in the same process",
         .mode = fmt::format("{}/main/preload", Name(GetParam()))});
  const auto script = Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve(std::string(kDaemonGroup) + "WSGIScriptReloading Off\n" +
        Alias("subject",
              GroupOptions(
                  {GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Preload})));
  ASSERT_TRUE(HasBeenLoaded("subject"));
  auto client = host().NewClient();
  const ProbeAnswer before = Need(Where(client, "/subject"));
  std::filesystem::last_write_time(
      script, std::filesystem::last_write_time(script) - std::chrono::hours(1));
  const ProbeAnswer after = Need(Where(client, "/subject"));
  Found(fmt::format("{} module in {} process",
                    after.load == before.load ? "the same" : "another",
                    after.pid == before.pid ? "the same" : "another"));
  EXPECT_EQ(after.load, before.load);
  EXPECT_EQ(after.pid, before.pid);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         LoadingIn,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
