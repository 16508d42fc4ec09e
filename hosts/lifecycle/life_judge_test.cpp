#include "hosts/lifecycle/life_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hosts::lifecycle {

namespace {

using namespace std::chrono_literals;
using Phase = LifeJudge::Phase;
using Wish = LifeJudge::Wish;
using deployment::ProcessTimers;

constexpr TimePoint kStart{1000h};

// A process with a clock that the test moves.
class Life {
 public:
  explicit Life(const ProcessTimers& timers, int threads = 1) : judge_(timers, threads, kStart) {}

  Phase At(base::Clock::duration since_start) {
    signs_.now = kStart + since_start;
    signs_.inside = inside_;
    return judge_.Look(signs_);
  }
  Phase Asked(Wish wish, base::Clock::duration since_start) {
    judge_.Ask(wish);
    return At(since_start);
  }
  void Begin(std::size_t seat, base::Clock::duration since_start) {
    BeginIgnored(seat, since_start);
    signs_.last_activity = kStart + since_start;
  }
  void BeginIgnored(std::size_t seat, base::Clock::duration since_start) {
    inside_.push_back({seat, ++turn_, kStart + since_start});
    if (!signs_.first_request) signs_.first_request = kStart + since_start;
  }
  void End(std::size_t seat, base::Clock::duration since_start) {
    EndIgnored(seat);
    signs_.last_activity = kStart + since_start;
  }
  void EndIgnored(std::size_t seat) {
    std::erase_if(inside_, [seat](const Inside& one) { return one.seat == seat; });
    ++signs_.ended;
  }
  void NoteActivity(base::Clock::duration since_start) {
    signs_.last_activity = kStart + since_start;
  }
  void Load() { signs_.has_loaded = true; }
  void TakeGil(base::Clock::duration since_start) { signs_.gil_taken = kStart + since_start; }

  [[nodiscard]] EndReason reason() const { return judge_.reason(); }
  [[nodiscard]] bool waits_for_idleness() const { return judge_.waits_for_idleness(); }
  [[nodiscard]] base::Clock::duration next_look() const { return judge_.next_look() - kStart; }
  [[nodiscard]] std::vector<std::size_t> Interrupted() {
    std::vector<std::size_t> seats;
    for (const Inside& one : judge_.TakeInterrupts())
      seats.push_back(one.seat);
    return seats;
  }

 private:
  LifeJudge judge_;
  LifeSigns signs_;
  std::vector<Inside> inside_;
  std::uint64_t turn_ = 0;
};

}  // namespace

TEST(LifeJudge, LeavesAProcessAloneThatIsToldNothing) {
  Life life({});
  life.Begin(0, 1s);
  EXPECT_EQ(life.At(10h), Phase::Serving);
  life.End(0, 10h);
  EXPECT_EQ(life.At(100h), Phase::Serving);
}

// DAEMON-60
TEST(LifeJudge, EndsAtOnceWhenToldToWhateverIsInside) {
  Life life({});
  life.Begin(0, 1s);
  EXPECT_EQ(life.Asked(Wish::Terminate, 2s), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::ShutdownSignal);
}

// RELOAD-3
TEST(LifeJudge, EndsAtOnceForAScriptThatHasChanged) {
  Life life({});
  life.Begin(0, 1s);
  EXPECT_EQ(life.Asked(Wish::Reload, 2s), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::ScriptReload);
}

// DAEMON-61, -39
TEST(LifeJudge, WaitsForRequestsWhenAskedGracefully) {
  Life idle({});
  EXPECT_EQ(idle.Asked(Wish::Graceful, 1s), Phase::Ending);
  EXPECT_EQ(idle.reason(), EndReason::GracefulSignal);

  Life busy({.graceful_timeout = 2s});
  busy.Begin(0, 1s);
  EXPECT_EQ(busy.Asked(Wish::Graceful, 1500ms), Phase::Draining);
  EXPECT_EQ(busy.next_look(), 3500ms);
  busy.Begin(1, 2s);  // it goes on taking requests
  busy.End(0, 2s);
  EXPECT_EQ(busy.At(2s), Phase::Draining);
  busy.End(1, 3s);
  EXPECT_EQ(busy.At(3s), Phase::Ending);

  Life stuck({.graceful_timeout = 2s});
  stuck.Begin(0, 1s);
  EXPECT_EQ(stuck.Asked(Wish::Graceful, 1s), Phase::Draining);
  EXPECT_EQ(stuck.Asked(Wish::Graceful, 2500ms), Phase::Draining);  // only the first counts
  EXPECT_EQ(stuck.At(3s), Phase::Ending);
}

