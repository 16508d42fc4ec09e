#include "hosts/daemon/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/log.h"

namespace hosts::daemon {

namespace {

using base::Log;
using base::LogLevel;

constexpr auto kQuickEnd = std::chrono::seconds(5);
constexpr auto kFirstDelay = std::chrono::milliseconds(100);
constexpr auto kLongestDelay = std::chrono::seconds(20);

sigset_t SupervisedSignals() {
  sigset_t signals{};
  sigemptyset(&signals);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT})
    sigaddset(&signals, number);
  return signals;
}

std::string HowItEnded(int wait_status) {
  return WIFSIGNALED(wait_status) ? fmt::format("signal {}", WTERMSIG(wait_status))
                                  : fmt::format("exit code {}", WEXITSTATUS(wait_status));
}

}  // namespace

Supervisor::Supervisor(std::vector<Role> roles)
    : roles_(std::move(roles)), children_(roles_.size()) {
  int ends[2] = {-1, -1};
  CHECK(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0, "no pipe for the supervisor");
  ready_read_ = base::UniqueFd(ends[0]);
  ready_write_ = base::UniqueFd(ends[1]);
  const sigset_t signals = SupervisedSignals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  signals_ = base::UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  CHECK(signals_.is_open(), "no signalfd for the supervisor");
}

int Supervisor::Run(const std::function<void(const std::vector<pid_t>&)>& on_ready) {
  bool told_ready = false;
  while (!is_stopping_ && !is_hopeless_) {
    StartMissing();
    const bool all_ready = std::all_of(
        children_.begin(), children_.end(), [](const Child& child) { return child.is_ready; });
    if (all_ready && !std::exchange(told_ready, true)) {
      std::vector<pid_t> pids;
      for (const Child& child : children_)
        pids.push_back(child.pid);
      on_ready(pids);
    }
    Wait();
  }
  StopAll();
  return is_hopeless_ ? kCannotStart : 0;
}

void Supervisor::StartMissing() {
  const auto now = base::Clock::now();
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (children_[i].pid < 0 && children_[i].start_not_before <= now) Start(i);
  }
}

void Supervisor::Start(std::size_t index) {
  Child& child = children_[index];
  const pid_t parent = ::getpid();
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) {
    Log(LogLevel::Error, "H0101", "{}", base::SystemError("cannot fork").message);
    child.start_not_before = base::Clock::now() + std::chrono::seconds(1);
    return;
  }
  if (pid > 0) {
    child.pid = pid;
    child.is_ready = child.is_killed = false;
    child.started_at = base::Clock::now();
    Log(LogLevel::Info, "H0103", "Starting process '{}' with pid {}", roles_[index].name, pid);
    return;
  }
  // The child. Dies with the supervisor; a change of user forgets that, so roles say it again.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  const sigset_t signals = SupervisedSignals();
  ::signal(SIGPIPE, SIG_IGN);
  ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  base::SetLogProcess(roles_[index].name);
  signals_.reset();
  ready_read_.reset();
  const int code = roles_[index].run([this, index] {
    const auto number = static_cast<std::uint32_t>(index);
    [[maybe_unused]] const ssize_t written = ::write(ready_write_.get(), &number, sizeof number);
    ready_write_.reset();  // nobody else's to write to (SEC-10)
  });
  std::exit(code);
}

void Supervisor::Wait() {
  auto deadline = base::Deadline::After(std::chrono::hours(1));
  for (const Child& child : children_) {
    if (child.pid < 0 && child.start_not_before < deadline.instant()) {
      deadline = base::Deadline::At(child.start_not_before);
    }
  }
  pollfd entries[2] = {{signals_.get(), POLLIN, 0}, {ready_read_.get(), POLLIN, 0}};
  const int count = ::poll(entries, 2, deadline.poll_timeout_ms());
  CHECK(count >= 0 || errno == EINTR, "poll failed in the supervisor");
  signalfd_siginfo signal{};
  while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT) {
      if (!std::exchange(is_stopping_, true)) {
        Log(LogLevel::Info, "H0105", "Shutdown requested by signal {}", signal.ssi_signo);
      }
    }
  }
  ReadReadiness();
  Reap();
}

