#include "hosts/deployment/interpreter_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/deployment/deployment.h"

namespace hosts::deployment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename T>
Written<T> In(int line, T value) {
  return {value, {"site.conf", line}};
}

// A deployment with a daemon group "d"; containers are added in the order of their lines.
class Interpreters : public ::testing::Test {
 protected:
  Interpreters() {
    ProcessGroup group;
    group.name = "d";
    deployment_.process_groups.push_back(group);
  }

  InterpreterSettings& everywhere() { return deployment_.server.interpreters; }
  InterpreterSettings& Container(std::optional<std::string> process_group,
                                 std::optional<std::string> application_group) {
    InterpreterOptions options;
    options.process_group = std::move(process_group);
    options.application_group = std::move(application_group);
    deployment_.interpreter_options.push_back(std::move(options));
    return deployment_.interpreter_options.back().settings;
  }
  [[nodiscard]] InterpreterChoices Of(std::string_view process_group,
                                      std::string_view application_group) const {
    return ChoicesFor(deployment_, {process_group, application_group});
  }
  // The line that decides about sys.stdout; 0: nobody does.
  [[nodiscard]] int LineFor(std::string_view process_group,
                            std::string_view application_group) const {
    const auto restricted = Of(process_group, application_group).restrict_stdout;
    return restricted ? restricted->origin.line : 0;
  }

  Deployment deployment_;
};

constexpr std::nullopt_t kAny = std::nullopt;

TEST_F(Interpreters, WithoutAWordStreamsAreFreeAndSignalsAreNot) {
  const InterpreterChoices choices = Of("d", "a");
  EXPECT_FALSE(choices.is_stdin_restricted());
  EXPECT_FALSE(choices.is_stdout_restricted());
  EXPECT_TRUE(choices.is_signal_restricted(1));
  EXPECT_FALSE(choices.is_signal_restricted(0)) << "a service process (RESTRICT-6)";
  EXPECT_EQ(choices.gil, GilKind::OfItsProcess);
  EXPECT_EQ(SwitchIntervalOf(deployment_, "d"), nullptr);
  EXPECT_EQ(FreeThreadingOf(deployment_, "d"), nullptr);
}

TEST_F(Interpreters, SignalsAreFreeWhereSomebodySaysSo) {
  everywhere().restrict_signal = In(1, false);
  EXPECT_FALSE(Of("", "").is_signal_restricted(1));
}

// GIL-10: a selector more wins, whatever the order of the lines.
TEST_F(Interpreters, TheMostSpecificContainerDecides) {
  Container("d", "a").restrict_stdout = In(1, true);
  Container(kAny, "a").restrict_stdout = In(2, true);
  Container(kAny, kAny).restrict_stdout = In(3, true);
  everywhere().restrict_stdout = In(4, true);
  EXPECT_EQ(LineFor("d", "a"), 1);
  EXPECT_EQ(LineFor("", "a"), 2);
  EXPECT_EQ(LineFor("d", "b"), 3) << "a container without selectors beats the top level";
  EXPECT_EQ(LineFor("", ""), 3);
}

TEST_F(Interpreters, OfEqualContainersTheLaterDecides) {
  Container("d", kAny).restrict_stdout = In(1, true);
  Container(kAny, "a").restrict_stdout = In(2, true);
  Container("d", kAny).restrict_stdin = In(3, true);
  EXPECT_EQ(LineFor("d", "a"), 2);
  EXPECT_EQ(LineFor("d", "b"), 1) << "a later container that does not say it has no say";
}

TEST_F(Interpreters, AnEmptySelectorIsEmbeddedOrMain) {
  Container("", kAny).restrict_stdout = In(1, true);
  Container(kAny, "").restrict_stdin = In(2, true);
  EXPECT_EQ(LineFor("", "a"), 1);
  EXPECT_EQ(LineFor("d", "a"), 0);
  EXPECT_TRUE(Of("d", "").is_stdin_restricted());
  EXPECT_FALSE(Of("d", "a").is_stdin_restricted());
}

