// EnduranceLeaving: clients that leave at every moment of a request, many times over: nothing of them
// stays, and the application's iterable is closed once.

#include <fmt/format.h>

#include <functional>

#include "suites/endurance/endurance_check.h"

namespace suites::endurance {

namespace {

// Closes: in order. Resets: at once, whatever is on its way.
enum class Manner { Closes, Resets };

void Leave(RawConnection connection, Manner manner) {
  if (manner == Manner::Resets) connection.Reset();
}

class EnduranceLeaving : public EnduranceCheck {
 protected:
  // Does it many times in both manners, after a few times that warm buffers and allocators up.
  void Repeat(const std::function<void(Manner)>& visit) {
    constexpr int kWarm = 40;
    for (int i = 0; i < kWarm; ++i)
      visit(i % 2 == 0 ? Manner::Closes : Manner::Resets);
    EXPECT_EQ(Ask("quick"), "ok");
    const Family before = FamilyOf(host());
    for (int i = 0; i < kManyTimes; ++i)
      visit(i % 2 == 0 ? Manner::Closes : Manner::Resets);
    EXPECT_EQ(Ask("quick"), "ok");
    ExpectNothingIsLeft(before);
  }
};

}  // namespace

TEST_P(EnduranceLeaving, InsideTheHead) {
  About("RESP-18", "200 clients leave inside their head", "nothing of them is left");
  ServeApplication(1);
  Repeat([&](Manner manner) {
    auto connection = Connect();
    Need(connection.Send("GET /app/quick HTTP/1.1\r\nHost: check.ex"));
    Leave(std::move(connection), manner);
  });
}

TEST_P(EnduranceLeaving, InsideTheBody) {
  About("INP-3",
        "200 clients leave inside their body",
        "nothing of them is left, no answer is made up");
  ServeApplication(1);
  Repeat([&](Manner manner) {
    auto connection = Connect();
    Need(connection.Send(Post("read", 50'000) + std::string(20'000, 'b')));
    Leave(std::move(connection), manner);
  });
  EXPECT_EQ(Counted("raised"), Counted("entered"));
}

TEST_P(EnduranceLeaving, BehindTheFirstPartOfTheBody) {
  About("INP-3",
        "200 clients leave behind 300 kB of their body",
        "nothing is left; every read failed");
  ServeApplication(1);
  Repeat([&](Manner manner) {
    auto connection = Connect();
    Need(connection.Send(Post("read", 900'000) + std::string(300'000, 'b')));
    Leave(std::move(connection), manner);
    EXPECT_EQ(Ask("quick"), "ok");  // one body at a time
  });
  EXPECT_TRUE(Eventually([&] { return Counted("raised") == Counted("entered"); }, Soon()));
}

// A client that half closes inside its body reads what it is answered: 500, when the application does
// not deal with the OSError of its read (INP-3, ERR-19).
TEST_P(EnduranceLeaving, HalfClosedInsideTheBody) {
  About("INP-3, ERR-19",
        "200 clients half close inside their body",
        "each read fails, each gets 500");
  ServeApplication(1);
  Repeat([&](Manner manner) {
    auto connection = Connect();
    Need(connection.Send(Post("read", 50'000) + std::string(20'000, 'b')));
    connection.FinishSending();
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 500);
    Leave(std::move(connection), manner);
  });
  EXPECT_TRUE(Eventually([&] { return Counted("raised") == Counted("entered"); }, Soon()));
  EXPECT_GT(Counted("raised"), kManyTimes);
}

// One that half closes behind its request is an ordinary client that asks no more. So much is answered
// that the end of its sending is seen while a part still waits in the host.
TEST_P(EnduranceLeaving, HalfClosedBehindTheRequest) {
  constexpr std::size_t kMoreThanSocketsTake = 12'000'000;
  constexpr int kVisits = 20;
  About("RFC 9112, 9.6", "20 clients half close and read 12 MB", "all of it arrives");
  ServeApplication(2);
  for (int i = 0; i < kVisits; ++i) {
    auto connection = Connect();
    Need(connection.Send(Get(fmt::format("size/{}", kMoreThanSocketsTake))));
    connection.FinishSending();
    EXPECT_EQ(Ask("quick"), "ok");
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body.size(), kMoreThanSocketsTake);
    Leave(std::move(connection), i % 2 == 0 ? Manner::Closes : Manner::Resets);
  }
}

TEST_P(EnduranceLeaving, InsideTheAnswer) {
  About("RESP-18",
        "200 clients leave a stream",
        "iteration stops, close() once each, nothing is left");
  ServeApplication(2);
  Repeat([&](Manner manner) {
    auto connection = Connect();
    Need(connection.Send(Get("stream")));
    (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
    Leave(std::move(connection), manner);
  });
  EXPECT_TRUE(Eventually([&] { return Counted("closed") == Counted("opened"); }, Soon()));
  EXPECT_GT(Counted("opened"), kManyTimes);
}

TEST_P(EnduranceLeaving, WhileTheApplicationComputes) {
  About("RESP-18",
        "40 clients leave before the answer begins",
        "the thread is free, close() once each");
  ServeApplication(2);
  const Family before = [&] {
    EXPECT_EQ(Ask("quick"), "ok");
    return FamilyOf(host());
  }();
  constexpr int kVisits = 40;
  for (int i = 1; i <= kVisits; ++i) {
    auto connection = Connect();
    const std::string go = fmt::format("go-{}", i);
    Need(connection.Send(Get("wait/" + go)));
    ASSERT_TRUE(WillHaveCounted("entered", i));
    Leave(std::move(connection), i % 2 == 0 ? Manner::Closes : Manner::Resets);
    (void)Need(stage().Write(go, ""));
    ASSERT_TRUE(WillHaveCounted("closed", i));
  }
  ExpectNothingIsLeft(before);
}

TEST_P(EnduranceLeaving, WhileOthersAreServed) {
  About(
      "RESP-18", "64 clients leave while they wait for the one thread", "the next one is answered");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  const Family before = FamilyOf(host());
  auto inside = Connect();
  Need(inside.Send(Get("wait/go")));
  constexpr int kWaiting = 64;
  for (int i = 0; i < kWaiting; ++i) {
    auto connection = Connect();
    Need(connection.Send(Get("quick")));
    Leave(std::move(connection), i % 2 == 0 ? Manner::Closes : Manner::Resets);
  }
  (void)Need(stage().Write("go", ""));
  EXPECT_EQ(Need(inside.ReadAnswer(Soon())).body, "waited");
  { const RawConnection gone = std::move(inside); }
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectNothingIsLeft(before);
}

INSTANTIATE_TEST_SUITE_P(Suite, EnduranceLeaving, kBothPlaces, NameOfPlace);

}  // namespace suites::endurance