TEST(LifeJudge, DrainsWithoutEndWithoutGracefulTimeout) {
  Life life({.graceful_timeout = 0s});
  life.Begin(0, 1s);
  EXPECT_EQ(life.Asked(Wish::Graceful, 1s), Phase::Draining);
  EXPECT_EQ(life.At(10h), Phase::Draining);
  life.End(0, 10h);
  EXPECT_EQ(life.At(10h), Phase::Ending);
}

// DAEMON-40
TEST(LifeJudge, HasATimeOfItsOwnForEviction) {
  Life life({.graceful_timeout = 1s, .eviction_timeout = 30s});
  life.Begin(0, 0s);
  EXPECT_EQ(life.Asked(Wish::Graceful, 0s), Phase::Draining);
  EXPECT_EQ(life.At(29s), Phase::Draining);
  EXPECT_EQ(life.At(30s), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::EvictionSignal);
}

// DAEMON-31
TEST(LifeJudge, EndsWithTheLastRequestOfMaximumRequests) {
  Life life({.maximum_requests = 2});
  life.Begin(0, 1s);
  life.End(0, 1s);
  EXPECT_EQ(life.At(1s), Phase::Serving);
  life.Begin(0, 2s);
  life.End(0, 2s);
  EXPECT_EQ(life.At(2s), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::MaximumRequests);
}

TEST(LifeJudge, GivesTheOthersTimeAtMaximumRequestsAndAnewWithEach) {
  Life life({.maximum_requests = 1, .graceful_timeout = 10s}, 3);
  for (const std::size_t seat : {0U, 1U, 2U})
    life.Begin(seat, 0s);
  life.End(0, 1s);
  EXPECT_EQ(life.At(1s), Phase::Draining);
  life.End(1, 9s);
  EXPECT_EQ(life.At(9s), Phase::Draining);
  EXPECT_EQ(life.At(18s), Phase::Draining);  // the first deadline was 11 s
  EXPECT_EQ(life.At(19s), Phase::Ending);
}

TEST(LifeJudge, WaitsForNobodyAtMaximumRequestsWithoutGracefulTimeout) {
  Life life({.maximum_requests = 1, .graceful_timeout = 0s}, 2);
  life.Begin(0, 0s);
  life.Begin(1, 0s);
  life.End(0, 1s);
  EXPECT_EQ(life.At(1s), Phase::Ending);
}

// DAEMON-32
TEST(LifeJudge, EndsAfterTheRestartInterval) {
  Life idle({.restart_interval = 5s});
  EXPECT_EQ(idle.At(0s), Phase::Serving);
  EXPECT_EQ(idle.next_look(), 5s);
  EXPECT_EQ(idle.At(5s), Phase::Ending);
  EXPECT_EQ(idle.reason(), EndReason::RestartInterval);

  Life busy({.restart_interval = 5s, .graceful_timeout = 2s});
  busy.Begin(0, 1s);
  EXPECT_EQ(busy.At(5s), Phase::Draining);
  EXPECT_EQ(busy.At(7s), Phase::Ending);
}

// DAEMON-33
TEST(LifeJudge, EndsAtTheLimitOfProcessorTime) {
  Life idle({});
  EXPECT_EQ(idle.Asked(Wish::CpuLimit, 1s), Phase::Ending);
  EXPECT_EQ(idle.reason(), EndReason::CpuTimeLimit);

  Life busy({.graceful_timeout = 3s});
  busy.Begin(0, 0s);
  EXPECT_EQ(busy.Asked(Wish::CpuLimit, 1s), Phase::Draining);
  EXPECT_EQ(busy.At(4s), Phase::Ending);

  Life hasty({.graceful_timeout = 0s});
  hasty.Begin(0, 0s);
  EXPECT_EQ(hasty.Asked(Wish::CpuLimit, 1s), Phase::Ending);
}

