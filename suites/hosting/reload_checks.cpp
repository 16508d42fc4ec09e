// HostingReloadIn: a script that changes while it is served, in every place: RELOAD-1, RELOAD-2, RELOAD-3,
// RELOAD-5 to RELOAD-8.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <vector>

#include "hosts/base/files.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosting/reload_check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts_under_test::Eventually;
using hosts_under_test::kPlaces;
using hosts_under_test::Need;
using hosts_under_test::Soon;
using hosts_under_test::WordsOfRefusal;

TEST_P(HostingReloadIn, TheNextRequestIsAnsweredByTheNewCode) {
  About(
      {.rule = is_daemon() ? "RELOAD-3" : "RELOAD-2",
       .title = "A script is replaced; the next request is answered by it, in a module of its own",
       .expected = is_daemon() ? "another process, which loads everything afresh"
                               : "the same process, its other modules as they were",
       .mode = ModeName()});
  ChangingScript script(stage(), "subject");
  ServePlaced(Alias("subject"));
  const VersionAnswer before = Ask("/subject");
  const VersionAnswer same = Ask("/subject");
  script.Change();
  const VersionAnswer after = Ask("/subject");
  Found(after.pid == before.pid ? "the same process" : "another process");
  EXPECT_EQ(same.load, before.load);
  EXPECT_EQ(before.left_over, "left");
  ExpectReloaded(before, after);
  EXPECT_EQ(after.version, 2);
  EXPECT_EQ(after.left_over, "none") << "globals of the old module are visible";
  EXPECT_EQ(after.helper_load != before.helper_load, is_daemon());
}

