#include "hosts/base/network.h"

#include <gtest/gtest.h>

namespace hosts::base {
namespace {

bool IsIn(std::string_view address, std::string_view network) {
  return Network::Parse(network).value().Contains(IpAddress::Parse(address).value());
}

TEST(Network, HoldsTheAddressesThatShareItsBits) {
  EXPECT_TRUE(IsIn("10.1.2.3", "10.0.0.0/8"));
  EXPECT_TRUE(IsIn("10.1.2.3", "10.0.0.0/255.0.0.0"));
  EXPECT_TRUE(IsIn("10.1.2.3", "10.1"));
  EXPECT_TRUE(IsIn("10.1.2.3", "10.1.2.3"));
  EXPECT_TRUE(IsIn("10.1.2.3", "0.0.0.0/0"));
  EXPECT_FALSE(IsIn("10.1.2.3", "10.1.2.0/31"));
  EXPECT_TRUE(IsIn("2001:db8::1", "2001:db8::/32"));
  EXPECT_FALSE(IsIn("2001:db9::1", "2001:db8::/32"));
  EXPECT_FALSE(IsIn("::1", "0.0.0.0/0"));
}

TEST(Network, IPv4InTheFormOfIPv6IsIPv4) {
  EXPECT_TRUE(IsIn("::ffff:10.0.0.1", "10.0.0.0/8"));
  EXPECT_FALSE(IpAddress::Parse("::ffff:10.0.0.1").value().is_ipv6());
  EXPECT_TRUE(IpAddress::Parse("::1").value().is_ipv6());
}

TEST(Network, OtherTextIsNone) {
  for (const char* text : {"", "localhost", "10.0.0.0/33", "10.0.0.0/x", "1.2.3.4.5", "::1/129"})
    EXPECT_FALSE(Network::Parse(text)) << text;
}

}  // namespace
}  // namespace hosts::base
