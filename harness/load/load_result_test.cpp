#include "harness/load/load_result.h"

#include <gmock/gmock.h>

namespace harness::load {
namespace {

using testing::HasSubstr;

LoadResult OpenLoop(std::int64_t latency_ns, std::int64_t lateness_ns) {
  LoadResult result;
  result.profile.loop = Loop::Open;
  result.done = 1;
  result.cpu_share = 0.3;
  result.latency.Record(latency_ns);
  result.lateness.Record(lateness_ns);
  return result;
}

TEST(WhyUnverified, ABusyGeneratorMeasuresItself) {
  LoadResult result = OpenLoop(1'000'000, 1000);
  EXPECT_FALSE(WhyUnverified(result));
  result.cpu_share = 0.93;
  EXPECT_THAT(*WhyUnverified(result), HasSubstr("93 %"));
}

TEST(WhyUnverified, AStarvedOneToo) {
  LoadResult result = OpenLoop(1'000'000, 1000);
  result.profile.loop = Loop::Closed;
  EXPECT_FALSE(WhyUnverified(result));
  result.waiting_share = 0.5;
  EXPECT_THAT(*WhyUnverified(result), HasSubstr("waited for a core during 50 %"));
}

TEST(WhyUnverified, ALateOneToo) {
  EXPECT_FALSE(WhyUnverified(OpenLoop(1'000'000, 99'000)));
  EXPECT_THAT(*WhyUnverified(OpenLoop(1'000'000, 102'000)), HasSubstr("sent late"));
}

TEST(WhyUnverified, NothingAnsweredIsNothingMeasured) {
  EXPECT_TRUE(WhyUnverified(LoadResult{}));
}

}  // namespace
}  // namespace harness::load
