#include "hosts/daemon/supervisor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <new>

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

}  // namespace

// Every test runs its supervisor in a process of its own: it blocks signals and forks.

TEST(SupervisorDeathTest, ReplacesAKilledProcessAndStopsWhenTold) {
  Shared* shared = MakeShared();
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    const pid_t self = ::getpid();
    Supervisor supervisor({{"a", 0, [shared, self](const auto& ready) {
                              // The second life of the process ends the test.
                              if (++shared->starts == 2) ::kill(self, SIGTERM);
                              const int code = ServeUntilTerm(ready);
                              ++shared->ended;
                              return code;
                            }}});
    const int code = supervisor.Run([shared](const std::vector<pid_t>& pids) {
      ++shared->ready_calls;
      ::kill(pids.front(), SIGKILL);
    });
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
    Supervisor supervisor({{"a", 0, [shared, self](const auto& ready) {
                              if (++shared->starts == 50) ::kill(self, SIGTERM);
                              ready();
                              return 0;
                            }}});
    const auto begin = base::Clock::now();
    (void)supervisor.Run([](const std::vector<pid_t>&) {});
    const bool is_soon = base::Clock::now() - begin < std::chrono::seconds(60);
    ::_exit(shared->starts == 50 && is_soon ? 7 : 8);
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
    Supervisor supervisor({role(1), role(0)});
    const int code = supervisor.Run([](const std::vector<pid_t>&) { ::kill(::getpid(), SIGTERM); });
    ::_exit(code == 0 && shared->order == 2 ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

TEST(SupervisorDeathTest, GivesUpWhenAProcessCannotStartAtTheBeginning) {
  const auto in_child = [&] {
    base::SetLogLevel(base::LogLevel::Error);
    Supervisor supervisor({{"bad", 0, [](const auto&) { return kCannotStart; }},
                           {"good", 0, [](const auto& ready) { return ServeUntilTerm(ready); }}});
    ::_exit(supervisor.Run([](const std::vector<pid_t>&) {}) == kCannotStart ? 7 : 8);
  };
  EXPECT_EXIT(in_child(), ::testing::ExitedWithCode(7), "");
}

TEST(SupervisorDeathTest, ChildrenDieWithASupervisorThatIsKilled) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  const auto in_child = [&] {
    ::close(ends[0]);
    base::SetLogLevel(base::LogLevel::Error);
    Supervisor supervisor({{"a", 0, [](const auto& ready) { return ServeUntilTerm(ready); }}});
    (void)supervisor.Run([](const std::vector<pid_t>&) { ::kill(::getpid(), SIGKILL); });
  };
  EXPECT_EXIT(in_child(), ::testing::KilledBySignal(SIGKILL), "");
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);  // the child had the other end, too
  ::close(ends[0]);
}

}  // namespace hosts::daemon
