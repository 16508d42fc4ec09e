#include "harness/experiment/comparison.h"

#include <gmock/gmock.h>

namespace harness::experiment {
namespace {

using reports::record::ArmRole;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

Question TheQuestion() {
  Question question;
  question.base.name = "base";
  question.candidate.name = "candidate";
  question.candidate.role = ArmRole::Candidate;
  question.judging.metrics = {"latency_p50_us"};
  return question;
}

std::vector<ArmRole> RolesOf(const std::vector<Arm>& arms) {
  std::vector<ArmRole> roles;
  for (const Arm& arm : arms)
    roles.push_back(arm.role);
  return roles;
}

TEST(ArmsOf, AreTheTwoSidesAndTheirControls) {
  Question question = TheQuestion();
  EXPECT_THAT(
      RolesOf(ArmsOf(question, 1000)),
      ElementsAre(
          ArmRole::Baseline, ArmRole::Candidate, ArmRole::Again, ArmRole::Twin, ArmRole::Delayed));
  question.controls = Controls::Light;
  EXPECT_THAT(RolesOf(ArmsOf(question, 1000)),
              ElementsAre(ArmRole::Baseline, ArmRole::Candidate, ArmRole::Twin, ArmRole::Delayed));
  question.controls = Controls::Off;
  EXPECT_THAT(RolesOf(ArmsOf(question, 1000)), ElementsAre(ArmRole::Baseline, ArmRole::Candidate));
}

TEST(ArmsOf, DelaysAreSharesOfTheMedian) {
  Question question = TheQuestion();
  question.effect = 0.05;
  question.injected = 0.1;
  const auto arms = ArmsOf(question, 2000);
  EXPECT_EQ(arms[0].delay.count(), 0);
  EXPECT_EQ(arms[1].delay.count(), 200'000);
  EXPECT_EQ(arms[4].delay.count(), 100'000);
  EXPECT_TRUE(arms[3].has_another_hash_seed);
  EXPECT_FALSE(arms[1].has_another_hash_seed) << "the sides differ in what is asked about alone";
}

Pilot APilot() {
  auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-pilot-test");
  EXPECT_TRUE(folder);
  Pilot pilot{std::move(*folder), {}};
  pilot.median_us = 1000;
  pilot.requests_per_s = 1000;
  return pilot;
}

TEST(SizeOf, AsManyBlocksAreMadeAsFitTwice) {
  Question question = TheQuestion();
  question.effort.within = std::chrono::seconds(100);
  // Five arms: 0.5 s to launch, 0.15 to warm up, four windows of 0.1 s.
  const auto size = SizeOf(question, APilot(), std::chrono::duration<double>(0.5));
  ASSERT_TRUE(size);
  EXPECT_EQ(size->blocks, static_cast<int>(0.85 * 50 / (5 * 1.05)));
  EXPECT_EQ(size->window, milliseconds(100));
}

TEST(BlocksThatFit, AreThoseThatTheTimeIsLeftFor) {
  using Seconds = std::chrono::duration<double>;
  EXPECT_EQ(BlocksThatFit(26, 6, {Seconds(120), Seconds(4)}), 26);
  EXPECT_EQ(BlocksThatFit(26, 6, {Seconds(104), Seconds(4)}), 26);
  EXPECT_EQ(BlocksThatFit(26, 6, {Seconds(99), Seconds(4)}), 24);
  EXPECT_EQ(BlocksThatFit(26, 6, {Seconds(8), Seconds(4)}), 6) << "fewer could find nothing";
  EXPECT_EQ(BlocksThatFit(26, 6, {Seconds(-3), Seconds(4)}), 6);
  EXPECT_EQ(BlocksThatFit(4, 6, {Seconds(8), Seconds(4)}), 4) << "no more than there were";
  EXPECT_EQ(BlocksThatFit(26, 6, {Seconds(9), Seconds(0)}), 26);
}

TEST(SizeOf, WindowsAreLongEnoughForThePercentile) {
  Question question = TheQuestion();
  question.effort.percentile =
      99;  // 1,000 requests, one second, of four windows; a third more to be safe
  question.effort.blocks = 20;
  const auto size = SizeOf(question, APilot(), std::chrono::duration<double>(0.5));
  ASSERT_TRUE(size);
  EXPECT_NEAR(std::chrono::duration<double>(size->window).count(), 1.3 / 4, 0.001);
}

TEST(SizeOf, APlanThatCouldFindNothingIsRefused) {
  Question question = TheQuestion();
  question.effort.blocks = 3;
  const auto few = SizeOf(question, APilot(), std::chrono::duration<double>(0.5));
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().kind, hosts::base::ErrorKind::InvalidInput);
  question.effort.blocks.reset();
  question.effort.within = std::chrono::seconds(10);
  const auto short_of_time = SizeOf(question, APilot(), std::chrono::duration<double>(0.5));
  ASSERT_FALSE(short_of_time);
  EXPECT_THAT(short_of_time.error().Text(), HasSubstr("10 s"));
}

}  // namespace
}  // namespace harness::experiment
