#include "harness/adapters/engines.h"

#include <gmock/gmock.h>

#include "harness/adapters/engine_adapter.h"
#include "hosts/base/files.h"

namespace harness::adapters {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A folder with programs that say of themselves what they are told to.
class Programs {
 public:
  Programs() : folder_(*hosts::base::TemporaryDirectory::Make("wsgilab-engines")) {}

  [[nodiscard]] std::filesystem::path path(const std::string& name) const {
    return folder_.path() / name;
  }
  [[nodiscard]] std::filesystem::path Make(const std::string& name, const std::string& about) {
    const std::string text = "#!/bin/sh\n[ \"$1\" = version ] || exit 2\necho '" + about + "'\n";
    EXPECT_TRUE(hosts::base::WriteFile(path(name), text));
    std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
    return path(name);
  }

 private:
  hosts::base::TemporaryDirectory folder_;
};

std::vector<std::string> NamesOf(const std::vector<FoundEngine>& engines) {
  std::vector<std::string> names;
  for (const FoundEngine& engine : engines)
    names.push_back(engine.name());
  return names;
}

TEST(OtherEngines, LieBesideTheRunsOwnUnderTheirPython) {
  Programs programs;
  for (const char* name :
       {"wsgilab-host", "wsgilab-host-3.9", "wsgilab-host-3.14", "wsgilab-host-3.14t"}) {
    (void)programs.Make(name, "{}");
  }
  for (const char* name : {"wsgilab-host-old", "wsgilab-host-3.", "wsgilab-host-4.1", "wsgilab"}) {
    (void)programs.Make(name, "{}");
  }
  const auto engines = OtherEngines(programs.path("wsgilab-host"), "");
  EXPECT_THAT(NamesOf(engines), ElementsAre("engine-3.9", "engine-3.14", "engine-3.14t"));
  EXPECT_EQ(engines[1].program, programs.path("wsgilab-host-3.14"));
}

TEST(OtherEngines, AreToldByAVariableFirst) {
  Programs programs;
  (void)programs.Make("wsgilab-host-3.14", "{}");
  const auto engines =
      OtherEngines(programs.path("wsgilab-host"), "3.14=/opt/new/host:3.13=/opt/host::3.14=/other");
  EXPECT_THAT(NamesOf(engines), ElementsAre("engine-3.13", "engine-3.14"));
  EXPECT_EQ(engines[0].program, "/opt/host");
  EXPECT_EQ(engines[1].program, "/opt/new/host");
}

TEST(OtherEngines, AreNoneWhereThereIsNoFolder) {
  EXPECT_THAT(OtherEngines("/nowhere/wsgilab-host", ""), IsEmpty());
}

TEST(OtherEngines, SayWhatIsWrongWithTheVariableWhenTheyAreAsked) {
  for (const std::string told : {"/opt/host", "3.14=", "3.x=/opt/host", "=/opt/host"}) {
    const auto engines = OtherEngines("/nowhere/wsgilab-host", told);
    ASSERT_EQ(engines.size(), 1U) << told;
    const auto version = EngineAdapter(engines[0], {}).Probe();
    ASSERT_FALSE(version) << told;
    EXPECT_THAT(version.error().Text(), HasSubstr("'" + told + "' in WSGILAB_ENGINES"));
  }
}

TEST(OtherEngines, HaveThePythonThatTheirNameSays) {
  Programs programs;
  const auto program =
      programs.Make("wsgilab-host-3.13", R"({"engine":"0.1.0","python":"3.13.5","own_gils":true})");
  const EngineAdapter right({.python = "3.13", .program = program}, InheritedEnvironment());
  EXPECT_EQ(right.name(), "engine-3.13");
  const auto version = right.Probe();
  ASSERT_TRUE(version) << version.error().Text();
  EXPECT_EQ(version->python, "3.13.5");
  EXPECT_THAT(version->gils, ElementsAre("shared", "own"));
  for (const std::string other : {"3.1", "3.14", "3.13t"}) {
    const auto wrong = EngineAdapter({.python = other, .program = program}, {}).Probe();
    ASSERT_FALSE(wrong) << other;
    EXPECT_THAT(wrong.error().Text(), HasSubstr("has Python 3.13, not " + other));
  }
}

TEST(OtherEngines, WithoutAGilSaySo) {
  Programs programs;
  const auto program = programs.Make(
      "host", R"({"engine":"0.1.0","python":"3.14.8","own_gils":true,"free_threaded":true})");
  const auto version = EngineAdapter({.python = "3.14t", .program = program}, {}).Probe();
  ASSERT_TRUE(version) << version.error().Text();
  EXPECT_THAT(version->gils, ElementsAre("shared", "own", "off"));
}

TEST(PythonSeries, IsTheVersionWithoutItsLastNumber) {
  EXPECT_EQ(PythonSeries("3.14.8", false), "3.14");
  EXPECT_EQ(PythonSeries("3.14.0b1", true), "3.14t");
  EXPECT_EQ(PythonSeries("3", false), "3");
}

}  // namespace
}  // namespace harness::adapters
