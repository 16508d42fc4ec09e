#include "harness/tour/tour.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "hosts/base/files.h"

namespace harness::tour {
namespace {

using testing::HasSubstr;

std::string TourWith(const std::string& step) {
  return R"({"app":"desk","title":"","steps":[)" + step + "]}";
}

TEST(Tour, EveryMemberOfAStepIsRead) {
  const auto tour = ParseTour(TourWith(
      R"({"name":"upload","method":"POST","path":"/files/","headers":{"X-Token":"${token}"},)"
      R"("multipart":{"fields":{"a":"b"},"files":[{"field":"f","filename":"n.txt",)"
      R"("content_type":"text/plain","content":"c"}]},)"
      R"("expect":{"status":201,"headers":{"Content-Type":"text/html"},"location":"/x/",)"
      R"("contains":["y"],"excludes":["z"],"json":{"id":3,"name":"n"},"chunked":true},)"
      R"("capture":{"id":{"json":"id"}}})"));
  ASSERT_TRUE(tour) << tour.error().Text();
  const Step& step = tour->steps.front();
  EXPECT_EQ(step.content, Step::Content::Multipart);
  EXPECT_EQ(step.files.front().filename, "n.txt");
  EXPECT_EQ(step.expect.status, 201);
  EXPECT_EQ(step.expect.json, (NamedTexts{{"id", "3"}, {"name", "\"n\""}}));
  EXPECT_EQ(*step.expect.location, "/x/");
  EXPECT_TRUE(step.expect.chunked);
  EXPECT_EQ(step.captures.front().from, Capture::From::Json);
  EXPECT_FALSE(step.is_load);
}

TEST(Tour, WhatIsNotUnderstoodIsNamedWithItsStep) {
  const auto strange = ParseTour(TourWith(
      R"({"name":"home","method":"GET","path":"/","expects":{},"expect":{"status":200}})"));
  ASSERT_FALSE(strange);
  EXPECT_THAT(strange.error().Text(), HasSubstr("step 'home': unknown member 'expects'"));
  EXPECT_FALSE(ParseTour(""));
  EXPECT_FALSE(ParseTour(TourWith("")));
  EXPECT_FALSE(ParseTour(TourWith(R"({"name":"x","method":"GET","path":"/"})")));
}

TEST(Tour, LoadStepsMustBeRepeatable) {
  EXPECT_FALSE(ParseTour(
      TourWith(R"({"name":"x","method":"POST","path":"/","load":true,"expect":{"status":200}})")));
  EXPECT_FALSE(ParseTour(TourWith(
      R"({"name":"x","method":"GET","path":"/${id}","load":true,"expect":{"status":200}})")));
}

TEST(Tour, ThoseOfTheApplicationsAreUnderstood) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(APPS)) {
    const auto file = entry.path() / "tour.json";
    if (!std::filesystem::exists(file)) continue;
    const auto text = hosts::base::ReadFile(file);
    ASSERT_TRUE(text);
    const auto tour = ParseTour(*text);
    EXPECT_TRUE(tour) << file << ": " << tour.error().Text();
    ++count;
  }
  EXPECT_GE(count, 4);
}

}  // namespace
}  // namespace harness::tour
