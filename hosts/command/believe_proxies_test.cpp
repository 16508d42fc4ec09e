#include "hosts/command/believe_proxies.h"

#include <gtest/gtest.h>

namespace hosts::command {
namespace {

class BelieveProxiesTest : public ::testing::Test {
 protected:
  BelieveProxiesTest() {
    settings_.trusted_proxy_headers = deployment::Written<std::vector<std::string>>{
        {"X-Forwarded-For", "X-Forwarded-Host", "X-Script-Name", "X-Forwarded-Proto"}, {}};
    deployment::TrustedProxies proxies;
    proxies.networks.push_back(*base::Network::Parse("10.0.0.0/8"));
    settings_.trusted_proxies = deployment::Written<deployment::TrustedProxies>{proxies, {}};
    head_.remote_address = "10.0.0.1";
    head_.host_name = "inner.example";
    head_.script_name = "/app";
    head_.headers = {{"Host", "inner.example"},
                     {"X-FORWARDED-FOR", "1.1.1.1"},
                     {"Accept", "*/*"},
                     {"x-forwarded-for", "2.2.2.2"},
                     {"X-Real-IP", "6.6.6.6"}};
  }
  void Believe() {
    deployment::EffectiveSettings effective;
    effective.Override(settings_);
    BelieveProxies(effective, head_, decision_);
  }
  std::string Header(std::string_view name) const {
    std::string all;
    for (const auto& field : head_.headers) {
      if (field.name == name) all += std::string(field.value) + ";";
    }
    return all;
  }

  deployment::PathSettings settings_;
  exchange::RequestHead head_;
  serving::Decision decision_;
};

TEST_F(BelieveProxiesTest, RewritesWhatTheProxySaysAndKeepsTheRest) {
  head_.headers.push_back({"X-Forwarded-Host", "outer.example"});
  head_.headers.push_back({"X-Script-Name", "/prefix"});
  Believe();
  EXPECT_EQ(head_.remote_address, "2.2.2.2");
  EXPECT_EQ(Header("X-Forwarded-For"), "2.2.2.2;");
  EXPECT_EQ(Header("Host"), "outer.example;");
  EXPECT_EQ(Header("Accept"), "*/*;");
  EXPECT_EQ(Header("X-Real-IP"), "");
  EXPECT_EQ(head_.script_name, "/app");
  EXPECT_EQ(head_.forwarded_script_name, "/prefix");
  EXPECT_EQ(head_.host_name, "inner.example") << "SERVER_NAME is X-Forwarded-Server's";
}

TEST_F(BelieveProxiesTest, KeepsTheHeadAsItCame) {
  Believe();
  ASSERT_TRUE(decision_.as_received);
  EXPECT_EQ(decision_.as_received->remote_address, "10.0.0.1");
  EXPECT_EQ(decision_.as_received->headers.size(), 5U);
}

TEST_F(BelieveProxiesTest, TheSchemeOfTheProxyBeatsThatOfTheConfiguration) {
  head_.variables = {{"HTTPS", "on"}, {"OTHER", "1"}};
  head_.headers.push_back({"X-Forwarded-Proto", "http"});
  Believe();
  ASSERT_EQ(head_.variables.size(), 1U);
  EXPECT_EQ(head_.variables.front().name, "OTHER");
  head_.headers = {{"X-Forwarded-Proto", "https"}};
  head_.remote_address = "10.0.0.1";
  Believe();
  EXPECT_EQ(head_.variables.back().name, "HTTPS");
}

TEST_F(BelieveProxiesTest, ChangesNothingWhereNoHeaderIsNamed) {
  settings_.trusted_proxy_headers.reset();
  Believe();
  EXPECT_EQ(head_.remote_address, "10.0.0.1");
  EXPECT_EQ(head_.headers.size(), 5U);
  EXPECT_FALSE(decision_.as_received);
}

}  // namespace
}  // namespace hosts::command