// DAEMON-34
TEST(LifeJudge, EndsAProcessThatHasNothingToDoAnyMore) {
  Life unused({.inactivity_timeout = 2s});
  EXPECT_EQ(unused.At(10h), Phase::Serving);

  Life ignored({.inactivity_timeout = 2s});  // WSGIIgnoreActivity
  ignored.BeginIgnored(0, 1s);
  ignored.EndIgnored(0);
  EXPECT_EQ(ignored.At(10h), Phase::Serving);

  Life life({.inactivity_timeout = 2s});
  life.Begin(0, 1s);
  EXPECT_EQ(life.At(60s), Phase::Serving);  // it is inside
  life.End(0, 60s);
  EXPECT_EQ(life.At(61s), Phase::Serving);
  EXPECT_EQ(life.next_look(), 62s);
  EXPECT_EQ(life.At(62s), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::InactivityTimeout);
}

// Requests of a monitor, one after the other, were inside at every look, which was a whole timeout after the one before:
// the process stayed for as long as that went on.
TEST(LifeJudge, LooksAgainSoonWhenWhoIsInsideMayBeNoActivity) {
  Life life({.inactivity_timeout = 2s});
  life.Begin(0, 0s);
  life.End(0, 1s);
  life.BeginIgnored(0, 2900ms);
  EXPECT_EQ(life.At(3s), Phase::Serving);
  EXPECT_TRUE(life.waits_for_idleness());  // so its end is looked at
  EXPECT_EQ(life.next_look(), 3100ms);
  life.EndIgnored(0);
  EXPECT_EQ(life.At(3100ms), Phase::Ending);
}

// What begins after a look is due no earlier than the look that follows.
TEST(LifeJudge, LooksAgainBeforeAnythingCanBeDue) {
  Life life({.inactivity_timeout = 2s, .deadlock_timeout = 7s, .startup_timeout = 3s});
  EXPECT_EQ(life.At(10s), Phase::Serving);
  EXPECT_EQ(life.next_look(), 12s);
  life.Begin(0, 10500ms);
  EXPECT_EQ(life.At(12s), Phase::Serving);
  EXPECT_EQ(life.next_look(), 12500ms);
  EXPECT_EQ(life.At(12500ms), Phase::Serving);  // it is inside
  life.NoteActivity(12500ms);
  EXPECT_EQ(life.At(12600ms), Phase::Serving);
  EXPECT_EQ(life.next_look(), 13500ms);  // startup-timeout, since the first request
  EXPECT_EQ(life.At(13500ms), Phase::Ending);
}

// DAEMON-35
TEST(LifeJudge, EndsForARequestThatTakesTooLong) {
  Life life({.request_timeout = 2s});
  life.Begin(0, 1s);
  EXPECT_EQ(life.At(2s), Phase::Serving);
  EXPECT_EQ(life.next_look(), 3s);
  EXPECT_EQ(life.At(3s), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::RequestTimeout);
}

TEST(LifeJudge, GivesARequestMoreTimeWhereThereAreMoreThreads) {
  for (const auto& [threads, seconds] : {std::pair{2, 3.386}, {4, 4.772}, {8, 6.158}}) {
    Life life({.request_timeout = 2s}, threads);
    life.Begin(0, 0s);
    const auto due =
        std::chrono::duration_cast<base::Clock::duration>(std::chrono::duration<double>(seconds));
    EXPECT_EQ(life.At(due - 1ms), Phase::Serving) << threads;
    EXPECT_EQ(life.At(due + 1ms), Phase::Ending) << threads;
  }
}

