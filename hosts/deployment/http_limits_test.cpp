#include "hosts/deployment/http_limits.h"

#include <gtest/gtest.h>

namespace hosts::deployment {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ReadTimeout, GrowsWithWhatCameUpToItsMost) {
  const ReadTimeout timeout{seconds(20), seconds(40), 500};
  EXPECT_EQ(timeout.For(0), seconds(20));
  EXPECT_EQ(timeout.For(499), seconds(20));
  EXPECT_EQ(timeout.For(5'000), seconds(30));
  EXPECT_EQ(timeout.For(1'000'000), seconds(40));
  const ReadTimeout open{seconds(20), milliseconds(0), 500};
  EXPECT_EQ(open.For(1'000'000), seconds(2'020));
  EXPECT_GT(open.For(~0ULL), seconds(0)) << "no overflow";
}

TEST(ReadTimeout, OfZeroIsNone) {
  EXPECT_EQ((ReadTimeout{milliseconds(0), seconds(5), 500}.For(10'000)), milliseconds(0));
}

}  // namespace
}  // namespace hosts::deployment
