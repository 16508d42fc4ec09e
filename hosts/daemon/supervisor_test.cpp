#include "hosts/daemon/supervisor.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <new>
#include <utility>
#include <vector>

#include "hosts/base/log.h"

namespace hosts::daemon {

namespace {

// Counters that the processes of a test share.
struct Shared {
  std::atomic<int> starts{0};
  std::atomic<int> ready_calls{0};
  std::atomic<int> ended{0};
  std::atomic<int> order{0};
};

Shared* MakeShared() {
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return new (memory) Shared;
}

// Serves until SIGTERM, which must not come before it is waited for.
int ServeUntilTerm(const std::function<void()>& ready) {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  ready();
  int number = 0;
  ::sigwait(&signals, &number);
  return 0;
}

using Pids = std::vector<pid_t>;

base::Result<Supervisor::Plan> Nothing(std::uint32_t) {
  return base::Error{base::ErrorKind::Unsupported, "nothing comes after it"};
}

Supervisor::Plan PlanOf(std::vector<Role> roles, std::function<void(const Pids&)> on_serving) {
  return {std::move(roles), std::move(on_serving), nullptr};
}

void NobodyCares(const Pids&) {}

}  // namespace

// Every test runs its supervisor in a process of its own: it blocks signals and forks.

TEST(SupervisorDeathTest, ReplacesAKilledProcessAndStopsWhenTold) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    const pid_t self = ::getpid();
    const auto live = [shared, self](const auto& ready) {
      // The second life of the process ends the test.
      if (++shared->starts == 2) ::kill(self, SIGTERM);
      const int code = ServeUntilTerm(ready);
      ++shared->ended;
      return code;
    };
    const auto on_serving = [shared](const Pids& pids) {
      ++shared->ready_calls;
      ::kill(pids.front(), SIGKILL);
    };
    const int code = Supervisor(PlanOf({{"a", 0, live}}, on_serving), Nothing).Run();
    const bool as_expected =
        code == 0 && shared->starts == 2 && shared->ready_calls == 1 && shared->ended <= 1;
    ::_exit(as_expected ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

// Fifty processes that serve, and end by themselves to load a changed script, one after another. Were each
// delayed twice as long as the one before, as after a crash, it would take minutes.
TEST(SupervisorDeathTest, DoesNotHoldBackWhatFollowsAProcessThatDidWell) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    const pid_t self = ::getpid();
    const auto live = [shared, self](const auto& ready) {
      if (++shared->starts == 50) ::kill(self, SIGTERM);
      ready();
      return 0;
    };
    const auto begin = base::Clock::now();
    (void)Supervisor(PlanOf({{"a", 0, live}}, NobodyCares), Nothing).Run();
    const bool is_soon = base::Clock::now() - begin < std::chrono::seconds(60);
    ::_exit(shared->starts == 50 && is_soon ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

// An application that sent a signal to its process group, as shells and test runners do, once ended the whole server.
TEST(SupervisorDeathTest, AProcessThatSignalsItsGroupReachesNobodyElse) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    ::setpgid(0, 0);  // the test runner is none of its business
    base::SetLogLevel(base::LogLevel::Error);
    const pid_t self = ::getpid();
    const auto reckless = [shared, self](const auto& ready) {
      if (++shared->starts == 1) ::kill(0, SIGKILL);
      ::kill(self, SIGTERM);  // its second life
      return ServeUntilTerm(ready);
    };
    const auto bystander = [shared](const auto& ready) {
      ++shared->order;
      return ServeUntilTerm(ready);
    };
    (void)Supervisor(PlanOf({{"bystander", 0, bystander}, {"reckless", 0, reckless}}, NobodyCares),
                     Nothing)
        .Run();
    ::_exit(shared->starts == 2 && shared->order == 1 ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

// What somebody who looks on is told, and when.
class Looking final : public Onlooker {
 public:
  void OnEnded(const Generation& generation, std::size_t index, int wait_status) override {
    const bool was_there = generation.pids()[index] > 0;
    if (was_there && WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL) ++killed;
  }
  void OnChange(const std::vector<const Generation*>& generations) override {
    is_serving = !generations.empty() && generations[0]->state() == Generation::State::Serving &&
                 generations[0]->is_ready(0);
    has_seen_the_end = generations.empty();
  }

  int killed = 0;
  bool is_serving = false;
  bool has_seen_the_end = false;
};

TEST(SupervisorDeathTest, TellsWhoLooksOnBeforeAnybodyHearsOfIt) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    const pid_t self = ::getpid();
    const auto live = [shared, self](const auto& ready) {
      if (++shared->starts == 2) ::kill(self, SIGTERM);
      return ServeUntilTerm(ready);
    };
    Looking onlooker;
    bool was_told = false;
    const auto on_serving = [&](const Pids& pids) {
      was_told = onlooker.is_serving;
      ::kill(pids.front(), SIGKILL);
    };
    const int code = Supervisor(PlanOf({{"a", 0, live}}, on_serving), Nothing, &onlooker).Run();
    const bool as_expected =
        code == 0 && was_told && onlooker.killed == 1 && onlooker.has_seen_the_end;
    ::_exit(as_expected ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

TEST(SupervisorDeathTest, StopsInTheOrderOfTheRoles) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    const auto role = [shared](int stop_order) {
      return Role{"r", stop_order, [shared, stop_order](const auto& ready) {
                    ServeUntilTerm(ready);
                    return shared->order.fetch_add(1) == stop_order ? 0 : 9;
                  }};
    };
    const auto on_serving = [](const Pids&) { ::kill(::getpid(), SIGTERM); };
    const int code = Supervisor(PlanOf({role(1), role(0)}, on_serving), Nothing).Run();
    ::_exit(code == 0 && shared->order == 2 ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

TEST(SupervisorDeathTest, GivesUpWhenAProcessCannotStartAtTheBeginning) {
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    Supervisor supervisor(
        PlanOf({{"bad", 0, [](const auto&) { return kCannotStart; }}, {"good", 0, ServeUntilTerm}},
               NobodyCares),
        Nothing);
    ::_exit(supervisor.Run() == kCannotStart ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

TEST(SupervisorDeathTest, ChildrenDieWithASupervisorThatIsKilled) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  const auto in_child = [&] {
    ::close(ends[0]);
    base::SetLogLevel(base::LogLevel::Error);
    const auto on_serving = [](const Pids&) { ::kill(::getpid(), SIGKILL); };
    (void)Supervisor(PlanOf({{"a", 0, ServeUntilTerm}}, on_serving), Nothing).Run();
  };
  EXPECT_EXIT(in_child(), ::testing::KilledBySignal(SIGKILL), "");
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);  // the child had the other end, too
  ::close(ends[0]);
}

// ---- generations ----

TEST(SupervisorDeathTest, ReplacesAllProcessesWhenToldTo) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    Pids old;
    const auto plan = [&](const char* name) {
      return PlanOf(
          {{name,
            0,
            [shared](const auto& ready) {
              const int code = ServeUntilTerm(ready);
              ++shared->ended;
              return code;
            }}},
          [&old, shared](const Pids& pids) {
            ++shared->ready_calls;
            if (old.empty()) {
              ::kill(::getpid(), SIGHUP);
            } else if (old != pids && shared->ended == 0) {  // it is left to itself until now
              ::kill(::getpid(), SIGTERM);
            }
            old = pids;
          });
    };
    Supervisor supervisor(
        plan("old"), [&](std::uint32_t) -> base::Result<Supervisor::Plan> { return plan("new"); });
    const int code = supervisor.Run();
    ::_exit(code == 0 && shared->ready_calls == 2 && shared->ended == 2 ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

TEST(SupervisorDeathTest, IsToldToRestartBeforeItServes) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    const pid_t self = ::getpid();
    const auto first = [shared, self](const auto& ready) {
      ::kill(self, SIGHUP);
      while (shared->order == 0)  // until the next is on its way
        ::sched_yield();
      return ServeUntilTerm(ready);
    };
    const auto next = [&](std::uint32_t) -> base::Result<Supervisor::Plan> {
      ++shared->order;
      return PlanOf({{"next", 0, ServeUntilTerm}}, [shared, self](const Pids&) {
        ++shared->ready_calls;
        ::kill(self, SIGTERM);
      });
    };
    const int code = Supervisor(PlanOf({{"first", 0, first}}, NobodyCares), next).Run();
    ::_exit(code == 0 && shared->ready_calls == 1 ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

TEST(SupervisorDeathTest, KeepsWhatItHasWhenTheNextCannotBeHadOrCannotStart) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    const pid_t self = ::getpid();
    const auto fail = [shared, self](const auto&) {
      ++shared->starts;
      ::kill(self, SIGHUP);  // the third reading is refused, and ends the test
      return kCannotStart;
    };
    const auto live = [shared](const auto& ready) {
      const int code = ServeUntilTerm(ready);
      ++shared->ended;
      return code;
    };
    int readings = 0;
    const auto next = [&](std::uint32_t) -> base::Result<Supervisor::Plan> {
      if (++readings == 1)
        return PlanOf({{"a", 0, live}, {"bad", 1, fail}},
                      [shared](const Pids&) { ++shared->order; });
      ::kill(self, SIGTERM);
      return base::Error{base::ErrorKind::InvalidInput, "no"};
    };
    const auto on_serving = [shared, self](const Pids&) {
      ++shared->ready_calls;
      ::kill(self, SIGUSR1);
    };
    const int code = Supervisor(PlanOf({{"a", 0, live}}, on_serving), next).Run();
    // Who has requests was not even started beside the one that failed.
    const bool as_expected = code == 0 && readings == 2 && shared->ready_calls == 1 &&
                             shared->order == 0 && shared->starts == 1 && shared->ended == 1;
    ::_exit(as_expected ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

}  // namespace hosts::daemon
