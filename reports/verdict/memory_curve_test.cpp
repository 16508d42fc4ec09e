#include "reports/verdict/memory_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/samples/samples.h"

namespace reports::verdict {

using testing::HasSubstr;

namespace {

record::Resources Point(record::When when, std::int64_t requests, std::int64_t pss_kib) {
  record::Resources line;
  line.cell = "c";
  line.when = when;
  line.requests = requests;
  line.pss_kib = pss_kib;
  line.shared_kib = 4000 - requests / 10;
  return line;
}

// After the load the memory grows by so many KiB in a thousand requests, and by turns a little more or less.
record::Record Growing(std::int64_t kib_per_1000, std::int64_t wobble) {
  record::Record record;
  record.resources = {Point(record::When::Ready, 0, 20'000),
                      Point(record::When::AfterFirstRequest, 2, 60'000),
                      Point(record::When::AtRequests, 500, 99'000),
                      Point(record::When::AfterLoad, 1000, 100'000)};
  for (std::int64_t slice = 1; slice <= 12; ++slice) {
    record.resources.push_back(
        Point(record::When::AtRequests,
              1000 + slice * 1000,
              100'000 + slice * kib_per_1000 + (slice % 2 == 0 ? wobble : -wobble)));
  }
  return record;
}

}  // namespace

TEST(MemoryCurve, OneThatGrowsWithEveryRequestIsSaidToGrow) {
  const auto record = Growing(1000, 100);
  const MemoryCurve curve = CurveOf(record, "c");
  EXPECT_EQ(curve.points.size(), 16U);
  ASSERT_TRUE(curve.trend);
  EXPECT_EQ(curve.trend->growth, Growth::Grows);
  EXPECT_NEAR(curve.trend->kib_per_1000, 1000, 50);
  EXPECT_THAT(InWords(*curve.trend), HasSubstr("in 1,000 requests"));
}

TEST(MemoryCurve, WhatCameWithTheFirstRequestsIsNoGrowth) {
  EXPECT_EQ(CurveOf(Growing(0, 50), "c").trend->growth, Growth::Steady);
  EXPECT_EQ(CurveOf(Growing(20, 0), "c").trend->growth, Growth::Steady) << "0.24 % in all";
}

TEST(MemoryCurve, OneThatScattersTooMuchIsNotJudged) {
  EXPECT_EQ(CurveOf(Growing(80, 3000), "c").trend->growth, Growth::Undecided);
}

TEST(MemoryCurve, AFewPointsShowTheCourseAndNoTrend) {
  auto record = Growing(1000, 0);
  record.resources.resize(6);
  const MemoryCurve curve = CurveOf(record, "c");
  EXPECT_EQ(curve.points.size(), 6U);
  EXPECT_FALSE(curve.trend);
  EXPECT_NEAR(*curve.still_shared, 0.925, 1e-9);
}

TEST(MemoryCurve, ARecordWithoutPointsHasNone) {
  record::Record record;
  record.resources = {Point(record::When::Ready, 0, 1), Point(record::When::AfterLoad, 5, 2)};
  EXPECT_TRUE(CurveOf(record, "c").points.empty());
  EXPECT_TRUE(CurveOf(record, "d").points.empty());
}

TEST(MemoryCurve, TheSampleThatLeaksIsFound) {
  const auto record = samples::RecordOf(samples::FailingRun());
  EXPECT_EQ(CurveOf(record, "engine/daemon/main/preload/django_secondapp").trend->growth,
            Growth::Grows);
  EXPECT_EQ(CurveOf(record, "engine/daemon/main/preload/django_accounts").trend->growth,
            Growth::Steady);
}

}  // namespace reports::verdict
