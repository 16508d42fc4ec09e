// EnduranceDescriptors: a host that has no descriptors left refuses politely, goes on, and recovers.

#include <fmt/format.h>

#include "suites/endurance/endurance_check.h"

namespace suites::endurance {

namespace {

constexpr rlim_t kFew = 64;
constexpr int kTooMany = 100;
constexpr auto kAWhile = std::chrono::milliseconds(2500);

class EnduranceDescriptors : public EnduranceCheck {
 protected:
  void ServeWithFewDescriptors() {
    const DescriptorLimit few(kFew);
    ServeApplication(2, "KeepAliveTimeout 60\n");
  }
  [[nodiscard]] std::vector<RawConnection> ConnectTooMany() const {
    std::vector<RawConnection> connections;
    for (int i = 0; i < kTooMany; ++i)
      connections.push_back(Connect());
    return connections;
  }
  [[nodiscard]] bool WillHaveSaidSo() const {
    return Eventually([&] { return Logged(" H0201 ") > 0; }, Soon());
  }
};

}  // namespace

TEST_P(EnduranceDescriptors, NewClientsWaitAndAreServedWhenOthersLeave) {
  About("issue: descriptors exhausted",
        "100 clients of a host that may have 64 descriptors",
        "those who are there are served, the rest waits without a busy loop, and is served later");
  hosts_under_test::EndUnlessEngine("that it goes on when it has no descriptors left");
  ServeWithFewDescriptors();
  auto first = Connect();
  EXPECT_EQ(Ask(first, "quick"), "ok");
  const Family before = FamilyOf(host());
  auto others = ConnectTooMany();
  ASSERT_TRUE(WillHaveSaidSo());

  const double cpu = CpuSeconds(FamilyOf(host()));
  Need(others.back().Send(Get("quick")));
  const auto waits = others.back().ReadUntil("\r\n\r\n", hosts::base::Deadline::After(kAWhile));
  EXPECT_FALSE(waits) << "the last of them was let in";
  EXPECT_LT(CpuSeconds(FamilyOf(host())) - cpu, 1.0) << "seconds of processor time, while all wait";
  EXPECT_LE(Logged(" H0201 "), 4);
  EXPECT_EQ(Ask(first, "quick"), "ok");

  for (auto& connection : others) {
    if (&connection != &others.back()) Need(connection.Send(Get("quick")));
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body, "ok");
    connection.Reset();
  }
  ExpectNothingIsLeft(before, 8192);
  EXPECT_EQ(Ask("quick"), "ok");
}

// Found with this check: clients could take the descriptors that the front needed for its first link, and
// whoever was connected got 503 after 15 seconds.
TEST_P(EnduranceDescriptors, WhoIsConnectedIsServedEvenByTheFirstLink) {
  About("ERR-22, issue: descriptors exhausted",
        "All descriptors are taken by clients who ask nothing yet",
        "one that asks is served");
  hosts_under_test::EndUnlessEngine("that it goes on when it has no descriptors left");
  ServeWithFewDescriptors();
  auto first = Connect();
  auto others = ConnectTooMany();
  ASSERT_TRUE(WillHaveSaidSo());
  EXPECT_EQ(Ask(first, "quick"), "ok");
}

TEST_P(EnduranceDescriptors, AnApplicationThatHoardsThemDoesNotEndTheHost) {
  About("issue: descriptors exhausted",
        "The application opens files until there are no descriptors",
        "connections that are there go on; when it gives them back, everybody is served");
  hosts_under_test::EndUnlessEngine("that it goes on when it has no descriptors left");
  ServeWithFewDescriptors();
  const pid_t supervisor = host().supervisor();
  auto first = Connect();
  EXPECT_EQ(Ask(first, "quick"), "ok");
  const auto children = host().Children();
  EXPECT_EQ(Ask(first, "hoard"), "hoarded");
  auto second = Connect();
  Need(second.Send(Get("quick")));
  for (int i = 0; i < kManyTimes; ++i)
    EXPECT_EQ(Ask(first, "quick"), "ok");
  EXPECT_EQ(Ask(first, "give_back"), "given back");
  EXPECT_EQ(Need(second.ReadAnswer(Soon())).body, "ok");
  EXPECT_EQ(Ask("quick"), "ok");
  EXPECT_EQ(host().supervisor(), supervisor);
  EXPECT_EQ(host().Children(), children) << "a process was replaced";
}

INSTANTIATE_TEST_SUITE_P(Suite, EnduranceDescriptors, kBothPlaces, NameOfPlace);

}  // namespace suites::endurance
