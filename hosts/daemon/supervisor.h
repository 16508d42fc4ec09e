#pragma once
// Supervisor: starts the engine's processes, replaces those that end, stops them in order; on SIGHUP or
// SIGUSR1 it replaces all of them by those of a new reading of the configuration.
//
// The only place that forks. It never starts Python and never runs application code: what a child
// does is its role's function, which runs in the child after fork() and whose result is the child's
// exit code.
//
// A replacement is whole or not at all: only when every process of the new generation serves is the old
// one told to leave, which it does when its clients have gone; if one of them cannot start, the new
// generation is given up and the old one goes on. Children die with the supervisor, whatever kills it.
//
// Owns:    the children, and what its generations are made of.
// Threads: one; Run() must be called while the process has no other thread.
// Fails:   Run() gives up when a process cannot start at the very beginning.

#include <sys/types.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"
#include "hosts/daemon/generation.h"
#include "hosts/daemon/onlooker.h"

namespace hosts::daemon {

class Supervisor {
 public:
  // What a generation is made of.
  struct Plan {
    std::vector<Role> roles;
    // Called once, when every process serves for the first time, with their pids in the order of the roles
    // (-1: one that must be alone, and waits for that).
    std::function<void(const std::vector<pid_t>&)> on_serving;
    // What the roles refer to: let go when the last process has ended, and in children of other generations.
    std::shared_ptr<void> kept;
  };
  // For the generation of this number; all count from 1, and a number that was refused is given again. An
  // error is logged, and nothing changes.
  using MakePlan = std::function<base::Result<Plan>(std::uint32_t number)>;

  // The onlooker is null, or outlives it.
  Supervisor(Plan first, MakePlan make_next, Onlooker* onlooker = nullptr);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Signals that a supervisor is for wait for it from now on.
  static void HoldSignals();

  // Until SIGTERM or SIGINT, and the end of all processes. The value is the exit code.
  [[nodiscard]] int Run();

 private:
  struct Running {
    Running(std::uint32_t number, Plan made)
        : generation(number, std::move(made.roles)), plan(std::move(made)) {}
    Generation generation;
    Plan plan;
  };

  void Add(Plan plan);
  void Replace();
  void StartMissing();
  void Start(Running& running, std::size_t index);
  void LookAtStarts();
  void GiveUp(Generation& generation);
  void LeaveThoseBefore(const Generation& generation);
  void StopAll();
  void SendSignals();
  void LetGoOfEnded();
  void TellOnlooker();
  void Wait();
  void ReadSignals();
  void ReadReadiness();
  void Reap();
  void OnEnded(Generation& generation, std::size_t index, int wait_status);
  [[nodiscard]] bool MayBeAlone(const Generation& generation) const;

  const MakePlan make_next_;
  Onlooker* const onlooker_;
  std::vector<std::unique_ptr<Running>> running_;  // the newest last
  std::uint32_t last_number_ = 0;
  base::UniqueFd signals_;
  base::UniqueFd ready_read_;
  base::UniqueFd ready_write_;
  bool is_stopping_ = false;
  bool is_hopeless_ = false;
  bool is_replacement_asked_ = false;
};

}  // namespace hosts::daemon
