#include "harness/load/null_server.h"

#include <gtest/gtest.h>

#include "harness/load/calibration.h"
#include "harness/load/driver.h"

namespace harness::load {
namespace {

TEST(NullServer, AnswersEveryRequestTheSame) {
  for (const auto waiting : {NullServer::Waiting::Asleep, NullServer::Waiting::Spinning}) {
    const auto server = NullServer::Start(waiting);
    ASSERT_TRUE(server) << server.error().Text();
    AnswerCheck check;
    check.body = NullServer::kBody;
    LoadProfile profile{.connections = 3, .duration = std::chrono::seconds(20)};
    profile.most_requests = 500;
    for (const auto connecting : {Connecting::Once, Connecting::ForEachRequest}) {
      profile.connecting = connecting;
      const auto result = RunLoad({"127.0.0.1", (*server)->port()},
                                  {{"null", FormatGet("localhost", "/"), check}},
                                  profile);
      ASSERT_TRUE(result) << result.error().Text();
      EXPECT_EQ(result->done, 500);
      EXPECT_EQ(result->wrong_answers + result->failed, 0);
    }
  }
}

TEST(Calibration, IsMeasuredOnce) {
  const auto first = CalibrationFor(2);
  ASSERT_TRUE(first);
  EXPECT_GT(first->ceiling_per_s, 100);
  EXPECT_GT(first->floor_ns, 1000);
  const auto second = CalibrationFor(2);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->ceiling_per_s, first->ceiling_per_s);
  EXPECT_EQ(second->floor_ns, first->floor_ns);
}

}  // namespace
}  // namespace harness::load
