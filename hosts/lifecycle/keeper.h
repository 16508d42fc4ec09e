#pragma once
// Keeper: watches over a daemon process on a thread of its own: asks the LifeJudge when something may be
// due, tells the process to end, and ends it by force when that takes longer than shutdown-timeout.
//
// Nothing it does waits for Python or for an application, so that neither can hold it up.
//
// Order:   made before the process has other threads, destroyed when nothing is left to do but to exit.
// Owns:    its thread, the board of the requests.
// Threads: Begin and End by the application's threads; Ask also from a signal handler; the rest by any.
//          `on_end`, `on_drain` and `on_interrupt` are called on the keeper's thread, the first two also by a
//          thread in End; `on_drain` asks the keeper for nothing.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "hosts/base/unique_fd.h"
#include "hosts/deployment/process_timers.h"
#include "hosts/lifecycle/life_judge.h"
#include "hosts/lifecycle/request_board.h"

namespace hosts::lifecycle {

struct KeeperPlan {
  deployment::ProcessTimers timers;
  int threads = 1;
  std::function<void(EndReason)> on_end;                 // once
  std::function<void(EndReason)> on_drain = {};          // once, before it; it serves on
  std::function<void(const Inside&)> on_interrupt = {};  // the request is to be interrupted
};

class Keeper {
 public:
  explicit Keeper(KeeperPlan plan);
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  ~Keeper();

  [[nodiscard]] RequestBoard::Seat& TakeSeat() { return board_.TakeSeat(); }
  // Whether a request counts for inactivity-timeout.
  enum class Activity { Counts, Ignored };
  // The value: the turn of the seat, from 1 on.
  std::uint64_t Begin(RequestBoard::Seat& seat, Activity activity = Activity::Counts);
  // Returns when the process has been told to end, if this request was its last (DAEMON-31).
  void End(RequestBoard::Seat& seat, Activity activity = Activity::Counts);
  void NoteActivity();
  void NoteLoad() { has_loaded_.store(true, std::memory_order_relaxed); }
  void NoteGil();

  // Async-signal-safe.
  void Ask(LifeJudge::Wish wish);

  [[nodiscard]] bool is_ending() const { return is_ending_.load(std::memory_order_acquire); }
  [[nodiscard]] EndReason reason() const;
  // Something is only known when it is looked for: who shows no sign of it is told nothing.
  [[nodiscard]] bool watches_activity() const {
    return plan_.timers.inactivity_timeout.count() > 0;
  }
  [[nodiscard]] bool interrupts() const {
    return plan_.timers.request_timeout.count() > 0 && plan_.timers.interrupt_timeout.count() > 0;
  }

 private:
  void Run();
  void Look();
  LifeJudge::Phase Judge();
  void NoteEnd();
  void Wake();
  void HearWishes();
  void WaitUntil(TimePoint instant);
  [[noreturn]] void EndByForce() const;

  const KeeperPlan plan_;
  const TimePoint started_;
  const bool counts_time_;  // of requests
  RequestBoard board_;
  mutable std::mutex mutex_;
  LifeJudge judge_;                   // guarded
  std::optional<TimePoint> give_up_;  // guarded
  std::atomic<unsigned> wishes_{0};   // a bit for each
  std::atomic<bool> has_loaded_{false};
  std::atomic<std::int64_t> gil_taken_{0};
  std::atomic<bool> is_draining_{false};
  std::atomic<bool> waits_for_idleness_{false};
  std::atomic<bool> is_ending_{false};
  std::atomic<bool> must_stop_{false};
  base::UniqueFd wake_;
  std::thread thread_;
};

// While it lives, a request is inside the application.
class Presence {
 public:
  Presence(Keeper& keeper,
           RequestBoard::Seat& seat,
           Keeper::Activity activity = Keeper::Activity::Counts)
      : keeper_(keeper), seat_(seat), activity_(activity), turn_(keeper.Begin(seat, activity)) {}
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() { keeper_.End(seat_, activity_); }
  [[nodiscard]] std::uint64_t turn() const { return turn_; }

 private:
  Keeper& keeper_;
  RequestBoard::Seat& seat_;
  const Keeper::Activity activity_;
  const std::uint64_t turn_;
};

}  // namespace hosts::lifecycle
