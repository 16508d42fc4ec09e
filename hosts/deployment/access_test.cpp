#include "hosts/deployment/access.h"

#include <gtest/gtest.h>

#include "hosts/deployment/request_values.h"

namespace hosts::deployment {
namespace {

using Kind = Demand::Kind;

Access Of(std::vector<Demand> demands) {
  return Access{{.kind = Kind::AnyOf, .inner = std::move(demands)}};
}
Demand Ip(std::vector<std::string> networks) {
  return {.kind = Kind::Address, .arguments = std::move(networks)};
}

Judgement From(std::string_view address, const Access& access) {
  return Judge(access, {address, "10.0.0.1", "GET"});
}

class Nothing final : public Surroundings {
 public:
  FileKind KindOf(const std::string& /*path*/) override { return FileKind::Missing; }
  std::optional<std::string> Variable(const std::string& /*name*/) override { return {}; }
};

// A client whose request can be asked.
struct Asked {
  Nothing surroundings;
  VirtualHost host;
  RequestAddress address{.remote_address = "10.0.0.2"};
  RequestValues values{host, address, surroundings};
  Client client{"10.0.0.2", "10.0.0.1", "GET", &values};
};

TEST(Access, NetworksAreWrittenInFourWays) {
  for (const char* network : {"10.1.2.3", "10.1", "10.1.0.0/16", "10.1.0.0/255.255.0.0"}) {
    EXPECT_EQ(From("10.1.2.3", Of({Ip({network})})), Judgement::Granted) << network;
    EXPECT_EQ(From("10.2.2.3", Of({Ip({network})})), Judgement::Denied) << network;
  }
  EXPECT_EQ(From("::ffff:10.1.2.3", Of({Ip({"10.1"})})), Judgement::Granted);
  EXPECT_EQ(From("2001:db8::1", Of({Ip({"2001:db8::/32"})})), Judgement::Granted);
  EXPECT_EQ(From("2001:db9::1", Of({Ip({"2001:db8::/32"})})), Judgement::Denied);
}

TEST(Access, LocalIsThisMachine) {
  const Access local = Of({{.kind = Kind::Local}});
  EXPECT_EQ(From("127.0.0.5", local), Judgement::Granted);
  EXPECT_EQ(From("::1", local), Judgement::Granted);
  EXPECT_EQ(From("10.0.0.1", local), Judgement::Granted);  // the address it was asked at
  EXPECT_EQ(From("10.0.0.2", local), Judgement::Denied);
}

TEST(Access, OneOfSeveralDemandsSuffices) {
  const Access access = Of({Ip({"10.1"}), {.kind = Kind::Local}});
  EXPECT_EQ(From("10.1.0.1", access), Judgement::Granted);
  EXPECT_EQ(From("127.0.0.1", access), Judgement::Granted);
  EXPECT_EQ(From("10.9.0.1", access), Judgement::Denied);
}

TEST(Access, ContainersCombine) {
  const Demand granted{.kind = Kind::AllGranted};
  Demand not_here = Ip({"10.1"});
  not_here.is_negated = true;
  const Access all = Of({{.kind = Kind::AllOf, .inner = {granted, not_here}}});
  EXPECT_EQ(From("10.1.0.1", all), Judgement::Denied);
  EXPECT_EQ(From("10.2.0.1", all), Judgement::Granted);
  const Demand none{.kind = Kind::NoneOf, .inner = {Ip({"10.1"})}};
  const Access without = Of({{.kind = Kind::AllOf, .inner = {granted, none}}});
  EXPECT_EQ(From("10.1.0.1", without), Judgement::Denied);
  EXPECT_EQ(From("10.2.0.1", without), Judgement::Granted);
  EXPECT_EQ(From("10.2.0.1", Of({none})), Judgement::Denied);  // nothing grants
  EXPECT_EQ(AsWritten(without), "all of (all granted, none of (ip 10.1))");
}

TEST(Access, WhatOtherModulesJudgeIsNotGuessed) {
  const Demand user{.kind = Kind::Foreign, .arguments = {"valid-user"}};
  EXPECT_EQ(From("10.0.0.2", Of({user})), Judgement::Unknown);
  EXPECT_EQ(From("10.0.0.2", Of({user, {.kind = Kind::AllGranted}})), Judgement::Granted);
  EXPECT_EQ(From("10.0.0.2", Of({{.kind = Kind::AllOf, .inner = {user, Demand{}}}})),
            Judgement::Denied);
}

TEST(Access, DemandsMayBeLimitedToMethods) {
  const Demand denied{.kind = Kind::AllDenied};
  const Access limited = Of({{.kind = Kind::Limit, .arguments = {"POST"}, .inner = {denied}}});
  EXPECT_EQ(Judge(limited, {"10.0.0.2", "10.0.0.1", "POST"}), Judgement::Denied);
  EXPECT_EQ(Judge(limited, {"10.0.0.2", "10.0.0.1", "GET"}), Judgement::Granted);
  const Access except = Of({{.kind = Kind::LimitExcept, .arguments = {"GET"}, .inner = {denied}}});
  EXPECT_EQ(Judge(except, {"10.0.0.2", "10.0.0.1", "PUT"}), Judgement::Denied);
  EXPECT_EQ(Judge(except, {"10.0.0.2", "10.0.0.1", "GET"}), Judgement::Granted);
}

TEST(Access, AVariableOfTheRequestMayGrant) {
  const Access access = Of({{.kind = Kind::Variable, .arguments = {"KEY"}}});
  EXPECT_EQ(From("10.0.0.2", access), Judgement::Denied);
  Asked asked;
  asked.values.SetVariables(Variables{{"KEY", "1"}});
  EXPECT_EQ(Judge(access, asked.client), Judgement::Granted);
}

TEST(Access, AnExpressionMayGrant) {
  const auto demand = [](std::string_view text) {
    return Demand{.kind = Kind::Expression,
                  .expression = expressions::Expression::Parse(text).value()};
  };
  Asked asked;
  EXPECT_EQ(Judge(Of({demand("-R '10.0.0.0/8'")}), asked.client), Judgement::Granted);
  EXPECT_EQ(Judge(Of({demand("-R '10.0.0.0/32'")}), asked.client), Judgement::Denied);
  EXPECT_EQ(Judge(Of({demand("! file('/none') == ''")}), asked.client), Judgement::Denied);
  EXPECT_EQ(From("10.0.0.2", Of({demand("true")})), Judgement::Unknown);
  EXPECT_EQ(AsWritten(Of({demand("true")})), "expr true");
}

TEST(Access, TheOldOrderDecidesAboutWhatIsBothOrNeither) {
  const Demand all{.kind = Kind::AllGranted};
  Access access;
  access.old = OldAccess{.allows_by_default = false, .allowed = {all}, .denied = {Ip({"10.1"})}};
  EXPECT_EQ(From("10.1.0.1", access), Judgement::Denied);
  EXPECT_EQ(From("10.2.0.1", access), Judgement::Granted);
  access.old = OldAccess{.allows_by_default = true, .allowed = {Ip({"10.1"})}, .denied = {all}};
  EXPECT_EQ(From("10.1.0.1", access), Judgement::Granted);
  EXPECT_EQ(From("10.2.0.1", access), Judgement::Denied);
  access.old = OldAccess{};
  EXPECT_EQ(From("10.2.0.1", access), Judgement::Granted);
  access.demand.inner = {{.kind = Kind::AllDenied}};
  EXPECT_EQ(From("10.2.0.1", access), Judgement::Denied);
}

}  // namespace
}  // namespace hosts::deployment
