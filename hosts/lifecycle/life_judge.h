#pragma once
// LifeJudge: decides when a daemon process has to end, from what is seen of it. It has no clock, thread or
// process of its own: whoever asks says what time it is.
//
// Serving goes over into Draining (requests are still taken; the first moment without one is the end) or
// straight into Ending; nothing leads back. The first cause is the reason (SHUT-5).
//
// Threads: one at a time.
// Source:  DAEMON-31 to DAEMON-40, DAEMON-60 to DAEMON-62.

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/deployment/process_timers.h"
#include "hosts/lifecycle/end_reason.h"

namespace hosts::lifecycle {

using TimePoint = base::Clock::time_point;

// A request that is inside the application.
struct Inside {
  std::size_t seat = 0;  // of the thread (request_board.h)
  std::uint64_t turn = 0;
  TimePoint begun{};
};

// What there is to see of a process.
struct LifeSigns {
  TimePoint now{};
  std::span<const Inside> inside;
  std::uint64_t ended = 0;  // requests, since the process began
  std::optional<TimePoint> first_request;
  std::optional<TimePoint> last_activity;  // nothing: there was none yet
  bool has_loaded = false;                 // a script, ever
  std::optional<TimePoint> gil_taken;      // last; nothing: nobody tries
};

class LifeJudge {
 public:
  LifeJudge(const deployment::ProcessTimers& timers, int threads, TimePoint started);

  enum class Phase { Serving, Draining, Ending };
  // Asked for from outside; judged by the next Look().
  enum class Wish { Terminate, Graceful, CpuLimit, Reload };
  void Ask(Wish wish) { wishes_.push_back(wish); }

  Phase Look(const LifeSigns& signs);

  [[nodiscard]] Phase phase() const { return phase_; }
  // Of Draining and Ending.
  [[nodiscard]] EndReason reason() const { return reason_; }
  // When something may become due by itself, as far as the last Look() could know.
  [[nodiscard]] TimePoint next_look() const { return next_look_; }
  // It would end for inactivity, if nobody were inside.
  [[nodiscard]] bool waits_for_idleness() const { return phase_ == Phase::Serving && is_inactive_; }
  // The requests that are to be interrupted, each told once (DAEMON-36).
  [[nodiscard]] std::vector<Inside> TakeInterrupts() { return std::exchange(interrupts_, {}); }

 private:
  struct Interrupted {
    std::size_t seat = 0;
    std::uint64_t turn = 0;
    TimePoint at{};
  };

  void End(EndReason reason);
  void Drain(EndReason reason, std::optional<TimePoint> deadline);
  void EndOrDrain(EndReason reason, std::optional<TimePoint> deadline);
  void HearWishes();
  void LookAtRequests();
  void LookAtClocks();
  void LookAtDrain();
  void LookFurther();
  [[nodiscard]] bool is_overdue(const Inside& request);
  [[nodiscard]] bool is_stale(const Inside& request) const;
  [[nodiscard]] std::size_t awaited() const;  // requests that hold up a drain
  [[nodiscard]] std::optional<TimePoint> DeadlineIn(std::chrono::seconds drain) const;  // 0: none
  [[nodiscard]] std::optional<TimePoint> GracefulDeadline() const;
  void DueAt(TimePoint instant);

  const deployment::ProcessTimers timers_;
  const base::Clock::duration overdue_after_;
  const TimePoint started_;
  Phase phase_ = Phase::Serving;
  EndReason reason_ = EndReason::ShutdownSignal;
  std::vector<Wish> wishes_;
  std::vector<Interrupted> interrupted_;
  std::vector<Inside> interrupts_;
  std::optional<TimePoint> drain_deadline_;
  std::uint64_t ended_at_last_look_ = 0;
  bool is_inactive_ = false;
  TimePoint next_look_{};
  LifeSigns signs_;  // of this Look()
};

}  // namespace hosts::lifecycle
