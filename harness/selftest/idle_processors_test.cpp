#include "harness/selftest/idle_processors.h"

#include <gtest/gtest.h>

namespace harness::selftest {
namespace {

constexpr const char* kBefore = "cpu  100 10 50 1000 40 1 2 0 0 0\ncpu0 1 1 1 1 1 1 1 1\n";
constexpr const char* kNow = "cpu  130 10 60 1050 50 1 2 0 0 0\n";

TEST(IdleProcessorsTest, CountsWhatNobodyUses) {
  const auto before = ParseProcessorTicks(kBefore);
  const auto now = ParseProcessorTicks(kNow);
  ASSERT_TRUE(before && now);
  EXPECT_EQ(before->all, 1203U);
  EXPECT_EQ(before->idle, 1040U);
  EXPECT_DOUBLE_EQ(IdleShare(*before, *now), 0.6);
}

TEST(IdleProcessorsTest, WhatIsNotUnderstoodIsBusy) {
  EXPECT_FALSE(ParseProcessorTicks(""));
  EXPECT_FALSE(ParseProcessorTicks("cpu0 1 2 3 4 5 6 7 8\n"));
  EXPECT_FALSE(ParseProcessorTicks("cpu  1 2 3\n"));
  EXPECT_EQ(IdleShare({10, 20}, {10, 20}), 0);
}

TEST(IdleProcessorsTest, LooksAtThisMachine) {
  IdleProcessors idle;
  const double share = idle.Share();
  EXPECT_GE(share, 0);
  EXPECT_LE(share, 1);
}

}  // namespace
}  // namespace harness::selftest
