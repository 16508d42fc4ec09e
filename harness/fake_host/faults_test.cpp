#include "harness/fake_host/faults.h"

#include <gtest/gtest.h>

namespace harness::fake_host {
namespace {

TEST(Faults, NoneWhenNothingIsSaid) {
  const auto faults = ParseFaults("");
  ASSERT_TRUE(faults);
  EXPECT_EQ(faults->drop_every, 0);
  EXPECT_FALSE(faults->never_ready);
}

TEST(Faults, SeveralAreReadFromOneList) {
  const auto faults = ParseFaults("slow-start=300,wrong-body,drop-every=10");
  ASSERT_TRUE(faults);
  EXPECT_EQ(faults->slow_start.count(), 300);
  EXPECT_TRUE(faults->wrong_body);
  EXPECT_EQ(faults->drop_every, 10);
}

TEST(Faults, UnknownOnesAndNumbersThatAreNoneAreRefused) {
  EXPECT_FALSE(ParseFaults("sulk"));
  EXPECT_FALSE(ParseFaults("drop-every=ten"));
}

}  // namespace
}  // namespace harness::fake_host
