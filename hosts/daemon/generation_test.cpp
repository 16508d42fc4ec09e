#include "hosts/daemon/generation.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <utility>

namespace hosts::daemon {

namespace {

using Indexes = std::vector<std::size_t>;
using State = Generation::State;
using namespace std::chrono_literals;

const Generation::Instant kNow = base::Clock::now();

constexpr int Exited(int code) {
  return code << 8;
}

// A server (0), a daemon process (1) and a service (2).
std::vector<Role> Roles() {
  Role server{.name = "server", .stop_order = 0};
  server.leave_signal = SIGUSR1;
  Role service{.name = "service", .stop_order = 1};
  service.is_alone = true;
  return {server, {.name = "d", .stop_order = 1, .stop_grace = 5s}, service};
}

class GenerationTest : public testing::Test {
 protected:
  static void Start(Generation& generation, std::size_t index) {
    generation.NoteStarted(index, static_cast<pid_t>(100 + index), kNow);
    generation.NoteReady(index);
  }
  // All of them serve.
  static void Begin(Generation& generation) {
    for (std::size_t i = 0; i < generation.roles().size(); ++i)
      Start(generation, i);
    generation.Serve();
  }
  static std::vector<std::pair<pid_t, int>> Due(Generation& generation,
                                                Generation::Instant now = kNow) {
    std::vector<std::pair<pid_t, int>> due;
    for (const auto& signal : generation.DueSignals(now))
      due.emplace_back(signal.pid, signal.number);
    return due;
  }
};

using Signals = std::vector<std::pair<pid_t, int>>;

TEST_F(GenerationTest, TheFirstIsStartedAllAtOnce) {
  Generation first(1, Roles());
  EXPECT_EQ(first.Missing(kNow, true), (Indexes{0, 1, 2}));
  EXPECT_FALSE(first.has_started());
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(first.has_started());
    Start(first, i);
  }
  EXPECT_TRUE(first.has_started());
  EXPECT_TRUE(first.Missing(kNow, true).empty());
}

TEST_F(GenerationTest, AReplacementStartsWhoIsSentRequestsBeforeWhoSendsThem) {
  Generation next(2, Roles());
  EXPECT_EQ(next.Missing(kNow, true), Indexes{1});
  next.NoteStarted(1, 101, kNow);
  EXPECT_TRUE(next.Missing(kNow, true).empty());
  next.NoteReady(1);
  EXPECT_EQ(next.Missing(kNow, true), Indexes{0});
  Start(next, 0);
  EXPECT_TRUE(next.has_started()) << "it does not wait for what must be alone";
}

TEST_F(GenerationTest, AServiceIsNeverBesideOneOfAnotherGeneration) {
  Generation old(1, Roles());
  Generation next(2, Roles());
  Begin(old);
  Start(next, 1);
  Start(next, 0);
  EXPECT_TRUE(old.has_one_alone());
  next.Serve();
  old.Leave();
  EXPECT_TRUE(next.Missing(kNow, false).empty());
  EXPECT_EQ(Due(old), (Signals{{100, SIGUSR1}, {102, SIGTERM}})) << "it is told at once";
  old.NoteEnded(2, Exited(0), kNow);
  EXPECT_FALSE(old.has_one_alone());
  EXPECT_EQ(next.Missing(kNow, true), Indexes{2});
  EXPECT_TRUE(old.Missing(kNow + 1h, true).empty()) << "nor is it started again there";
}

TEST_F(GenerationTest, WhoLeavesIsGivenTimeAndKeepsWhatItNeeds) {
  Generation old(1, Roles());
  Begin(old);
  old.Leave();
  EXPECT_EQ(Due(old), (Signals{{100, SIGUSR1}, {102, SIGTERM}}));
  EXPECT_TRUE(Due(old, kNow + 1s).empty());
  old.NoteEnded(2, Exited(0), kNow);
  EXPECT_TRUE(Due(old, kNow + 24h).empty()) << "its clients may need it for a day";
  old.NoteEnded(1, Exited(0), kNow);
  EXPECT_EQ(old.Missing(kNow + 1h, true), Indexes{1}) << "the server still sends requests there";
  old.NoteStarted(1, 201, kNow);
  old.NoteReady(1);
  old.NoteEnded(0, Exited(0), kNow);
  EXPECT_TRUE(old.Missing(kNow + 1h, true).empty());
  EXPECT_EQ(Due(old), (Signals{{201, SIGTERM}}));
  EXPECT_FALSE(old.has_ended());
  EXPECT_EQ(Due(old, kNow + 6s), (Signals{{201, SIGKILL}}));
  EXPECT_TRUE(Due(old, kNow + 60s).empty());
  old.NoteEnded(1, SIGKILL, kNow);
  EXPECT_TRUE(old.has_ended());
}

TEST_F(GenerationTest, WhoStopsIsToldInOrderAndKilledWhenItsTimeIsOver) {
  Generation generation(1, Roles());
  Begin(generation);
  generation.Stop();
  EXPECT_EQ(Due(generation), (Signals{{100, SIGTERM}}));
  EXPECT_TRUE(generation.Missing(kNow + 1h, true).empty());
  EXPECT_EQ(Due(generation, kNow + 7s), (Signals{{100, SIGKILL}}));
  generation.NoteEnded(0, SIGKILL, kNow + 7s);
  EXPECT_EQ(Due(generation, kNow + 7s), (Signals{{101, SIGTERM}, {102, SIGTERM}}));
  generation.NoteEnded(1, Exited(0), kNow);
  generation.NoteEnded(2, Exited(0), kNow);
  EXPECT_TRUE(generation.has_ended());
}

TEST_F(GenerationTest, WhoDoesNotServeYetHasNoClientsToWaitFor) {
  Generation next(2, Roles());
  Start(next, 1);
  next.NoteStarted(0, 100, kNow);  // and hangs while it loads
  next.Leave();
  EXPECT_EQ(Due(next), (Signals{{100, SIGTERM}}));
  EXPECT_EQ(Due(next, kNow + 7s), (Signals{{100, SIGKILL}}));
}

TEST_F(GenerationTest, AServiceThatWasToldIsKilledAlsoWhenTheServerStops) {
  Generation old(1, Roles());
  Begin(old);
  old.Leave();
  (void)Due(old);
  old.Stop();
  EXPECT_EQ(Due(old, kNow + 7s), (Signals{{100, SIGTERM}, {102, SIGKILL}}));
}

TEST_F(GenerationTest, WhoIsLeavingCanStillBeStopped) {
  Generation old(1, Roles());
  Begin(old);
  old.Leave();
  (void)Due(old);
  old.Stop();
  EXPECT_EQ(Due(old), (Signals{{100, SIGTERM}}));
}

TEST_F(GenerationTest, AReplacementThatLosesAProcessBeforeItServesHasFailed) {
  Generation next(2, Roles());
  next.NoteStarted(1, 101, kNow);
  EXPECT_FALSE(next.has_failed());
  next.NoteEnded(1, SIGSEGV, kNow);
  EXPECT_EQ(next.failed(), "d");
  next.Leave();
  EXPECT_TRUE(next.has_ended());
  EXPECT_TRUE(next.Missing(kNow + 1h, true).empty());

  Generation first(1, Roles());
  first.NoteStarted(1, 101, kNow);
  first.NoteEnded(1, SIGSEGV, kNow);
  EXPECT_FALSE(first.has_failed()) << "there is nobody else: it is tried again";
  first.NoteStarted(1, 102, kNow);
  first.NoteEnded(1, Exited(kCannotStart), kNow);
  EXPECT_TRUE(first.has_failed());
}

TEST_F(GenerationTest, WhoFailsAgainAndAgainIsStartedLaterEachTime) {
  Generation generation(1, Roles());
  Begin(generation);
  auto now = kNow;
  std::vector<Generation::Instant::duration> delays;
  for (int i = 0; i < 12; ++i) {
    generation.NoteEnded(1, SIGSEGV, now);
    const auto next = generation.NextLook(true);
    delays.push_back(std::max(next - now, Generation::Instant::duration(0)));
    EXPECT_EQ(generation.Missing(next, true), Indexes{1});
    now = std::max(next, now);
    Start(generation, 1);
    generation.NoteStarted(1, 101, now);
    generation.NoteReady(1);
  }
  EXPECT_EQ(delays.front(), 0s);
  EXPECT_EQ(delays[1], 100ms);
  EXPECT_EQ(delays[2], 200ms);
  EXPECT_EQ(delays.back(), 20s);
}

}  // namespace

}  // namespace hosts::daemon
