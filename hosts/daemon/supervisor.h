#pragma once
// Supervisor: starts the engine's processes, replaces those that end, stops them in order.
//
// The only place that forks. It never starts Python and never runs application code: what a child
// does is its role's function, which runs in the child after fork() and whose result is the child's
// exit code.
//
// A process that ends is replaced at once; one that fails within seconds of its start is replaced
// later each time (DAEMON-4, -47). Children die with the supervisor, whatever kills it.
//
// Owns:    the children.
// Threads: one; Run() must be called while the process has no other thread.
// Fails:   Run() gives up when a process cannot start at the very beginning.

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"

namespace hosts::daemon {

// The exit code of a child that will not be able to start the next time either.
constexpr int kCannotStart = 78;

struct Role {
  std::string name;  // of the process in the log, e.g. "server" or the group's name
  // Order of stopping: all of a lower number have ended before the next are told to (SHUT-1).
  int stop_order = 0;
  // The child: serves until it is told to stop. Calls `ready` once when it serves.
  std::function<int(const std::function<void()>& ready)> run;
  // From being told to stop until it is killed: shutdown-timeout's default (CFG-83), and what a
  // process needs to end its interpreters.
  std::chrono::milliseconds stop_grace{6500};
  // Between two starts, however well the first went.
  std::chrono::milliseconds least_life{0};
};

class Supervisor {
 public:
  explicit Supervisor(std::vector<Role> roles);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Until SIGTERM or SIGINT. `on_ready` is called once, when every process serves for the first time,
  // with their pids in the order of the roles. The value is the exit code.
  [[nodiscard]] int Run(const std::function<void(const std::vector<pid_t>&)>& on_ready);

 private:
  struct Child {
    pid_t pid = -1;
    bool is_ready = false;
    bool was_ready = false;
    bool is_killed = false;
    int quick_ends = 0;
    base::Clock::time_point started_at{};
    base::Clock::time_point start_not_before{};
  };

  [[nodiscard]] const Role& role_of(const Child& child) const {
    return roles_[static_cast<std::size_t>(&child - children_.data())];
  }
  void StartMissing();
  void Start(std::size_t index);
  void Reap();
  void OnEnded(std::size_t index, int wait_status);
  void ReadReadiness();
  void Wait();
  void StopAll();
  void WaitForEnd(int stop_order);
  [[nodiscard]] base::Deadline KillOverdue(int stop_order, base::Clock::time_point told_at);

  const std::vector<Role> roles_;
  std::vector<Child> children_;
  base::UniqueFd signals_;
  base::UniqueFd ready_read_;
  base::UniqueFd ready_write_;
  bool is_stopping_ = false;
  bool is_hopeless_ = false;
};

}  // namespace hosts::daemon
