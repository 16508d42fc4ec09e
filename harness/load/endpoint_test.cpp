#include "harness/load/endpoint.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace harness::load {
namespace {

using testing::HasSubstr;

TEST(Endpoint, AddressesOfBothKindsAreTakenAsTheyAre) {
  const auto four = FindEndpoint({"127.0.0.1", 80});
  ASSERT_TRUE(four);
  EXPECT_EQ(four->Text(), "127.0.0.1:80");
  const auto six = FindEndpoint({"::1", 8080});
  ASSERT_TRUE(six);
  EXPECT_EQ(six->Text(), "[::1]:8080");
  EXPECT_EQ(six->family(), AF_INET6);
}

TEST(Endpoint, LocalhostIsALoopbackAddress) {
  const auto endpoints = Resolve({"localhost", 80});
  ASSERT_TRUE(endpoints) << endpoints.error().Text();
  EXPECT_TRUE(std::any_of(endpoints->begin(), endpoints->end(), [](const Endpoint& endpoint) {
    return endpoint.Text() == "127.0.0.1:80" || endpoint.Text() == "[::1]:80";
  }));
}

TEST(Endpoint, WhatNobodyKnowsIsSaid) {
  const auto nobody = FindEndpoint({"no such name", 80});
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().Text(), HasSubstr("no address is known for 'no such name'"));
}

}  // namespace
}  // namespace harness::load
