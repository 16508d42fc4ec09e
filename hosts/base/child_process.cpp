#include "hosts/base/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hosts/base/unique_fd.h"

extern char** environ;

namespace hosts::base {

namespace {

ExitStatus Decode(int wait_status) {
  if (WIFSIGNALED(wait_status)) return {true, WTERMSIG(wait_status)};
  return {false, WEXITSTATUS(wait_status)};
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// File actions and attributes of one spawn, destroyed on every path.
struct SpawnSettings {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
};

void Describe(SpawnSettings& settings, const SpawnOptions& options) {
  posix_spawnattr_setflags(&settings.attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&settings.attributes, 0);
  sigset_t signals{};
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&settings.attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  sigaddset(&signals, SIGXFSZ);
  posix_spawnattr_setsigdefault(&settings.attributes, &signals);
  posix_spawn_file_actions_addopen(&settings.actions, 0, "/dev/null", O_RDONLY, 0);
  if (options.output) {
    posix_spawn_file_actions_addopen(
        &settings.actions, 1, options.output->c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&settings.actions, 1, 2);
  }
  for (const auto& [ours, theirs] : options.descriptors) {
    posix_spawn_file_actions_adddup2(&settings.actions, ours, theirs);
  }
  if (options.directory) {
    posix_spawn_file_actions_addchdir_np(&settings.actions, options.directory->c_str());
  }
}

}  // namespace

std::string ExitStatus::Text() const {
  return fmt::format("{} {}", signaled ? "signal" : "exit", value);
}

Result<ChildProcess> ChildProcess::Start(SpawnOptions options) {
  CHECK(!options.argv.empty(), "a child process needs an argv");
  SpawnSettings settings;
  Describe(settings, options);
  std::vector<std::string> variables;
  variables.reserve(options.environment.size());
  for (const auto& [name, value] : options.environment) {
    variables.push_back(fmt::format("{}={}", name, value));
  }
  pid_t pid = -1;
  const int failure = ::posix_spawnp(&pid,
                                     options.argv.front().c_str(),
                                     &settings.actions,
                                     &settings.attributes,
                                     Pointers(options.argv).data(),
                                     Pointers(variables).data());
  if (failure != 0) {
    return SystemError(fmt::format("cannot start {}", options.argv.front()), failure);
  }
  return ChildProcess(pid, options.stop_signal, options.stop_grace);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      stop_signal_(other.stop_signal_),
      grace_(other.grace_),
      status_(other.status_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(stop_signal_, other.stop_signal_);
  std::swap(grace_, other.grace_);
  std::swap(status_, other.status_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) Stop();
}

std::optional<ExitStatus> ChildProcess::Poll() {
  if (pid_ <= 0 || status_) return status_;
  int wait_status = 0;
  const pid_t reaped = ::waitpid(pid_, &wait_status, WNOHANG);
  if (reaped == pid_) status_ = Decode(wait_status);
  return status_;
}

Result<ExitStatus> ChildProcess::Wait(Deadline deadline) {
  if (const auto status = Poll()) return *status;
  const UniqueFd descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!descriptor.is_open()) return SystemError("pidfd_open");
  while (true) {
    pollfd entry{descriptor.get(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, deadline.poll_timeout_ms());
    if (ready < 0 && errno != EINTR) return SystemError("poll");
    if (const auto status = Poll()) return *status;
    if (deadline.has_passed()) {
      return Error{ErrorKind::Timeout, fmt::format("process {} is still running", pid_)};
    }
  }
}

ExitStatus ChildProcess::Stop() {
  CHECK(pid_ > 0, "a child process that was moved away was stopped");
  if (!Poll()) {
    Signal(stop_signal_);
    auto ended = Wait(Deadline::After(grace_));
    if (!ended) {
      Signal(SIGKILL);
      ended = Wait(Deadline::After(std::chrono::seconds(30)));
      CHECK(ended.has_value(), "a process survived SIGKILL for 30 s");
    }
  }
  ::kill(-pid_, SIGKILL);  // whatever it left in its group
  pid_ = -1;
  return *status_;
}

void ChildProcess::Signal(int signal_number) const {
  if (pid_ > 0 && !status_) ::kill(pid_, signal_number);
}

std::vector<std::pair<std::string, std::string>> CurrentEnvironment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace hosts::base