TEST_F(Interpreters, NamesAreComparedByteForByte) {
  Container(kAny, "A").restrict_stdout = In(1, true);
  Container(kAny, "%{ENV:A}").restrict_stdout = In(2, true);
  EXPECT_EQ(LineFor("d", "a"), 0);
  EXPECT_EQ(LineFor("d", "A"), 1);
}

// LOAD-32: the last is foremost.
TEST_F(Interpreters, PathsOfAllContainersAddUpTheMostSpecificInFront) {
  Container("d", "a").python_path = In(1, Paths{"/both"});
  Container("d", kAny).python_path = In(2, Paths{"/group"});
  Container(kAny, "a").python_path = In(3, Paths{"/later", "/more"});
  Container(kAny, kAny).python_path = In(4, Paths{"/all"});
  std::vector<std::string> first;
  for (const auto& paths : Of("d", "a").python_paths)
    first.push_back(paths.value.front());
  EXPECT_THAT(first, ElementsAre("/all", "/group", "/later", "/both"));
  EXPECT_EQ(Of("", "b").python_paths.size(), 1U);
}

TEST_F(Interpreters, TheMainOneHasNoGilOfItsOwn) {
  deployment_.python.has_own_gils = true;
  everywhere().own_gil = In(1, true);
  Container(kAny, "").own_gil = In(2, true);
  Container(kAny, "shared").own_gil = In(3, false);
  EXPECT_EQ(Of("d", "").gil, GilKind::OfItsProcess);
  EXPECT_EQ(Of("d", "a").gil, GilKind::Own);
  EXPECT_EQ(Of("d", "a").own_gil->origin.line, 1);
  EXPECT_EQ(Of("d", "shared").gil, GilKind::OfItsProcess);
}

// GIL-3.
TEST_F(Interpreters, NobodyHasAGilOfItsOwnWherePythonHasNoSuch) {
  everywhere().own_gil = In(1, true);
  EXPECT_EQ(Of("d", "a").gil, GilKind::OfItsProcess);
  EXPECT_EQ(Of("d", "a").own_gil->origin.line, 1) << "the wish is known";
}

TEST_F(Interpreters, TheOptionOfTheGroupDecidesAboutTheIntervalOfItsProcesses) {
  everywhere().switch_interval = In(1, 0.011);
  EXPECT_EQ(SwitchIntervalOf(deployment_, "d")->value, 0.011);
  Container("d", kAny).switch_interval = In(2, 0.022);
  EXPECT_EQ(SwitchIntervalOf(deployment_, "d")->value, 0.022);
  EXPECT_EQ(SwitchIntervalOf(deployment_, "")->value, 0.011);
  deployment_.process_groups.front().switch_interval = In(3, 0.033);
  EXPECT_EQ(SwitchIntervalOf(deployment_, "d")->origin.line, 3);
}

// GIL-22.
TEST_F(Interpreters, AnIntervalOfOneSubInterpreterIsNotThatOfTheProcess) {
  Container("d", "a").switch_interval = In(1, 0.011);
  EXPECT_EQ(SwitchIntervalOf(deployment_, "d"), nullptr);
  ASSERT_TRUE(Of("d", "a").own_switch_interval);
  EXPECT_EQ(Of("d", "a").own_switch_interval->origin.line, 1);
  EXPECT_FALSE(Of("d", "b").own_switch_interval);
  Container("d", "").switch_interval = In(2, 0.022);
  EXPECT_EQ(SwitchIntervalOf(deployment_, "d")->origin.line, 2);
  EXPECT_FALSE(Of("d", "").own_switch_interval);
}

