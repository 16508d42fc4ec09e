// Hosting/Placement: where an application runs: process, process group, interpreter, application group.
// INTERP-1 to INTERP-4 and EXP-4.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts_under_test::EventsOn;
using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::Now;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::Where;

namespace {

// Python 3.12 has them and does not say.
constexpr const char* kWhoseGil =
    "try:\n"
    "    import _interpreters\n"
    "    result = _interpreters.get_config(_interpreters.get_current()[0]).gil\n"
    "except ImportError:\n"
    "    result = 'own'\n";

class Placement : public hosts_under_test::Check, public testing::WithParamInterface<Mode> {
 protected:
  Placement() : Check("hosting") {}
};

class PlacementIn : public hosts_under_test::Check,
                    public testing::WithParamInterface<ProcessKind> {
 protected:
  PlacementIn() : Check("hosting") {}
};

}  // namespace

// The witness is embedded and in the main interpreter, so it shows which process the server's is.
TEST_P(Placement, IsWhereTheModeSays) {
  const Mode& mode = GetParam();
  const bool is_daemon = mode.process == ProcessKind::Daemon;
  const bool is_sub = IsSub(mode.interpreter);
  const bool has_own_gil = mode.interpreter == InterpreterKind::SubOwnGil;
  About({.rule = "INTERP-1",
         .title = "The application runs in the process and the interpreter of its mode",
         .expected = fmt::format("{}, {}",
                                 is_daemon ? "a daemon process" : "the server's process",
                                 has_own_gil ? "a sub-interpreter with a GIL of its own"
                                 : is_sub    ? "a sub-interpreter"
                                             : "the main interpreter"),
         .mode = Name(mode)});
  if (const auto why = hosts_under_test::WhyNotOffered({mode.process, mode.interpreter}))
    hosts_under_test::NotApplicable(*why);
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "witness.wsgi"));
  const bool is_preloaded = mode.loading == hosts::deployment::Loading::Preload;
  const std::string own_gil =
      "<WSGIInterpreterOptions application-group=sub>\nWSGIPerInterpreterGIL On\n"
      "</WSGIInterpreterOptions>\n";
  Serve("StartServers 1\nThreadsPerChild 3\n" + std::string(kDaemonGroup) + GroupDirectives(mode) +
        (has_own_gil ? own_gil : "") + Alias("subject", is_preloaded ? GroupOptions(mode) : "") +
        Alias("witness", "process-group=%{GLOBAL} application-group=%{GLOBAL}"));

  auto client = host().NewClient();
  const ProbeAnswer witness = Need(Where(client, "/witness"));
  if (is_preloaded) {
    ASSERT_TRUE(Eventually([&] { return !EventsOn(stage(), "import", "subject").empty(); }, Soon()))
        << "the script was not preloaded";
  }
  const double asked_at = Now();
  const ProbeAnswer subject = Need(Where(client, "/subject"));
  Found(fmt::format("{}, {}",
                    subject.pid == witness.pid ? "the server's process" : "a daemon process",
                    subject.interpreter == 0 ? "the main interpreter" : "a sub-interpreter"),
        fmt::format("{}, process group '{}', application group '{}', supervisor {}",
                    subject.Place(),
                    subject.process_group,
                    subject.application_group,
                    subject.parent_pid));
  EXPECT_EQ(subject.pid != witness.pid, is_daemon);
  EXPECT_EQ(subject.interpreter != 0, is_sub);
  EXPECT_EQ(subject.process_group, is_daemon ? "one" : "");
  EXPECT_EQ(subject.application_group, is_sub ? "sub" : "");
  EXPECT_EQ(subject.parent_pid, host().supervisor());
  EXPECT_EQ(witness.parent_pid, host().supervisor());
  EXPECT_EQ(subject.imported_at < asked_at, is_preloaded);
  if (has_own_gil) {
    EXPECT_EQ(Need(Execute(client, "/subject", kWhoseGil)).result, "\"own\"");
  }
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         Placement,
                         testing::ValuesIn(hosts::deployment::AllModes()),
                         NameOfMode);

TEST_P(PlacementIn, EqualApplicationGroupsShareOneInterpreter) {
  About({.rule = "INTERP-4",
         .title = "Scripts with the same application group share one interpreter, others do not",
         .expected = "b sees a's change, c does not",
         .mode = fmt::format("{}/sub", Name(GetParam()))});
  std::string configuration(kDaemonGroup);
  for (const auto& [name, group] : {std::pair{"a", "shop"}, {"b", "shop"}, {"c", "other"}}) {
    (void)Need(stage().Copy("probe.wsgi", fmt::format("{}.wsgi", name)));
    configuration += Alias(
        name,
        fmt::format("process-group={} application-group={}", ProcessGroupOf(GetParam()), group));
  }
  Serve(configuration);

  auto client = host().NewClient();
  const auto set = Need(Execute(client, "/a", "import string; string.wsgilab = 'of a'"));
  const std::string look = "import string; result = getattr(string, 'wsgilab', None)";
  const ProbeAnswer b = Need(Execute(client, "/b", look));
  const ProbeAnswer c = Need(Execute(client, "/c", look));
  Found(fmt::format("b {} a's change, c {}",
                    b.result == "\"of a\"" ? "sees" : "does not see",
                    c.result == "null" ? "does not" : "does"));
  EXPECT_EQ(b.result, "\"of a\"");
  EXPECT_EQ(c.result, "null");
  EXPECT_EQ(set.interpreter, b.interpreter);
  EXPECT_NE(set.interpreter, c.interpreter);
  EXPECT_EQ(set.pid, c.pid);
}

TEST_P(PlacementIn, WithoutAnyGroupEachMountHasItsOwnInterpreter) {
  About({.rule = "INTERP-3",
         .title = "Without WSGIApplicationGroup each mount runs in a sub-interpreter of its own",
         .expected = "check.example|/a and check.example|/b, two sub-interpreters",
         .mode = fmt::format("{}/sub/lazy", Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "a.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "b.wsgi"));
  Serve(fmt::format("{}WSGIProcessGroup {}\n", kDaemonGroup, ProcessGroupOf(GetParam())) +
        Alias("a") + Alias("b"));

  auto client = host().NewClient();
  const ProbeAnswer a = Need(Where(client, "/a"));
  const ProbeAnswer b = Need(Where(client, "/b"));
  const bool are_apart = a.interpreter != b.interpreter && a.interpreter != 0 && b.interpreter != 0;
  Found(fmt::format("{} and {}, {}",
                    a.application_group,
                    b.application_group,
                    are_apart ? "two sub-interpreters" : "not two sub-interpreters"));
  EXPECT_EQ(a.application_group, "check.example|/a");
  EXPECT_EQ(b.application_group, "check.example|/b");
  EXPECT_TRUE(are_apart) << a.Place() << "; " << b.Place();
  EXPECT_EQ(a.pid, b.pid);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         PlacementIn,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