TEST_P(HostingReloadIn, AnyOtherTimeIsAChange) {
  About(
      {.rule = "RELOAD-1",
       .title = "The time of the file is set back, then on by a microsecond, then by a nanosecond",
       .expected = "the script is loaded anew each time",
       .mode = ModeName()});
  const ChangingScript script(stage(), "subject");
  ServePlaced(Alias("subject"));
  VersionAnswer before = Ask("/subject");
  int reloads = 0;
  std::vector<long> all{0, 1'000, 1'001};
  if (!hosts_under_test::IsEngineChosen()) all.pop_back();  // Apache's times have microseconds
  for (const long nanoseconds : all) {
    script.Touch({1'000'000'000, nanoseconds});
    const VersionAnswer after = Ask("/subject");
    ExpectReloaded(before, after);
    EXPECT_EQ(Ask("/subject").load, after.load) << "it had not changed again";
    reloads += after.load != before.load ? 1 : 0;
    before = after;
  }
  Found(fmt::format("loaded anew {} times", reloads));
}

TEST_P(HostingReloadIn, OnlyTheScriptItselfIsWatched) {
  About({.rule = "RELOAD-1",
         .title = "A module that the script imports is replaced",
         .expected = "nothing happens",
         .mode = ModeName()});
  const ChangingScript script(stage(), "subject");
  ServePlaced(Alias("subject"));
  const VersionAnswer before = Ask("/subject");
  (void)Need(stage().Write("helper.py", "LOAD = 'another'\n"));
  const VersionAnswer after = Ask("/subject");
  Found(after.load == before.load ? "nothing happens" : "the script was loaded anew");
  EXPECT_EQ(after.load, before.load);
  EXPECT_EQ(after.helper_load, before.helper_load);
  EXPECT_EQ(after.pid, before.pid);
}

TEST_P(HostingReloadIn, OffKeepsTheCode) {
  About({.rule = "RELOAD-7",
         .title = "WSGIScriptReloading Off: a script is replaced; then a body of 1 MB is sent",
         .expected = "the old code answers, the body is whole",
         .mode = ModeName()});
  ChangingScript script(stage(), "subject");
  ServePlaced("WSGIScriptReloading Off\n" + Alias("subject"));
  const VersionAnswer before = Ask("/subject");
  script.Change();
  const VersionAnswer after = Post("/subject", std::string(1'000'000, 'x'));
  Found(fmt::format("version {}", after.version));
  EXPECT_EQ(after.load, before.load);
  EXPECT_EQ(after.pid, before.pid);
  EXPECT_TRUE(after.body.starts_with("1000000-")) << after.body;
}

TEST_P(HostingReloadIn, RequestsInsideTheOldModuleFinishWithIt) {
  About({.rule = is_daemon() ? "RELOAD-3" : "RELOAD-2",
         .title = "A request is inside while the script is replaced and the next one comes",
         .expected = "the one inside: version 1; the next: version 2",
         .mode = ModeName()});
  ChangingScript script(stage(), "subject");
  ServePlaced(Alias("subject"));
  auto inside = std::async(std::launch::async, [this] { return Ask("/subject/wait"); });
  ASSERT_TRUE(AreInside(stage(), 1));
  script.Change();
  auto next = std::async(std::launch::async, [this] { return Ask("/subject"); });
  // A daemon process ends when the one inside has left: the next request waits for its successor.
  const auto has_noticed = [this] {
    return host().Log().find(is_daemon() ? WordsOfRefusal() : "Reloading") != std::string::npos;
  };
  EXPECT_TRUE(Eventually(has_noticed, Soon()));
  LetGo(stage());
  const VersionAnswer old = inside.get();
  const VersionAnswer fresh = next.get();
  Found(
      fmt::format("the one inside: version {}; the next: version {}", old.version, fresh.version));
  EXPECT_EQ(old.status, 200);
  EXPECT_EQ(old.version, 1);
  EXPECT_EQ(old.left_over, "left");
  EXPECT_EQ(fresh.status, 200);
  EXPECT_EQ(fresh.version, 2);
}

TEST_P(HostingReloadIn, ABrokenVersionIsTriedUntilItLoads) {
  About({.rule = "RELOAD-6",
         .title = "A version that raises takes the script's place, then one that does not",
         .expected = is_daemon() ? "one restart, 500, 500, 500, then 200 in that process"
                                 : "500, 500, 500, then 200 in the same process",
         .mode = ModeName()});
  ChangingScript script(stage(), "subject");
  const ChangingScript control(stage(), "control");
  ServePlaced(Alias("subject") + Alias("control"));
  const VersionAnswer before = Ask("/subject");
  script.Break();
  std::string statuses;
  for (int i = 0; i < 3; ++i)
    statuses += fmt::format("{}, ", Ask("/subject").status);
  const VersionAnswer beside = Ask("/control");
  script.Break();  // another one: nothing is loaded that it could be compared with
  EXPECT_EQ(Ask("/subject").status, 500);
  script.Change();
  const VersionAnswer mended = Ask("/subject");
  Found(fmt::format("{}then {} in {} process",
                    statuses,
                    mended.status,
                    mended.pid == before.pid ? "the same" : "another"),
        fmt::format("{} restarts", Logged("H0341")));
  EXPECT_EQ(statuses, "500, 500, 500, ");
  ExpectReloaded(before, mended);
  EXPECT_EQ(mended.pid, beside.pid);
  EXPECT_EQ(mended.version, 4);
  if (hosts_under_test::IsEngineChosen()) {  // whose words they are
    EXPECT_EQ(Logged("H0341"), is_daemon() ? 1 : 0);
  }
}

TEST_P(HostingReloadIn, ReloadRequiredIsAskedForEachRequest) {
  About({.rule = "RELOAD-8",
         .title = "reload_required(name) of the script answers True",
         .expected = "loaded anew by each request, with the script's file name as argument",
         .mode = ModeName()});
  const ChangingScript script(stage(),
                              "subject",
                              "def reload_required(name):\n"
                              "    open(os.path.join(HERE, 'asked'), 'w').write(name)\n"
                              "    return True\n");
  ServePlaced(Alias("subject"));
  VersionAnswer before = Ask("/subject");  // nothing was loaded that it could be asked of
  EXPECT_FALSE(std::filesystem::exists(stage().path("asked")));
  for (int i = 0; i < 3; ++i) {
    const VersionAnswer after = Ask("/subject/below");
    ExpectReloaded(before, after);
    before = after;
  }
  const auto text = hosts::base::ReadFile(stage().path("asked"));
  const std::string asked = text ? *text : "nothing";
  Found("asked about " + std::filesystem::path(asked).filename().string());
  EXPECT_EQ(asked, script.path());
}

TEST_P(HostingReloadIn, AnExceptionOfReloadRequiredCountsAsFalse) {
  About({.rule = "RELOAD-8",
         .title = "reload_required() of the script raises",
         .expected = "logged; the code stays, until the file changes",
         .mode = ModeName()});
  ChangingScript script(
      stage(), "subject", "def reload_required(name):\n    raise SystemExit(3)\n");
  ServePlaced(Alias("subject"));
  const VersionAnswer before = Ask("/subject");
  const VersionAnswer after = Ask("/subject");
  EXPECT_EQ(after.load, before.load);
  EXPECT_GE(hosts_under_test::IsEngineChosen()
                ? Logged("H0340")
                : CountOf("SystemExit exception raised by WSGI script"),
            1);
  script.Change();
  const VersionAnswer changed = Ask("/subject");
  Found(fmt::format("version {}, then {}", after.version, changed.version));
  EXPECT_EQ(changed.version, 2);
}

TEST_P(HostingReloadIn, WithoutItsTimeAScriptIsLoadedAnew) {
  About({.rule = "RELOAD-8",
         .title = "The application removes __mtime__ from its module",
         .expected = "the next request loads the script anew",
         .mode = ModeName()});
  // The first request after each load removes it.
  const ChangingScript script(stage(),
                              "subject",
                              "inner = application\n"
                              "def application(environ, start_response):\n"
                              "    if environ['PATH_INFO'] == '/forget':\n"
                              "        del globals()['__mtime__']\n"
                              "    return inner(environ, start_response)\n");
  ServePlaced(Alias("subject"));
  const VersionAnswer before = Ask("/subject/forget");
  EXPECT_EQ(before.status, 200) << "there was no __mtime__";
  const VersionAnswer after = Ask("/subject");
  Found(after.load != before.load ? "loaded anew" : "the code stays");
  ExpectReloaded(before, after);
  EXPECT_EQ(Ask("/subject").load, after.load);
}

TEST_P(HostingReloadIn, ADeletedScriptIs404AndTheSameFileIsServedAsBefore) {
  About({.rule = "RELOAD-5",
         .title = "The script is moved away, asked for, and moved back as it was",
         .expected = "404, then the old code in the same process; nobody restarted",
         .mode = ModeName()});
  const ChangingScript script(stage(), "subject");
  ServePlaced(Alias("subject"));
  const VersionAnswer before = Ask("/subject");
  const auto children = ChildrenNow();
  std::filesystem::rename(script.path(), stage().path("away"));
  const int gone = Ask("/subject").status;
  std::filesystem::rename(stage().path("away"), script.path());
  const VersionAnswer back = Ask("/subject");
  Found(fmt::format("{}, then {}", gone, back.load == before.load ? "the old code" : "new code"));
  EXPECT_EQ(gone, 404);
  EXPECT_EQ(back.load, before.load);
  EXPECT_EQ(back.pid, before.pid);
  EXPECT_EQ(ChildrenNow(), children);
}

TEST_P(HostingReloadIn, ApplicationsOfOneGroupChangeApart) {
  About({.rule = is_daemon() ? "RELOAD-3" : "RELOAD-2",
         .title = "Two scripts in one group, one of them is replaced and asked for",
         .expected = is_daemon() ? "the other one is loaded afresh, too" : "the other one stays",
         .mode = ModeName()});
  ChangingScript script(stage(), "subject");
  const ChangingScript other(stage(), "other");
  ServePlaced(Alias("subject") + Alias("other"));
  const VersionAnswer before = Ask("/subject");
  const VersionAnswer other_before = Ask("/other");
  script.Change();
  const VersionAnswer untouched = Ask("/other");
  const VersionAnswer after = Ask("/subject");
  const VersionAnswer other_after = Ask("/other");
  Found(other_after.load == other_before.load ? "the other one stays" : "loaded afresh, too");
  EXPECT_EQ(untouched.load, other_before.load) << "nothing restarts before it is asked for";
  ExpectReloaded(before, after);
  EXPECT_EQ(other_after.load != other_before.load, is_daemon());
  EXPECT_EQ(other_after.version, 1);
}

TEST_P(HostingReloadIn, AHandlerScriptIsWatchedAsWell) {
  About({.rule = "RELOAD-1",
         .title = "The script of a WSGIHandlerScript is replaced",
         .expected = "version 1, then version 2",
         .mode = ModeName()});
  ChangingScript script(stage(), "handler");
  ServePlaced(
      "WSGIHandlerScript answers {stage}/handler.wsgi\nAlias /files {stage}\n"
      "<Location /files>\nSetHandler answers\n</Location>\n");
  const VersionAnswer before = Ask("/files/no-such-file");
  script.Change();
  const VersionAnswer after = Ask("/files/no-such-file");
  Found(fmt::format("version {}, then version {}", before.version, after.version));
  EXPECT_EQ(before.version, 1);
  EXPECT_EQ(after.version, 2);
  ExpectReloaded(before, after);
}

INSTANTIATE_TEST_SUITE_P(Hosting, HostingReloadIn, testing::ValuesIn(kPlaces), NameOfPlace);

}  // namespace suites::hosting
