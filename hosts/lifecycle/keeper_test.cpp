#include "hosts/lifecycle/keeper.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <thread>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/log.h"

namespace hosts::lifecycle {

namespace {

using namespace std::chrono_literals;
using Wish = LifeJudge::Wish;

// Waits for what the keeper tells on its thread.
class Told {
 public:
  void Tell() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  [[nodiscard]] bool IsTold() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [this] { return count_ > 0; });
  }
  [[nodiscard]] int count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

KeeperPlan PlanOf(const deployment::ProcessTimers& timers, Told& told, int threads = 1) {
  return {.timers = timers, .threads = threads, .on_end = [&told](EndReason) { told.Tell(); }};
}

}  // namespace

TEST(Keeper, EndsWhenAskedTo) {
  Told told;
  Keeper keeper(PlanOf({}, told));
  EXPECT_FALSE(keeper.is_ending());
  keeper.Ask(Wish::Terminate);
  EXPECT_TRUE(told.IsTold());
  EXPECT_TRUE(keeper.is_ending());
  EXPECT_EQ(keeper.reason(), EndReason::ShutdownSignal);
}

TEST(Keeper, EndsOnceHoweverOftenItIsAsked) {
  Told told;
  {
    Keeper keeper(PlanOf({}, told));
    for (const Wish wish : {Wish::Graceful, Wish::Terminate, Wish::Reload, Wish::Terminate})
      keeper.Ask(wish);
    EXPECT_TRUE(told.IsTold());
  }
  EXPECT_EQ(told.count(), 1);
}

// DAEMON-31: whoever asks after the answer to the last request asks another process.
TEST(Keeper, HasEndedWhenTheLastRequestReturns) {
  Told told;
  Keeper keeper(PlanOf({.maximum_requests = 2}, told));
  auto& seat = keeper.TakeSeat();
  { const Presence first(keeper, seat); }
  EXPECT_EQ(told.count(), 0);
  { const Presence last(keeper, seat); }
  EXPECT_EQ(told.count(), 1);
  EXPECT_EQ(keeper.reason(), EndReason::MaximumRequests);
}

TEST(Keeper, LetsARequestEndWhenAskedGracefully) {
  Told told;
  Keeper keeper(PlanOf({}, told));
  auto& seat = keeper.TakeSeat();
  keeper.Begin(seat);
  keeper.Ask(Wish::Graceful);
  keeper.End(seat);  // before or after the keeper has heard: both must end it
  EXPECT_TRUE(told.IsTold());
}

// A request that ends in the very moment in which the drain begins is not overlooked.
TEST(Keeper, OverlooksNoLastRequest) {
  for (int round = 0; round < 300; ++round) {
    Told told;
    Keeper keeper(PlanOf({.graceful_timeout = 0s}, told, 2));  // no deadline comes to the rescue
    std::thread asking([&keeper] { keeper.Ask(Wish::Graceful); });
    std::thread answering([&keeper] {
      auto& seat = keeper.TakeSeat();
      const Presence presence(keeper, seat);
    });
    asking.join();
    answering.join();
    ASSERT_TRUE(told.IsTold()) << "in round " << round;
  }
}

TEST(Keeper, FindsByItselfThatATimerIsDue) {
  Told told;
  Keeper keeper(PlanOf({.inactivity_timeout = 1s}, told));
  auto& seat = keeper.TakeSeat();
  const auto begun = base::Clock::now();
  { const Presence presence(keeper, seat); }
  EXPECT_TRUE(told.IsTold());
  EXPECT_GE(base::Clock::now() - begun, 1s);
  EXPECT_EQ(keeper.reason(), EndReason::InactivityTimeout);
}

TEST(Keeper, TellsWhichRequestIsToBeInterrupted) {
  Told ended;
  Told interrupted;
  std::atomic<std::size_t> which{99};
  auto plan = PlanOf({.request_timeout = 1s, .interrupt_timeout = 60s}, ended);
  plan.on_interrupt = [&](const Inside& request) {
    which = request.seat;
    interrupted.Tell();
  };
  Keeper keeper(plan);
  (void)keeper.TakeSeat();
  auto& second = keeper.TakeSeat();
  const Presence presence(keeper, second);
  EXPECT_TRUE(interrupted.IsTold());
  EXPECT_EQ(which, 1U);
  EXPECT_EQ(ended.count(), 0);
}

// DAEMON-41
TEST(KeeperDeathTest, EndsTheProcessByForceWhenItDoesNotEnd) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto never_ends = [] {
    base::SetLogLevel(base::LogLevel::Warning);
    Told told;
    Keeper keeper(PlanOf({.shutdown_timeout = 1s}, told));
    keeper.Ask(Wish::Terminate);
    Told nothing;
    while (!nothing.IsTold()) {
    }
  };
  EXPECT_EXIT(never_ends(), testing::ExitedWithCode(255), "H0107");
}

}  // namespace hosts::lifecycle
