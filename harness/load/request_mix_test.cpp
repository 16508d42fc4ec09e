#include "harness/load/request_mix.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace harness::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<LoadRequest> Weighted(const std::vector<int>& weights) {
  std::vector<LoadRequest> requests;
  for (const int weight : weights)
    requests.push_back({.name = "a request", .bytes = "", .check = {}, .weight = weight});
  return requests;
}

TEST(RequestMix, EqualWeightsTakeTurns) {
  EXPECT_THAT(RequestMix::Of(Weighted({1, 1, 1}))->round(), ElementsAre(0, 1, 2));
  EXPECT_THAT(RequestMix::Of(Weighted({5, 5}))->round(), ElementsAre(0, 1));
}

TEST(RequestMix, TurnsAreSpreadEvenly) {
  EXPECT_THAT(RequestMix::Of(Weighted({3, 1}))->round(), ElementsAre(0, 0, 1, 0));
  EXPECT_THAT(RequestMix::Of(Weighted({5, 1, 1}))->round(), ElementsAre(0, 0, 1, 0, 2, 0, 0));
  const auto mix = RequestMix::Of(Weighted({90, 10}));
  EXPECT_THAT(mix->round(), testing::SizeIs(10));
  EXPECT_EQ(std::count(mix->round().begin(), mix->round().end(), 1U), 1);
}

TEST(RequestMix, TheRoundBeginsAnew) {
  auto mix = RequestMix::Of(Weighted({2, 1}));
  std::vector<std::size_t> taken;
  for (int turn = 0; turn < 6; ++turn)
    taken.push_back(mix->Next());
  EXPECT_THAT(taken, ElementsAre(0, 1, 0, 0, 1, 0));
}

TEST(RequestMix, WeightsOfNoUseAreRefused) {
  EXPECT_THAT(RequestMix::Of(Weighted({1, 0})).error().Text(), HasSubstr("the weight 0"));
  EXPECT_THAT(RequestMix::Of(Weighted({100'000, 1})).error().Text(),
              HasSubstr("100000 is the most"));
}

}  // namespace
}  // namespace harness::load
