#include "hosts/command/status_address.h"

#include <gmock/gmock.h>

namespace hosts::command {
namespace {

using testing::HasSubstr;

constexpr auto kHere = StatusReaders::OnThisMachine;

TEST(StatusAddress, IsAnAddressAndAPort) {
  const auto address = ParseStatusAddress("127.0.0.2:8001", kHere);
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->address, "127.0.0.2");
  EXPECT_EQ(address->port, 8001);
  EXPECT_TRUE(address->is_loopback);
  const auto v6 = ParseStatusAddress("[::1]:0", kHere);
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->address, "::1");
  EXPECT_TRUE(v6->is_loopback);
}

TEST(StatusAddress, IsOfThisMachineWhenItHasNoHost) {
  for (const char* text : {"8001", ":8001"}) {
    const auto address = ParseStatusAddress(text, kHere);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->address, "127.0.0.1");
    EXPECT_EQ(address->port, 8001);
  }
}

TEST(StatusAddress, OfOtherMachinesIsRefusedUnlessTheyAreLet) {
  for (const char* text : {"0.0.0.0:1", "192.0.2.1:1", "[::]:1", "[2001:db8::1]:1"}) {
    const auto refused = ParseStatusAddress(text, kHere);
    ASSERT_FALSE(refused.has_value()) << text;
    EXPECT_THAT(refused.error().Text(), HasSubstr("other machines would reach it"));
    EXPECT_THAT(refused.error().Text(), HasSubstr("--status-for-anybody"));
    const auto let = ParseStatusAddress(text, StatusReaders::Anybody);
    ASSERT_TRUE(let.has_value()) << text;
    EXPECT_FALSE(let->is_loopback);
  }
}

TEST(StatusAddress, IsNothingElse) {
  for (const char* text : {"",
                           ":",
                           "localhost:1",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:1x",
                           "[::1]",
                           "::1:x"}) {
    const auto refused = ParseStatusAddress(text, kHere);
    ASSERT_FALSE(refused.has_value()) << text;
    EXPECT_THAT(refused.error().Text(), HasSubstr("write an IP address and a port")) << text;
  }
}

}  // namespace
}  // namespace hosts::command
