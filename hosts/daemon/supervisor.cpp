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
#include "hosts/base/deadline.h"
#include "hosts/base/log.h"

namespace hosts::daemon {

namespace {

using base::Log;
using base::LogLevel;

constexpr int kSupervised[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1};

// What a child writes when it serves.
struct Readiness {
  std::uint32_t generation = 0;
  std::uint32_t index = 0;  // of the role
};

sigset_t SupervisedSignals() {
  sigset_t signals{};
  sigemptyset(&signals);
  for (const int number : kSupervised)
    sigaddset(&signals, number);
  return signals;
}

std::string HowItEnded(int wait_status) {
  return WIFSIGNALED(wait_status) ? fmt::format("signal {}", WTERMSIG(wait_status))
                                  : fmt::format("exit code {}", WEXITSTATUS(wait_status));
}

}  // namespace

Supervisor::Supervisor(Plan first, MakePlan make_next, Onlooker* onlooker)
    : make_next_(std::move(make_next)), onlooker_(onlooker) {
  int ends[2] = {-1, -1};
  CHECK(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0, "no pipe for the supervisor");
  ready_read_ = base::UniqueFd(ends[0]);
  ready_write_ = base::UniqueFd(ends[1]);
  HoldSignals();
  ::signal(SIGPIPE, SIG_IGN);  // who reads the log may go
  const sigset_t signals = SupervisedSignals();
  signals_ = base::UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  CHECK(signals_.is_open(), "no signalfd for the supervisor");
  Add(std::move(first));
}

void Supervisor::HoldSignals() {
  const sigset_t signals = SupervisedSignals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
}

int Supervisor::Run() {
  while (true) {
    if (std::exchange(is_replacement_asked_, false)) Replace();
    LookAtStarts();
    StartMissing();
    SendSignals();
    LetGoOfEnded();
    TellOnlooker();
    if (running_.empty()) return is_hopeless_ ? kCannotStart : 0;
    Wait();
  }
}

// ---- generations ----

void Supervisor::Add(Plan plan) {
  running_.push_back(std::make_unique<Running>(++last_number_, std::move(plan)));
}

void Supervisor::Replace() {
  if (is_stopping_) return;
  auto plan = make_next_(last_number_ + 1);
  if (!plan) {
    Log(LogLevel::Error,
        "H0115",
        "Restart refused, everything goes on as it is: {}",
        plan.error().Text());
    return;
  }
  Generation& newest = running_.back()->generation;
  if (newest.state() == Generation::State::Starting && !newest.is_first()) newest.Leave();
  Add(std::move(*plan));
}

void Supervisor::LookAtStarts() {
  for (const auto& running : running_) {
    Generation& generation = running->generation;
    if (generation.state() != Generation::State::Starting) continue;
    if (generation.has_failed()) {
      GiveUp(generation);
    } else if (generation.has_started()) {
      generation.Serve();
      LeaveThoseBefore(generation);
      TellOnlooker();  // before anybody hears that it serves
      running->plan.on_serving(generation.pids());
    }
  }
}

void Supervisor::GiveUp(Generation& generation) {
  const bool is_last = std::ranges::none_of(running_, [&generation](const auto& other) {
    const auto state = other->generation.state();
    return &other->generation != &generation &&
           (state == Generation::State::Starting || state == Generation::State::Serving);
  });
  if (is_last) {
    is_hopeless_ = true;
    StopAll();
    return;
  }
  Log(LogLevel::Error,
      "H0115",
      "Restart refused, everything goes on as it is: process '{}' could not start",
      generation.failed());
  generation.Leave();
}

void Supervisor::LeaveThoseBefore(const Generation& generation) {
  for (const auto& other : running_) {
    const auto state = other->generation.state();
    const bool is_there =
        state == Generation::State::Starting || state == Generation::State::Serving;
    if (is_there && other->generation.number() < generation.number()) other->generation.Leave();
  }
}

void Supervisor::StopAll() {
  is_stopping_ = true;
  for (const auto& running : running_)
    running->generation.Stop();
}

void Supervisor::SendSignals() {
  for (const auto& running : running_) {
    Generation& generation = running->generation;
    for (const auto& [index, pid, number] : generation.DueSignals(base::Clock::now())) {
      if (number == SIGKILL) {
        Log(LogLevel::Warning,
            "H0106",
            "Aborting process '{}' with pid {}: it did not end",
            generation.roles()[index].name,
            pid);
      }
      ::kill(pid, number);
    }
  }
}

void Supervisor::LetGoOfEnded() {
  std::vector<std::uint32_t> ended;
  std::erase_if(running_, [&ended](const auto& running) {
    if (!running->generation.has_ended()) return false;
    ended.push_back(running->generation.number());
    return true;
  });
  if (is_stopping_) return;
  for (const std::uint32_t number : ended)
    Log(LogLevel::Info, "H0117", "Generation {} has ended", number);
}

void Supervisor::TellOnlooker() {
  if (onlooker_ == nullptr) return;
  std::vector<const Generation*> generations;
  for (const auto& running : running_)
    generations.push_back(&running->generation);
  onlooker_->OnChange(generations);
}

// ---- processes ----

bool Supervisor::MayBeAlone(const Generation& generation) const {
  return std::ranges::none_of(running_, [&generation](const auto& other) {
    return &other->generation != &generation && other->generation.has_one_alone();
  });
}

void Supervisor::StartMissing() {
  const auto now = base::Clock::now();
  for (const auto& running : running_) {
    const bool may_be_alone = MayBeAlone(running->generation);
    for (const std::size_t index : running->generation.Missing(now, may_be_alone))
      Start(*running, index);
  }
}

void Supervisor::Start(Running& running, std::size_t index) {
  Generation& generation = running.generation;
  const Role& role = generation.roles()[index];
  const pid_t parent = ::getpid();
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) {
    Log(LogLevel::Error, "H0101", "{}", base::SystemError("cannot fork").message);
    generation.NoteForkFailed(index, base::Clock::now());
    return;
  }
  if (pid > 0) {
    generation.NoteStarted(index, pid, base::Clock::now());
    Log(LogLevel::Info, "H0103", "Starting process '{}' with pid {}", role.name, pid);
    return;
  }
  // The child. Dies with the supervisor; a change of user forgets that, so roles say it again.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  ::setpgid(0, 0);  // kill(0, ...) of an application reaches its own process and what it has forked
  const sigset_t signals = SupervisedSignals();
  ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  base::SetLogProcess(role.name);
  signals_.reset();
  ready_read_.reset();
  for (const auto& other : running_) {  // SEC-10: nothing of other generations stays here
    if (other.get() != &running) other->plan = Plan{};
  }
  const Readiness serves{generation.number(), static_cast<std::uint32_t>(index)};
  const int code = role.run([this, &serves] {
    [[maybe_unused]] const ssize_t written = ::write(ready_write_.get(), &serves, sizeof serves);
    ready_write_.reset();  // nobody else's to write to (SEC-10)
  });
  std::exit(code);
}

