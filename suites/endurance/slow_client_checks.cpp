// EnduranceSlow: clients that send or read slowly hold no application thread, or not for longer than a
// bounded buffer says.

#include <fmt/format.h>

#include "suites/endurance/endurance_check.h"

namespace suites::endurance {

namespace {

constexpr std::string_view kRule = "INP-5, RESP-8";
constexpr int kSlowClients = 48;

class EnduranceSlow : public EnduranceCheck {
 protected:
  [[nodiscard]] std::vector<RawConnection> ConnectMany() const {
    std::vector<RawConnection> connections;
    for (int i = 0; i < kSlowClients; ++i)
      connections.push_back(Connect());
    return connections;
  }
  // Every client sends the next byte in turn; between the rounds a good client asks.
  void SendByteByByte(std::vector<RawConnection>& connections, std::string_view bytes) const {
    auto good = Connect();
    for (const char& byte : bytes) {
      for (auto& connection : connections)
        Need(connection.Send({&byte, 1}));
      EXPECT_EQ(Ask(good, "quick"), "ok");
    }
  }
};

}  // namespace

TEST_P(EnduranceSlow, HeadsHoldNoThread) {
  About(kRule, "48 heads byte by byte, one thread", "a good client is answered after every byte");
  hosts_under_test::EndUnlessEngine("that who sends slowly holds no thread");
  ServeApplication(1);
  auto connections = ConnectMany();
  SendByteByByte(connections, Get("size/3"));
  for (auto& connection : connections)
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body, "zzz");
}

TEST_P(EnduranceSlow, BodiesHoldNoThread) {
  About(
      kRule,
      "48 bodies byte by byte, one thread",
      "a good client is answered after every byte; the application is not entered before the last");
  hosts_under_test::EndUnlessEngine("that who sends slowly holds no thread");
  ServeApplication(1);
  auto connections = ConnectMany();
  const std::string body(40, 'b');
  for (auto& connection : connections)
    Need(connection.Send(Post("read", body.size())));
  SendByteByByte(connections, body.substr(1));
  EXPECT_EQ(Counted("entered"), 0);
  for (auto& connection : connections)
    Need(connection.Send("b"));
  for (auto& connection : connections)
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body, "40");
}

TEST_P(EnduranceSlow, ReadersOfWhatFitsTheBufferHoldNoThread) {
  About("RESP-8", "24 answers of 250 kB that nobody reads, one thread", "the thread is free");
  ServeApplication(1);
  std::vector<RawConnection> connections;
  for (int i = 0; i < kSlowClients / 2; ++i) {
    connections.push_back(Connect());
    Need(connections.back().Send(Get("size/250000")));
    EXPECT_EQ(Ask("quick"), "ok");
  }
  for (auto& connection : connections)
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body.size(), 250'000U);
}

TEST_P(EnduranceSlow, ReadersOfAnEndlessStreamWaitAloneUntilTheTimeout) {
  About("RESP-8",
        "A stream without end that is not read, two threads",
        "others are answered, memory is bounded, Timeout ends it");
  hosts_under_test::EndUnlessEngine(
      "that an answer without end that nobody reads is given up in time");
  ServeApplication(2, "Timeout 1\n");
  EXPECT_EQ(Ask("stream/64").size(), 64U * 65536);  // warm
  const Family before = FamilyOf(host());
  auto connection = Connect();
  connection.ReceiveLittle();
  Need(connection.Send(Get("stream")));
  ASSERT_TRUE(WillHaveCounted("opened", 2));
  auto good = Connect();
  const bool has_ended = Eventually(
      [&] {
        EXPECT_EQ(Ask(good, "quick"), "ok");
        return Counted("closed") == 2;
      },
      Soon());
  EXPECT_TRUE(has_ended) << "the stream was not given up";
  ExpectNothingIsLeft(before);
}

INSTANTIATE_TEST_SUITE_P(Suite, EnduranceSlow, kBothPlaces, NameOfPlace);

}  // namespace suites::endurance