void Supervisor::ReadReadiness() {
  std::uint32_t index = 0;
  while (::read(ready_read_.get(), &index, sizeof index) == sizeof index) {
    if (index < children_.size()) children_[index].is_ready = children_[index].was_ready = true;
  }
}

void Supervisor::Reap() {
  for (std::size_t i = 0; i < children_.size(); ++i) {
    int wait_status = 0;
    if (children_[i].pid > 0 && ::waitpid(children_[i].pid, &wait_status, WNOHANG) > 0) {
      OnEnded(i, wait_status);
    }
  }
}

void Supervisor::OnEnded(std::size_t index, int wait_status) {
  Child& child = children_[index];
  const auto now = base::Clock::now();
  Log(is_stopping_ ? LogLevel::Info : LogLevel::Warning,
      "H0104",
      "Process '{}' with pid {} ended: {}",
      roles_[index].name,
      child.pid,
      HowItEnded(wait_status));
  const bool cannot_start = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == kCannotStart;
  if (cannot_start && !child.was_ready && !is_stopping_) is_hopeless_ = true;
  child.pid = -1;
  child.is_ready = false;
  // One that served and ended in order has had its reason, maximum-requests or a changed script.
  const bool has_failed =
      !child.was_ready || !WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0;
  const bool is_quick = now - child.started_at < kQuickEnd;
  child.quick_ends = has_failed && is_quick ? child.quick_ends + 1 : 0;
  // The first replacement comes at once, whenever it is needed.
  std::chrono::milliseconds delay(0);
  if (child.quick_ends > 1) {
    const int doublings = std::min(child.quick_ends - 2, 10);
    delay = std::min<std::chrono::milliseconds>(kFirstDelay * (1 << doublings), kLongestDelay);
  }
  child.start_not_before = std::max(now + delay, child.started_at + roles_[index].least_life);
}

void Supervisor::StopAll() {
  is_stopping_ = true;
  std::vector<int> orders;
  for (const Role& role : roles_)
    orders.push_back(role.stop_order);
  std::sort(orders.begin(), orders.end());
  orders.erase(std::unique(orders.begin(), orders.end()), orders.end());
  for (const int order : orders) {
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (roles_[i].stop_order == order && children_[i].pid > 0) ::kill(children_[i].pid, SIGTERM);
    }
    WaitForEnd(order);
  }
}

void Supervisor::WaitForEnd(int stop_order) {
  const auto told_at = base::Clock::now();
  while (true) {
    Reap();
    const auto next = KillOverdue(stop_order, told_at);
    const bool is_left = std::ranges::any_of(children_, [this, stop_order](const Child& child) {
      return child.pid > 0 && role_of(child).stop_order == stop_order;
    });
    if (!is_left) return;
    pollfd entry{signals_.get(), POLLIN, 0};
    ::poll(&entry, 1, next.poll_timeout_ms());
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    }
  }
}

// The value: when to look again; who was killed is gone soon.
base::Deadline Supervisor::KillOverdue(int stop_order, base::Clock::time_point told_at) {
  auto next = base::Deadline::After(std::chrono::hours(1));
  for (Child& child : children_) {
    const Role& role = role_of(child);
    if (role.stop_order != stop_order || child.pid < 0) continue;
    auto due = base::Deadline::At(told_at + role.stop_grace);
    if (due.has_passed() && !std::exchange(child.is_killed, true)) {
      Log(LogLevel::Warning,
          "H0106",
          "Aborting process '{}' with pid {}: it did not end",
          role.name,
          child.pid);
      ::kill(child.pid, SIGKILL);
    }
    if (child.is_killed) due = base::Deadline::After(std::chrono::seconds(1));
    if (due.instant() < next.instant()) next = due;
  }
  return next;
}

}  // namespace hosts::daemon
