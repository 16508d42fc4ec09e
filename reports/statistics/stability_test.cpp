#include "reports/statistics/stability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace reports::statistics {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// As many as that around 100, half of them above and half below by `by`.
std::vector<double> Around(int count, double by) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i)
    values.push_back(100 + (i % 2 == 0 ? by : -by));
  return values;
}

}  // namespace

// ceil(4 * 1.96^2 * s^2 / 0.01^2): for a standard deviation of 1 % it is 16.
TEST(ValuesNeeded, GoWithTheSquareOfTheScatter) {
  EXPECT_EQ(ValuesNeeded(std::vector<double>{100, 101, 99, 100}), 11);  // s = 0.8165 %
  EXPECT_EQ(ValuesNeeded(Around(1000, 1)), 16);
  EXPECT_EQ(ValuesNeeded(Around(1000, 2)), 62);
  EXPECT_EQ(ValuesNeeded(std::vector<double>{5, 5, 5}), 0);
  EXPECT_FALSE(ValuesNeeded(std::vector<double>{5}));
  EXPECT_FALSE(ValuesNeeded(std::vector<double>{-5, 5}));
}

TEST(StabilityWarnings, AreSilentAboutAsManyAsAreNeeded) {
  EXPECT_THAT(StabilityWarnings(Around(18, 1.0)), IsEmpty());
  EXPECT_THAT(StabilityWarnings(Around(20, 1.0), 1.0), IsEmpty());
  EXPECT_THAT(StabilityWarnings({}), IsEmpty());
}

TEST(StabilityWarnings, EachSayWhatToDo) {
  EXPECT_THAT(
      StabilityWarnings(Around(8, 1.0)),
      ElementsAre(
          "8 values tell the mean less precisely than 1 %: 18 would (95 % sure), as they scatter"));
  EXPECT_THAT(StabilityWarnings(Around(40, 1.0)),
              ElementsAre("16 values would have been enough for 1 %: measure fewer than 40"));
  EXPECT_THAT(
      StabilityWarnings(Around(18, 1.0), 0.25),
      ElementsAre("the shortest measurement took 0.25 ms: measure at least 1 ms at a time"));
  EXPECT_THAT(
      StabilityWarnings(Around(4, 12)),
      ElementsAre(
          "the values scatter by 14 %: end other programs, or measure longer and more often",
          "4 values tell the mean less precisely than 1 %: 2951 would (95 % sure), as they "
          "scatter"));
  std::vector<double> one_far(100, 100);
  one_far[40] = 160;
  EXPECT_THAT(StabilityWarnings(one_far),
              testing::Contains(
                  "the largest value is 59 % above the mean: look what else ran at that time, or "
                  "take the median"));
  one_far[40] = 10;
  EXPECT_THAT(StabilityWarnings(one_far),
              testing::Contains(
                  "the smallest value is 90 % below the mean: look what else ran at that time, or "
                  "take the median"));
}

}  // namespace reports::statistics
