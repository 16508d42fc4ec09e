#include "hosts/deployment/forwarded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace hosts::deployment {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;

class ForwardedTest : public ::testing::Test {
 protected:
  void Name(std::vector<std::string> headers) {
    settings_.trusted_proxy_headers = Written<std::vector<std::string>>{std::move(headers), {}};
  }
  void Trust(const std::vector<std::string>& networks) {
    TrustedProxies proxies;
    for (const std::string& network : networks) {
      proxies.written.push_back(network);
      proxies.networks.push_back(*base::Network::Parse(network));
    }
    settings_.trusted_proxies = Written<TrustedProxies>{proxies, {}};
  }
  std::optional<Forwarded> Judge(std::map<std::string, std::string, std::less<>> headers,
                                 std::string_view peer = "10.0.0.9") {
    EffectiveSettings effective;
    effective.Override(settings_);
    return JudgeForwarded(effective, peer, [&](std::string_view name) {
      const auto found = headers.find(name);
      return found == headers.end() ? std::nullopt : std::optional(found->second);
    });
  }

  PathSettings settings_;
};

TEST_F(ForwardedTest, IsOffWhereNoHeaderIsNamed) {
  Trust({"10.0.0.0/8"});
  EXPECT_EQ(Judge({{"X-Forwarded-For", "1.1.1.1"}}), std::nullopt);
}

// ENV-42 on the real mod_wsgi: what it made of each list, with 10.0.0.0/8 trusted.
TEST_F(ForwardedTest, TheClientIsLeftOfTheProxiesAtTheEndOfTheList) {
  Name({"X-Forwarded-For"});
  Trust({"10.0.0.0/8"});
  struct Row {
    const char* header;
    const char* client;
    const char* rest;
  };
  for (const Row& row : {Row{"1.1.1.1, 2.2.2.2, 10.0.0.3", "2.2.2.2", "2.2.2.2, 10.0.0.3"},
                         Row{"10.0.0.1, 10.0.0.2", "10.0.0.1", "10.0.0.1, 10.0.0.2"},
                         Row{"1.1.1.1, 2.2.2.2", "2.2.2.2", "2.2.2.2"},
                         Row{"bogus, 10.0.0.1", "bogus", "bogus, 10.0.0.1"},
                         Row{"2001:db8::1,10.0.0.1", "2001:db8::1", "2001:db8::1, 10.0.0.1"},
                         Row{",,3.3.3.3,,10.1.1.1,", "3.3.3.3", "3.3.3.3, 10.1.1.1"}}) {
    const auto judged = Judge({{"X-Forwarded-For", row.header}});
    EXPECT_THAT(judged->client_address, Optional(std::string(row.client))) << row.header;
    EXPECT_THAT(judged->forwarded_for, Optional(std::string(row.rest))) << row.header;
  }
  const auto commas = Judge({{"X-Forwarded-For", ","}});
  EXPECT_EQ(commas->client_address, std::nullopt);
  EXPECT_EQ(commas->forwarded_for, std::nullopt);
}

TEST_F(ForwardedTest, WithoutAListOfProxiesEverybodyIsBelieved) {
  Name({"x-forwarded-for"});
  const auto judged = Judge({{"X-Forwarded-For", ", 1.1.1.1, 2.2.2.2"}}, "8.8.8.8");
  EXPECT_THAT(judged->client_address, Optional(std::string("1.1.1.1")));
  EXPECT_EQ(judged->forwarded_for, std::nullopt);
}

TEST_F(ForwardedTest, OfAStrangerNothingIsBelievedAndNothingShown) {
  Name({"X-Real-IP", "X-Forwarded-Server"});
  Trust({"10.0.0.0/8", "::1"});
  const auto judged =
      Judge({{"X-Real-IP", "1.1.1.1"}, {"X-Forwarded-Server", "evil.example"}}, "192.0.2.1");
  EXPECT_EQ(judged->client_address, std::nullopt);
  EXPECT_EQ(judged->server_name, std::nullopt);
  for (const std::string_view name :
       {"X-Real-IP", "X-Forwarded-For", "X-Client-IP", "X-Forwarded-Server"}) {
    EXPECT_THAT(judged->hidden, Contains(name));
  }
  EXPECT_THAT(judged->hidden, Not(Contains("X-Forwarded-Proto"))) << "of a kind nobody named";
  EXPECT_THAT(Judge({{"X-Real-IP", "1.1.1.1"}}, "::ffff:10.0.0.1")->client_address,
              Optional(std::string("1.1.1.1")));
}

TEST_F(ForwardedTest, TheOneThatIsNamedLastDecidesAndHidesTheRestOfItsKind) {
  Name({"X-Forwarded-For", "X-Real-IP"});
  const auto judged = Judge({{"X-Forwarded-For", "1.1.1.1"}, {"X-Real-IP", "2.2.2.2"}});
  EXPECT_THAT(judged->client_address, Optional(std::string("2.2.2.2")));
  EXPECT_THAT(judged->hidden, Contains("X-Forwarded-For"));
  EXPECT_THAT(judged->hidden, Not(Contains("X-Real-IP")));
  Name({"X-Real-IP", "X-Forwarded-For"});
  EXPECT_THAT(Judge({{"X-Forwarded-For", "1.1.1.1"}, {"X-Real-IP", "2.2.2.2"}})->client_address,
              Optional(std::string("1.1.1.1")));
}

TEST_F(ForwardedTest, EveryKindIsTaken) {
  Name({"X-Forwarded-Host",
        "X-Forwarded-Server",
        "X-Forwarded-Port",
        "X-Script-Name",
        "X-Forwarded-Proto"});
  const auto judged = Judge({{"X-Forwarded-Host", "outer.example"},
                             {"X-Forwarded-Server", "front.example"},
                             {"X-Forwarded-Port", "8443"},
                             {"X-Script-Name", "/prefix"},
                             {"X-Forwarded-Proto", "HTTPS"}});
  EXPECT_THAT(judged->host, Optional(std::string("outer.example")));
  EXPECT_THAT(judged->server_name, Optional(std::string("front.example")));
  EXPECT_THAT(judged->server_port, Optional(8443));
  EXPECT_THAT(judged->script_name, Optional(std::string("/prefix")));
  EXPECT_THAT(judged->is_https, Optional(true));
}

TEST_F(ForwardedTest, WhatIsNoPortOrNoSchemeChangesNothing) {
  Name({"X-Forwarded-Port", "X-Forwarded-SSL", "X-Script-Name", "X-Unheard-Of"});
  for (const char* junk : {"junk", "0", "65536", "80x", ""}) {
    EXPECT_EQ(Judge({{"X-Forwarded-Port", junk}})->server_port, std::nullopt) << junk;
  }
  EXPECT_EQ(Judge({{"X-Forwarded-SSL", "maybe"}})->is_https, std::nullopt);
  EXPECT_THAT(Judge({{"X-Forwarded-SSL", "off"}})->is_https, Optional(false));
  EXPECT_THAT(Judge({{"X-Script-Name", ""}})->script_name, Optional(std::string()));
}

}  // namespace
}  // namespace hosts::deployment
