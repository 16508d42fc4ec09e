#pragma once
// ChildProcess: a program started in a process group of its own, and everything it left there.
//
// Started with posix_spawn: argv, never a shell; the environment is given whole. Destruction
// stops it: signal, grace, SIGKILL for the group, reap.
//
// Owns:    the process until it is reaped.
// Threads: one thread at a time; signal and wait are never concurrent.
// Fails:   a program that cannot be started is a Result that names it.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/result.h"

namespace hosts::base {

struct ExitStatus {
  bool signaled = false;
  int value = 0;  // exit code, or the signal's number

  [[nodiscard]] bool is_success() const { return !signaled && value == 0; }
  [[nodiscard]] std::string Text() const;  // "exit 3", "signal 9"
  bool operator==(const ExitStatus&) const = default;
};

struct SpawnOptions {
  std::vector<std::string> argv;  // argv[0] is looked up on PATH if it has no slash
  std::vector<std::pair<std::string, std::string>> environment;
  std::optional<std::filesystem::path> directory;  // posix_spawn_file_actions_addchdir_np
  // Where standard output and error go: a file (appended to), or inherited.
  std::optional<std::filesystem::path> output;
  // Descriptors to pass on: {ours, theirs}. Everything else is close-on-exec.
  std::vector<std::pair<int, int>> descriptors;
  int stop_signal = 15;  // SIGTERM
  std::chrono::milliseconds stop_grace{5000};
};

class ChildProcess {
 public:
  [[nodiscard]] static Result<ChildProcess> Start(SpawnOptions options);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool is_running() const { return pid_ > 0 && !status_; }

  // How it ended, if it has; never waits.
  [[nodiscard]] std::optional<ExitStatus> Poll();
  // How it ended, or Timeout.
  [[nodiscard]] Result<ExitStatus> Wait(Deadline deadline);
  // Stop signal, grace, SIGKILL to the group; returns how the process itself ended.
  ExitStatus Stop();
  void Signal(int signal_number) const;

 private:
  ChildProcess(pid_t pid, int stop_signal, std::chrono::milliseconds grace)
      : pid_(pid), stop_signal_(stop_signal), grace_(grace) {}
  pid_t pid_ = -1;
  int stop_signal_ = 15;
  std::chrono::milliseconds grace_{5000};
  std::optional<ExitStatus> status_;
};

// The environment of this process, as SpawnOptions wants it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> CurrentEnvironment();

}  // namespace hosts::base
