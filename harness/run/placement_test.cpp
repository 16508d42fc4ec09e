#include "harness/run/placement.h"

#include <gmock/gmock.h>

namespace harness::run {
namespace {

using reports::record::PlacementAsked;
using reports::record::PlacementFound;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// As the application in a daemon process tells it; import times are seconds of the epoch.
constexpr std::string_view kAnswer =
    R"({"pid":9,"ppid":7,"process_started":100.5,"python_version":"3.11.2","sys_prefix":"/venv",)"
    R"("process_group":"desk","application_group":"desk","interpreter_id":1,)"
    R"("main_interpreter_id":0,"gil":"shared","import_started":200.25,"import_finished":200.5,)"
    R"("import_on_main_thread":false,"load_count":1})";

PlacementFound Found() {
  auto found = ParsePlacement(kAnswer);
  EXPECT_TRUE(found);
  found->first_request_at = 200.0;
  return *found;
}

const PlacementAsked kAsked{"desk", "desk", "sub", "lazy"};

SeenFromOutside Seen() {
  SeenFromOutside seen;
  seen.ready.server = {8};
  seen.ready.daemons = {{"desk", {9}}};
  seen.prefix = "/venv";
  return seen;
}

TEST(Placement, IsReadFromTheAnswer) {
  const PlacementFound found = Found();
  EXPECT_EQ(found.pid, 9);
  EXPECT_EQ(found.parent_pid, 7);
  EXPECT_EQ(found.is_main_interpreter, false);
  EXPECT_EQ(found.import_started_at, 200.25);
  EXPECT_FALSE(ParsePlacement("<html>"));
  EXPECT_FALSE(ParsePlacement("{}"));
}

TEST(Placement, AsAskedForHasNoDifferences) {
  EXPECT_THAT(Differences(kAsked, Found(), Seen()), IsEmpty());
}

TEST(Placement, WhatThePythonCannotSayIsNoProof) {
  PlacementFound found = Found();
  found.is_main_interpreter = std::nullopt;
  EXPECT_THAT(Differences(kAsked, found, Seen()), ElementsAre(HasSubstr("cannot say")));
}

// Real mod_wsgi does this: the environ names the group, the code runs in the main interpreter.
TEST(Placement, ANameIsNotEnough) {
  PlacementFound found = Found();
  found.interpreter_id = 0;
  found.is_main_interpreter = true;
  EXPECT_THAT(Differences(kAsked, found, Seen()),
              ElementsAre("it runs in the main interpreter (id 0), asked for was a "
                          "sub-interpreter"));
}

TEST(Placement, AGilOfItsOwnIsAskedForByName) {
  PlacementFound found = Found();
  PlacementAsked asked = kAsked;
  asked.interpreter = "sub-own-gil";
  EXPECT_THAT(Differences(asked, found, Seen()),
              ElementsAre("the GIL of its interpreter is shared, asked for was one of its own"));
  found.gil = std::nullopt;
  EXPECT_THAT(Differences(asked, found, Seen()), ElementsAre(HasSubstr("is unknown")));
  EXPECT_THAT(Differences(kAsked, found, Seen()), IsEmpty());
  found.gil = "own";
  EXPECT_THAT(Differences(asked, found, Seen()), IsEmpty());
  EXPECT_THAT(Differences(kAsked, found, Seen()),
              ElementsAre("the GIL of its interpreter is own, asked for was the one that the "
                          "process shares"));
}

TEST(Placement, NoGilIsAskedForOfAHostThatRunsWithout) {
  PlacementFound found = Found();
  SeenFromOutside seen = Seen();
  seen.provable.runs_without_gil = true;
  EXPECT_THAT(Differences(kAsked, found, seen),
              ElementsAre("the GIL of its interpreter is shared, asked for was none"));
  found.gil_before_import = "off";
  EXPECT_THAT(Differences(kAsked, found, seen),
              ElementsAre(HasSubstr("off until its script was imported")));
  found.gil = "off";
  EXPECT_THAT(Differences(kAsked, found, seen), IsEmpty());
  PlacementAsked asked = kAsked;
  asked.interpreter = "sub-own-gil";
  EXPECT_THAT(Differences(asked, found, seen), ElementsAre(HasSubstr("asked for was one")));
  EXPECT_THAT(Differences(kAsked, found, Seen()),
              ElementsAre("there is no GIL, asked for was one"));
}

TEST(Placement, AnotherProcessIsADifference) {
  PlacementFound found = Found();
  found.pid = 8;
  EXPECT_THAT(Differences(kAsked, found, Seen()),
              ElementsAre(HasSubstr("process 8 is none of those the host named for 'desk': 9")));
}

TEST(Placement, AnotherGroupIsADifference) {
  PlacementFound found = Found();
  found.process_group = "";
  EXPECT_THAT(Differences(kAsked, found, Seen()),
              ElementsAre("the process group is the server's own, asked for was 'desk'"));
}

// gunicorn, uWSGI and Granian have no mod_wsgi.* in their environ.
TEST(Placement, WithoutNamesTheProcessAndTheInterpreterAreTheProof) {
  PlacementFound found = Found();
  found.process_group = std::nullopt;
  found.application_group = std::nullopt;
  EXPECT_THAT(Differences(kAsked, found, Seen()),
              ElementsAre(HasSubstr("the process group is unknown"),
                          HasSubstr("the application group is unknown")));
  SeenFromOutside seen = Seen();
  seen.provable.names_groups = false;
  EXPECT_THAT(Differences(kAsked, found, seen), IsEmpty());
  found.pid = 8;
  EXPECT_THAT(Differences(kAsked, found, seen), ElementsAre(HasSubstr("process 8 is none of")));
  found.is_main_interpreter = true;
  seen.ready.server.clear();
  seen.ready.daemons.clear();
  EXPECT_THAT(Differences(kAsked, found, seen),
              ElementsAre(HasSubstr("the main interpreter"), HasSubstr("nothing shows")));
}

TEST(Placement, GroupsThatNobodyNamesAreToldByTheProcess) {
  PlacementFound found = Found();
  found.process_group = std::nullopt;
  found.application_group = std::nullopt;
  AddGroupsSeen(Seen().ready, found);
  EXPECT_EQ(found.process_group, "desk");
  EXPECT_EQ(found.application_group, std::nullopt);
  found.process_group = std::nullopt;
  found.pid = 8;
  found.is_main_interpreter = true;
  AddGroupsSeen(Seen().ready, found);
  EXPECT_EQ(found.process_group, "");
  EXPECT_EQ(found.application_group, "");
  found.process_group = std::nullopt;
  found.pid = 10;
  AddGroupsSeen(Seen().ready, found);
  EXPECT_EQ(found.process_group, std::nullopt);
}

TEST(Placement, WhoLoadedItIsToldByTheStartOfTheProcess) {
  PlacementAsked asked = kAsked;
  asked.loading = "preload";
  PlacementFound found = Found();
  found.first_request_at = 300;
  SeenFromOutside seen = Seen();
  EXPECT_THAT(Differences(asked, found, seen), IsEmpty());
  seen.provable.loads_before_fork = true;
  EXPECT_THAT(Differences(asked, found, seen), ElementsAre(HasSubstr("not before the fork")));
  found.process_started_at = 250.0;
  EXPECT_THAT(Differences(asked, found, seen), IsEmpty());
  seen.provable.loads_before_fork = false;
  EXPECT_THAT(Differences(asked, found, seen), ElementsAre(HasSubstr("by another")));
}

TEST(Placement, LoadingIsToldByTheClock) {
  PlacementFound found = Found();
  found.first_request_at = 300;
  EXPECT_THAT(Differences(kAsked, found, Seen()), ElementsAre(HasSubstr("asked for was lazy")));
  PlacementAsked preload = kAsked;
  preload.loading = "preload";
  EXPECT_THAT(Differences(preload, found, Seen()), IsEmpty());
  found.first_request_at = 200;
  EXPECT_THAT(Differences(preload, found, Seen()),
              ElementsAre("it was imported 500.0 ms after the first request, asked for was "
                          "preloading"));
}

TEST(Placement, LoadedTwiceOrFromAnotherEnvironmentIsADifference) {
  PlacementFound found = Found();
  found.load_count = 2;
  found.prefix = "/usr";
  EXPECT_THAT(Differences(kAsked, found, Seen()),
              ElementsAre(HasSubstr("loaded 2 times"), HasSubstr("/usr, asked for was /venv")));
}

}  // namespace
}  // namespace harness::run
