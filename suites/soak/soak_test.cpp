// A soak of seconds: a sound host passes, and one whose application leaks does not.

#include "suites/soak/soak.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suites/hosts_under_test/chosen_host.h"

namespace suites::soak {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

constexpr auto kShort = std::chrono::seconds(6);

// The sound application, and before each request these lines.
std::string With(std::string_view lines) {
  auto text = SoundApplication();
  EXPECT_TRUE(text) << text.error().Text();
  return *text + "\nanswer = application\ndef application(environ, start_response):\n" +
         std::string(lines) + "    return answer(environ, start_response)\n";
}

// In seconds nothing has settled: a sound host grows while it warms up, by how much depends on how busy
// the machine is. Only an application that keeps far more than that is asked about memory here; whether
// a sound one is flat, the minutes of scripts/soak say.
constexpr double kNoMatter = 1e12;
constexpr double kMoreThanWarmingUp = 50'000;

Allowances WhileItWarmsUp(hosts::deployment::ProcessKind place, double kib_per_minute) {
  SoakPlan plan;
  plan.place = place;
  Allowances allowed = AllowancesFor(plan);
  allowed.kib_per_minute = kib_per_minute;
  allowed.descriptors_per_minute = 1e9;  // what stays at rest says it
  return allowed;
}

std::vector<std::string> FaultsOfAShortSoak(hosts::deployment::ProcessKind place,
                                            std::string application,
                                            double kib_per_minute = kNoMatter) {
  SoakPlan plan;
  plan.place = place;
  plan.duration = kShort;
  plan.calibration = std::chrono::milliseconds(500);
  plan.between_samples = std::chrono::milliseconds(100);
  plan.share = 0.3;  // other tests run beside this one
  plan.misbehaving = 0.05;
  plan.application = std::move(application);
  auto result = RunSoak(plan);
  EXPECT_TRUE(result) << result.error().Text();
  if (!result) return {};
  return FaultsOf(*result, WhileItWarmsUp(place, kib_per_minute));
}

class Soak : public testing::TestWithParam<hosts::deployment::ProcessKind> {};

}  // namespace

TEST_P(Soak, FindsNothingWrongWithASoundHost) {
  EXPECT_THAT(FaultsOfAShortSoak(GetParam(), {}), IsEmpty());
}

// One that did not answer rightly would be a fault.
TEST_P(Soak, AsksEveryInterpreterOfTheProcess) {
  SoakPlan plan;
  plan.place = GetParam();
  plan.duration = kShort;
  plan.calibration = std::chrono::milliseconds(500);
  plan.between_samples = std::chrono::milliseconds(100);
  plan.share = 0.3;
  plan.misbehaving = 0.05;
  plan.threads = 8;
  plan.interpreters = 3;
  auto result = RunSoak(plan);
  ASSERT_TRUE(result) << result.error().Text();
  EXPECT_THAT(FaultsOf(*result, WhileItWarmsUp(plan.place, kNoMatter)), IsEmpty());
  EXPECT_THAT(result->mode, HasSubstr("main and 3 sub-interpreters"));
  EXPECT_EQ(result->load.wrong_answers, 0);
}

// What is asked meanwhile says nothing of what the host can do, and the load would be a request a second.
TEST_P(Soak, FindsTheCapacityOfAnApplicationThatTakesItsTimeToLoad) {
  SoakPlan plan;
  plan.place = GetParam();
  plan.duration = std::chrono::seconds(1);
  plan.calibration = std::chrono::milliseconds(500);
  plan.between_samples = std::chrono::milliseconds(100);
  plan.application = With("") + "import time\ntime.sleep(3)\n";
  auto result = RunSoak(plan);
  ASSERT_TRUE(result) << result.error().Text();
  EXPECT_GT(result->capacity_per_s, 20);
}

// 16 KiB instead of 1 at a thousand requests a second: a loaded machine does a tenth of that.
TEST_P(Soak, CatchesAnApplicationThatKeepsMemory) {
  if (suites::hosts_under_test::IsHostSanitized())
    GTEST_SKIP() << "a sanitizer keeps what was freed";
  EXPECT_THAT(FaultsOfAShortSoak(
                  GetParam(), With("    KEPT.append(bytearray(16384))\n"), kMoreThanWarmingUp),
              Contains(HasSubstr("KiB a minute")));
}

TEST_P(Soak, CatchesAnApplicationThatKeepsADescriptorNowAndThen) {
  EXPECT_THAT(FaultsOfAShortSoak(GetParam(),
                                 With("    count('asked')\n    if COUNTS['asked'] % 100 == 0:\n"
                                      "        KEPT.append(os.open('/dev/null', os.O_RDONLY))\n") +
                                     "COUNTS['asked'] = 0\n"),
              Contains(HasSubstr("descriptors at rest")));
}

// The host itself ends in order then.
TEST_P(Soak, CatchesAProcessThatCrashesWhenItIsToldToStop) {
  EXPECT_THAT(
      FaultsOfAShortSoak(GetParam(),
                         With("") + "import atexit, os, signal\n"
                                    "atexit.register(os.kill, os.getpid(), signal.SIGSEGV)\n"),
      Contains(HasSubstr("ended: signal 11")));
}

TEST_P(Soak, CatchesAnApplicationThatAnswersWronglyNowAndThen) {
  EXPECT_THAT(FaultsOfAShortSoak(GetParam(),
                                 With("    count('asked')\n    if COUNTS['asked'] % 500 == 0:\n"
                                      "        raise ValueError('now and then')\n") +
                                     "COUNTS['asked'] = 0\n"),
              Contains(HasSubstr("answered wrongly")));
}

INSTANTIATE_TEST_SUITE_P(Place,
                         Soak,
                         testing::Values(hosts::deployment::ProcessKind::Embedded,
                                         hosts::deployment::ProcessKind::Daemon),
                         [](const auto& parameter) { return std::string(Name(parameter.param)); });

}  // namespace suites::soak
