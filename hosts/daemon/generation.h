#pragma once
// Generation: the processes that one reading of the configuration has led to. It knows which of them are to be
// started, told to leave, to stop or killed, and when; the supervisor does it.
//
//   Starting ---------> Serving ---------> Leaving ---------> no process is left
//            all serve           replaced           or Stopping, when the server stops
//
// A process that ends is replaced at once; one that fails within seconds of its start is replaced later
// each time (DAEMON-4, -47).
//
// Threads: the supervisor's only one.
// Source:  SHUT-1, SHUT-8, CFG-83.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hosts/base/deadline.h"

namespace hosts::daemon {

// The exit code of a child that will not be able to start the next time either.
constexpr int kCannotStart = 78;

struct Role {
  std::string name;  // of the process in the log, e.g. "server" or the group's name
  // Order of stopping: all of a lower number have ended before the next are told to (SHUT-1). Where a
  // generation replaces another, all of a higher number serve before the next are started: who has
  // requests finds whom it sends them to.
  int stop_order = 0;
  // The child: serves until it is told to stop. Calls `ready` once when it serves.
  std::function<int(const std::function<void()>& ready)> run = {};
  // From being told to stop until it is killed: shutdown-timeout's default (CFG-83), and what a
  // process needs to end its interpreters.
  std::chrono::milliseconds stop_grace{6500};
  // Between two starts, however well the first went.
  std::chrono::milliseconds least_life{0};
  // What tells it to leave when its generation is replaced: SIGTERM, or a signal after which it ends when
  // its clients have gone, however long that takes.
  int leave_signal = 15;
  // Serves nobody, and is never beside one of another generation: it is told to stop before its successor
  // is started.
  bool is_alone = false;
};

class Generation {
 public:
  using Instant = base::Clock::time_point;
  enum class State { Starting, Serving, Leaving, Stopping };
  struct Signal {
    std::size_t index = 0;  // of the role
    pid_t pid = -1;
    int number = 0;
  };

  // Numbers count from 1; all but the first replace the one before.
  Generation(std::uint32_t number, std::vector<Role> roles)
      : number_(number), roles_(std::move(roles)), children_(roles_.size()) {}

  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_first() const { return number_ == 1; }
  [[nodiscard]] const std::vector<Role>& roles() const { return roles_; }
  // In the order of the roles; -1: there is none now.
  [[nodiscard]] std::vector<pid_t> pids() const;

  // Roles to be started now. `may_be_alone`: no other generation has a process that must be alone.
  [[nodiscard]] std::vector<std::size_t> Missing(Instant now, bool may_be_alone) const;
  void NoteStarted(std::size_t index, pid_t pid, Instant now);
  void NoteForkFailed(std::size_t index, Instant now);
  void NoteReady(std::size_t index);
  void NoteEnded(std::size_t index, int wait_status, Instant now);

  // Starting, and every process serves.
  [[nodiscard]] bool has_started() const;
  // Starting, and it will not come to serve.
  [[nodiscard]] bool has_failed() const { return !failed_.empty(); }
  [[nodiscard]] const std::string& failed() const { return failed_; }  // the role
  void Serve() { state_ = State::Serving; }
  void Leave() { state_ = State::Leaving; }
  void Stop() { state_ = State::Stopping; }

  // Told once each.
  [[nodiscard]] std::vector<Signal> DueSignals(Instant now);
  [[nodiscard]] bool is_told(std::size_t index) const { return children_[index].told != 0; }
  [[nodiscard]] bool is_ready(std::size_t index) const { return children_[index].is_ready; }
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] bool has_one_alone() const;
  // When Missing or DueSignals may say something new, if nothing happens before.
  [[nodiscard]] Instant NextLook(bool may_be_alone) const;

 private:
  struct Child {
    pid_t pid = -1;
    bool is_ready = false;
    bool was_ready = false;
    int told = 0;  // the signal
    Instant told_at{};
    int quick_ends = 0;
    Instant started_at{};
    Instant start_not_before{};
  };

  [[nodiscard]] bool is_ending() const {
    return state_ == State::Leaving || state_ == State::Stopping;
  }
  [[nodiscard]] bool IsWanted(std::size_t index, bool may_be_alone) const;
  [[nodiscard]] bool IsItsTurn(std::size_t index) const;
  // The lowest of those that are left.
  [[nodiscard]] std::optional<int> order_of_ending() const;
  [[nodiscard]] int FirstSignal(std::size_t index) const;
  void DelayNextStart(Child& child, std::size_t index, bool has_failed, Instant now);

  const std::uint32_t number_;
  const std::vector<Role> roles_;
  std::vector<Child> children_;
  State state_ = State::Starting;
  std::string failed_;
};

}  // namespace hosts::daemon