// GIL-20: the option of a group does not reach a GIL that is not its processes'.
TEST_F(Interpreters, OneWithAGilOfItsOwnHasTheIntervalThatIsSaidForIt) {
  deployment_.python.has_own_gils = true;
  Container("d", kAny).own_gil = In(1, true);
  deployment_.process_groups.front().switch_interval = In(2, 0.033);
  EXPECT_FALSE(Of("d", "a").own_switch_interval);
  everywhere().switch_interval = In(3, 0.011);
  EXPECT_EQ(Of("d", "a").own_switch_interval->origin.line, 3);
  Container(kAny, "a").switch_interval = In(4, 0.022);
  EXPECT_EQ(Of("d", "a").own_switch_interval->origin.line, 4);
  EXPECT_EQ(Of("d", "b").own_switch_interval->origin.line, 3);
  EXPECT_FALSE(Of("d", "").own_switch_interval);
  EXPECT_EQ(SwitchIntervalOf(deployment_, "d")->origin.line, 2);
}

TEST_F(Interpreters, FreeThreadingIsOfProcesses) {
  Container("d", kAny).free_threading = In(1, true);
  Container("", "").free_threading = In(2, true);
  EXPECT_EQ(FreeThreadingOf(deployment_, "d")->origin.line, 1);
  EXPECT_EQ(FreeThreadingOf(deployment_, ""), nullptr) << "GIL-8";
}

TEST_F(Interpreters, RunWithoutAGilWherePythonCan) {
  Container("d", kAny).free_threading = In(1, true);
  everywhere().own_gil = In(2, true);
  everywhere().switch_interval = In(3, 0.011);
  Container(kAny, "a").switch_interval = In(4, 0.022);
  deployment_.python.has_own_gils = true;
  EXPECT_FALSE(RunsWithoutGil(deployment_, "d")) << "GIL-7";
  EXPECT_EQ(Of("d", "a").gil, GilKind::Own) << "a wish that is not granted undoes no other";
  deployment_.python.is_free_threaded = true;
  EXPECT_TRUE(RunsWithoutGil(deployment_, "d"));
  EXPECT_FALSE(RunsWithoutGil(deployment_, ""));
  EXPECT_EQ(Of("d", "").gil, GilKind::None);
  EXPECT_FALSE(Of("d", "").goes_without_its_own_gil) << "GIL-4";
  EXPECT_EQ(Of("d", "a").gil, GilKind::None);
  EXPECT_TRUE(Of("d", "a").goes_without_its_own_gil) << "GIL-9";
  EXPECT_EQ(Of("d", "a").own_switch_interval->origin.line, 4) << "GIL-22";
  EXPECT_EQ(Of("d", "b").own_switch_interval->origin.line, 3);
  EXPECT_EQ(Of("", "a").gil, GilKind::Own);
  EXPECT_FALSE(Of("", "a").goes_without_its_own_gil);
  EXPECT_THAT(UngrantedWishes(deployment_), IsEmpty());
}

std::vector<int> LinesOf(const std::vector<UngrantedWish>& wishes) {
  std::vector<int> lines;
  for (const auto& wish : wishes)
    lines.push_back(wish.origin.line);
  return lines;
}

TEST_F(Interpreters, WishesAboutTheGilAreNamedWhereverTheyStand) {
  everywhere().own_gil = In(1, true);
  Container("nobody", "").own_gil = In(2, true);
  Container(kAny, "off").own_gil = In(3, false);
  EXPECT_THAT(LinesOf(UngrantedWishes(deployment_)), ElementsAre(1, 2));
  deployment_.python.has_own_gils = true;
  EXPECT_THAT(UngrantedWishes(deployment_), IsEmpty());
}

TEST_F(Interpreters, FreeThreadingOfOneInterpreterIsNamedEvenIfOff) {
  Container(kAny, "a").free_threading = In(1, false);
  Container(kAny, "b").free_threading = In(2, true);
  Container("d", kAny).free_threading = In(3, false);
  EXPECT_THAT(LinesOf(UngrantedWishes(deployment_)), ElementsAre(1, 2, 2));
  deployment_.interpreter_options.clear();
  EXPECT_THAT(UngrantedWishes(deployment_), IsEmpty());
}

}  // namespace
}  // namespace hosts::deployment