TEST(LifeJudge, DrainsForTheYoungBesideAStuckRequest) {
  Life life({.request_timeout = 2s, .graceful_timeout = 10s}, 1);
  life.Begin(0, 0s);
  life.Begin(1, 1500ms);
  EXPECT_EQ(life.At(2s), Phase::Draining);
  EXPECT_EQ(life.reason(), EndReason::RequestTimeout);
  life.End(1, 3s);
  EXPECT_EQ(life.At(3s), Phase::Ending);  // the stuck one holds up nothing
}

TEST(LifeJudge, CountsARequestAsStaleByThePlainTimeout) {
  Life life({.request_timeout = 2s, .graceful_timeout = 100s}, 2);  // overdue after 3.39 s
  life.Begin(0, 0s);
  life.Begin(1, 1s);
  EXPECT_EQ(life.At(2900ms), Phase::Serving);
  EXPECT_EQ(life.At(3390ms), Phase::Ending);  // the second is 2.39 s old: stale, not overdue
}

// DAEMON-36
TEST(LifeJudge, InterruptsFirstWhereThereIsAnInterruptTimeout) {
  Life life({.request_timeout = 2s, .interrupt_timeout = 3s});
  life.Begin(4, 0s);
  EXPECT_EQ(life.At(2s), Phase::Serving);
  EXPECT_THAT(life.Interrupted(), testing::ElementsAre(4));
  EXPECT_EQ(life.next_look(), 4s);
  EXPECT_EQ(life.At(4s), Phase::Serving);
  EXPECT_THAT(life.Interrupted(), testing::IsEmpty());  // once
  EXPECT_EQ(life.At(5s), Phase::Ending);

  Life heard({.request_timeout = 2s, .interrupt_timeout = 3s});
  heard.Begin(4, 0s);
  EXPECT_EQ(heard.At(2s), Phase::Serving);
  EXPECT_THAT(heard.Interrupted(), testing::ElementsAre(4));
  heard.End(4, 3s);
  heard.Begin(4, 3s);  // the next one of that thread
  EXPECT_EQ(heard.At(4900ms), Phase::Serving);
  EXPECT_THAT(heard.Interrupted(), testing::IsEmpty());
  EXPECT_EQ(heard.At(5s), Phase::Serving);
  EXPECT_THAT(heard.Interrupted(), testing::ElementsAre(4));
}

// DAEMON-37
TEST(LifeJudge, EndsAProcessWhoseGilCannotBeHad) {
  Life life({.deadlock_timeout = 3s});
  EXPECT_EQ(life.At(10h), Phase::Serving);  // nobody tries
  EXPECT_EQ(life.next_look(), 10h + 3s);    // but somebody may
  life.TakeGil(10h);
  EXPECT_EQ(life.At(10h + 2s), Phase::Serving);
  EXPECT_EQ(life.next_look(), 10h + 3s);
  EXPECT_EQ(life.At(10h + 3s), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::DeadlockTimeout);
}

// DAEMON-38
TEST(LifeJudge, EndsAProcessThatLoadsNothing) {
  Life life({.startup_timeout = 2s});
  EXPECT_EQ(life.At(10s), Phase::Serving);
  life.Begin(0, 10s);
  life.End(0, 10s);
  EXPECT_EQ(life.At(11s), Phase::Serving);
  EXPECT_EQ(life.At(12s), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::StartupTimeout);

  Life loaded({.startup_timeout = 2s});
  loaded.Begin(0, 10s);
  loaded.Load();
  EXPECT_EQ(loaded.At(10h), Phase::Serving);
}

// SHUT-5
TEST(LifeJudge, KeepsTheFirstReason) {
  Life life({.restart_interval = 5s, .graceful_timeout = 2s});
  life.Begin(0, 1s);
  EXPECT_EQ(life.Asked(Wish::Graceful, 4s), Phase::Draining);
  EXPECT_EQ(life.At(5s), Phase::Draining);
  EXPECT_EQ(life.Asked(Wish::Terminate, 5500ms), Phase::Ending);
  EXPECT_EQ(life.reason(), EndReason::GracefulSignal);
}

}  // namespace hosts::lifecycle