void Supervisor::OnEnded(Generation& generation, std::size_t index, int wait_status) {
  ReadReadiness();  // what it said before it ended
  const bool is_in_order = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
  Log(is_in_order || is_stopping_ || generation.is_told(index) ? LogLevel::Info : LogLevel::Warning,
      "H0104",
      "Process '{}' with pid {} ended: {}",
      generation.roles()[index].name,
      generation.pids()[index],
      HowItEnded(wait_status));
  if (onlooker_ != nullptr) onlooker_->OnEnded(generation, index, wait_status);
  generation.NoteEnded(index, wait_status, base::Clock::now());
}

void Supervisor::Reap() {
  for (const auto& running : running_) {
    const auto pids = running->generation.pids();
    for (std::size_t i = 0; i < pids.size(); ++i) {
      int wait_status = 0;
      if (pids[i] > 0 && ::waitpid(pids[i], &wait_status, WNOHANG) > 0) {
        OnEnded(running->generation, i, wait_status);
      }
    }
  }
}

// ---- what happens ----

void Supervisor::Wait() {
  auto next = base::Clock::now() + std::chrono::hours(1);
  for (const auto& running : running_) {
    next = std::min(next, running->generation.NextLook(MayBeAlone(running->generation)));
  }
  pollfd entries[2] = {{signals_.get(), POLLIN, 0}, {ready_read_.get(), POLLIN, 0}};
  const int count = ::poll(entries, 2, base::Deadline::At(next).poll_timeout_ms());
  CHECK(count >= 0 || errno == EINTR, "poll failed in the supervisor");
  ReadSignals();
  ReadReadiness();
  Reap();
}

void Supervisor::ReadSignals() {
  signalfd_siginfo signal{};
  while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    const auto number = static_cast<int>(signal.ssi_signo);
    if (is_stopping_ || number == SIGCHLD) continue;
    if (number == SIGHUP || number == SIGUSR1) {
      Log(LogLevel::Info, "H0114", "Restart requested by signal {}", number);
      is_replacement_asked_ = true;
    } else {
      Log(LogLevel::Info, "H0105", "Shutdown requested by signal {}", number);
      StopAll();
    }
  }
}

void Supervisor::ReadReadiness() {
  Readiness serves;
  while (::read(ready_read_.get(), &serves, sizeof serves) == sizeof serves) {
    for (const auto& running : running_) {
      if (running->generation.number() == serves.generation)
        running->generation.NoteReady(serves.index);
    }
  }
}

}  // namespace hosts::daemon
