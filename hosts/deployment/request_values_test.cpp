#include "hosts/deployment/request_values.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "hosts/expressions/expression.h"

namespace hosts::deployment {
namespace {

class Nothing final : public Surroundings {
 public:
  FileKind KindOf(const std::string& path) override {
    return path == "/srv" ? FileKind::Directory : FileKind::Missing;
  }
  std::optional<std::string> Variable(const std::string& name) override {
    return name == "LANG" ? std::optional<std::string>("C") : std::nullopt;
  }
};

class AskedValues : public testing::Test {
 protected:
  AskedValues() {
    address_.header =
        [this](
            const std::function<bool(std::string_view)>& fits) -> std::optional<std::string_view> {
      for (const auto& [name, value] : headers_) {
        if (fits(name)) return value;
      }
      return std::nullopt;
    };
  }

  bool Holds(std::string_view text) {
    return expressions::Expression::Parse(text).value().Judge(values_).holds;
  }

  std::vector<std::pair<std::string, std::string>> headers_;
  Nothing surroundings_;
  VirtualHost host_;
  RequestAddress address_{.local_port = 8080, .path = "/a/b"};
  RequestValues values_{host_, address_, surroundings_};
};

TEST_F(AskedValues, HeadersOfOneNameAreOneList) {
  headers_ = {{"X-Key", "a"}, {"Other", "b"}, {"x-key", "c"}};
  EXPECT_TRUE(Holds("req('X-KEY') == 'a, c' && %{HTTP:other} == 'b' && req('none') == ''"));
}

TEST_F(AskedValues, TheHostIsTheClientsElseTheConfigured) {
  host_.server_name = "conf.example";
  host_.port = 8080;
  EXPECT_TRUE(Holds("%{SERVER_NAME} == 'conf.example' && %{SERVER_PORT} == '8080'"));
  host_.server_port = 81;
  EXPECT_TRUE(Holds("%{SERVER_PORT} == '81' && %{HTTP_HOST} == ''"));
  address_.host = "Asked.example";
  address_.host_port = 82;
  EXPECT_TRUE(Holds("%{SERVER_NAME} == 'asked.example' && %{SERVER_PORT} == '82'"));
  EXPECT_TRUE(Holds("%{HTTP_HOST} == 'Asked.example'"));
}

TEST_F(AskedValues, AnIPv4AddressIsShownAsOne) {
  address_.remote_address = "::ffff:10.0.0.1";
  EXPECT_TRUE(Holds("%{REMOTE_ADDR} == '10.0.0.1' && -R '10.0.0.0/8' && %{IPV6} == 'off'"));
  address_.remote_address = "2001:db8::1";
  EXPECT_TRUE(Holds("%{IPV6} == 'on' && -R '2001:db8::/32'"));
}

TEST_F(AskedValues, TheRequestLineIsAsItWasWritten) {
  address_.target = "/a//b?x=%20";
  address_.query = "x=%20";
  EXPECT_TRUE(Holds("%{THE_REQUEST} == 'GET /a//b?x=%20 HTTP/1.1' && %{QUERY_STRING} == 'x=%20'"));
}

TEST_F(AskedValues, VariablesOfTheRequestComeBeforeTheServers) {
  EXPECT_TRUE(Holds("env('LANG') == 'C' && reqenv('LANG') == '' && -d '/srv'"));
  values_.SetVariables(Variables{{"lang", "de"}});
  EXPECT_TRUE(Holds("env('LANG') == 'de' && reqenv('LANG') == 'de' && osenv('LANG') == 'C'"));
}

TEST_F(AskedValues, WhatAUrlDoesNotSayIsNoted) {
  EXPECT_FALSE(Holds("-n req('X-Test') && %{REMOTE_ADDR} == 'never asked'"));
  EXPECT_EQ(values_.TakeAsked(), std::set<std::string>{"the header X-Test"});
  EXPECT_FALSE(Holds("%{REQUEST_METHOD} == 'PUT' || %{PATH_INFO} == 'x' || -n %{HTTP_HOST}"));
  EXPECT_EQ(values_.TakeAsked(), (std::set<std::string>{"the URL", "the method"}));
}

}  // namespace
}  // namespace hosts::deployment
