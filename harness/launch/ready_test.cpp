#include "harness/launch/ready.h"

#include <gmock/gmock.h>

namespace harness::launch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ReadyLine, NamesAddressesAndProcesses) {
  const auto ready = ParseReadyLine(
      R"({"listen":[{"address":"127.0.0.1","port":41234}],"supervisor":7,"server":[8],)"
      R"("daemons":{"a":[9,10]}})");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->address(), "127.0.0.1");
  EXPECT_EQ(ready->port(), 41234);
  EXPECT_EQ(ready->supervisor, 7);
  EXPECT_THAT(ready->server, ElementsAre(8));
  EXPECT_THAT(ready->daemons.at("a"), ElementsAre(9, 10));
}

TEST(ReadyLine, WhatIsNoneIsRefusedWithTheLine) {
  for (const char* line : {"ready", "{}", R"({"listen":[]})", R"({"listen":[{"port":"x"}]})"}) {
    const auto ready = ParseReadyLine(line);
    ASSERT_FALSE(ready);
    EXPECT_THAT(ready.error().Text(), HasSubstr(line));
  }
}

TEST(Endpoint, IsAddressColonPort) {
  const auto endpoint = ParseEndpoint("127.0.0.1:8080");
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(*endpoint, (Endpoint{"127.0.0.1", 8080}));
  for (const char* text : {"", "8080", ":80", "host:", "host:x", "host:99999", "host:80x"}) {
    EXPECT_FALSE(ParseEndpoint(text)) << text;
  }
}

}  // namespace
}  // namespace harness::launch
