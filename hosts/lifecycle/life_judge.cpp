#include "hosts/lifecycle/life_judge.h"

#include <algorithm>
#include <utility>

namespace hosts::lifecycle {

namespace {

constexpr auto kNothingDue = std::chrono::hours(1);
constexpr auto kSoon = std::chrono::milliseconds(100);

bool IsSet(std::chrono::seconds timer) {
  return timer.count() > 0;
}

}  // namespace

LifeJudge::LifeJudge(const deployment::ProcessTimers& timers, int threads, TimePoint started)
    : timers_(timers),
      overdue_after_(std::chrono::duration_cast<base::Clock::duration>(
          deployment::OverdueAfter(timers, threads))),
      started_(started) {}

LifeJudge::Phase LifeJudge::Look(const LifeSigns& signs) {
  signs_ = signs;
  next_look_ = signs.now + kNothingDue;
  if (phase_ == Phase::Ending) return phase_;
  HearWishes();
  LookAtRequests();
  LookAtClocks();
  LookAtDrain();
  ended_at_last_look_ = signs.ended;
  if (phase_ != Phase::Ending) LookFurther();
  return phase_;
}

// ---- what leads to the end ----

void LifeJudge::End(EndReason reason) {
  if (phase_ == Phase::Ending) return;
  if (phase_ == Phase::Serving) reason_ = reason;
  phase_ = Phase::Ending;
}

// Only the first counts (DAEMON-61).
void LifeJudge::Drain(EndReason reason, std::optional<TimePoint> deadline) {
  if (phase_ != Phase::Serving) return;
  phase_ = Phase::Draining;
  reason_ = reason;
  drain_deadline_ = deadline;
}

void LifeJudge::EndOrDrain(EndReason reason, std::optional<TimePoint> deadline) {
  if (signs_.inside.empty()) {
    End(reason);
  } else {
    Drain(reason, deadline);
  }
}

std::optional<TimePoint> LifeJudge::DeadlineIn(std::chrono::seconds drain) const {
  if (!IsSet(drain)) return std::nullopt;
  return signs_.now + drain;
}

std::optional<TimePoint> LifeJudge::GracefulDeadline() const {
  return DeadlineIn(timers_.graceful_timeout);
}

void LifeJudge::HearWishes() {
  const EndReason by_signal =
      IsSet(timers_.eviction_timeout) ? EndReason::EvictionSignal : EndReason::GracefulSignal;
  for (const Wish wish : std::exchange(wishes_, {})) {
    switch (wish) {
      case Wish::Terminate:
        End(EndReason::ShutdownSignal);
        break;
      case Wish::Reload:
        End(EndReason::ScriptReload);
        break;
      case Wish::Graceful:
        EndOrDrain(by_signal, DeadlineIn(deployment::DrainAtSignal(timers_)));
        break;
      case Wish::CpuLimit:
        if (!IsSet(timers_.graceful_timeout)) End(EndReason::CpuTimeLimit);
        EndOrDrain(EndReason::CpuTimeLimit, GracefulDeadline());
        break;
    }
  }
}

void LifeJudge::LookAtRequests() {
  const bool is_full = timers_.maximum_requests > 0 &&
                       signs_.ended >= static_cast<std::uint64_t>(timers_.maximum_requests);
  if (is_full && phase_ == Phase::Serving) {
    if (!IsSet(timers_.graceful_timeout)) End(EndReason::MaximumRequests);
    EndOrDrain(EndReason::MaximumRequests, GracefulDeadline());
  } else if (phase_ == Phase::Draining && reason_ == EndReason::MaximumRequests &&
             signs_.ended > ended_at_last_look_) {
    drain_deadline_ = GracefulDeadline();  // re-armed by each further request (DAEMON-31)
  }
  if (!IsSet(timers_.request_timeout)) return;
  const auto overdue = [this](const Inside& request) { return is_overdue(request); };
  if (std::count_if(signs_.inside.begin(), signs_.inside.end(), overdue) == 0) return;
  // Nobody else to wait for, or no time to do it.
  if (awaited() == 0 || !IsSet(timers_.graceful_timeout)) End(EndReason::RequestTimeout);
  Drain(EndReason::RequestTimeout, GracefulDeadline());
}

// Past its time and, with interrupt-timeout, past the time to end by the exception.
bool LifeJudge::is_overdue(const Inside& request) {
  if (signs_.now - request.begun < overdue_after_) return false;
  if (!IsSet(timers_.interrupt_timeout)) return true;
  const auto known = std::ranges::find_if(interrupted_, [&request](const Interrupted& one) {
    return one.seat == request.seat && one.turn == request.turn;
  });
  if (known != interrupted_.end()) {
    return signs_.now - known->at >= timers_.interrupt_timeout;
  }
  std::erase_if(interrupted_,
                [&request](const Interrupted& one) { return one.seat == request.seat; });
  interrupted_.push_back({request.seat, request.turn, signs_.now});
  interrupts_.push_back(request);
  return false;
}

// By the plain timeout, whatever the threads (DAEMON-35).
bool LifeJudge::is_stale(const Inside& request) const {
  return IsSet(timers_.request_timeout) &&
         signs_.now - request.begun >= deployment::StaleAfter(timers_);
}

std::size_t LifeJudge::awaited() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(signs_.inside, [this](const Inside& one) { return !is_stale(one); }));
}

void LifeJudge::LookAtClocks() {
  const TimePoint now = signs_.now;
  if (IsSet(timers_.restart_interval) && now >= started_ + timers_.restart_interval) {
    EndOrDrain(EndReason::RestartInterval, DeadlineIn(deployment::DrainAtRestart(timers_)));
  }
  is_inactive_ = IsSet(timers_.inactivity_timeout) && signs_.last_activity &&
                 now >= *signs_.last_activity + timers_.inactivity_timeout;
  if (is_inactive_ && signs_.inside.empty()) End(EndReason::InactivityTimeout);
  if (IsSet(timers_.startup_timeout) && signs_.first_request && !signs_.has_loaded &&
      now >= *signs_.first_request + timers_.startup_timeout) {
    End(EndReason::StartupTimeout);
  }
  if (IsSet(timers_.deadlock_timeout) && signs_.gil_taken &&
      now >= *signs_.gil_taken + timers_.deadlock_timeout) {
    End(EndReason::DeadlockTimeout);
  }
}

void LifeJudge::LookAtDrain() {
  if (phase_ != Phase::Draining) return;
  if (awaited() == 0 || (drain_deadline_ && signs_.now >= *drain_deadline_)) End(reason_);
}

// ---- when to look again ----

void LifeJudge::DueAt(TimePoint instant) {
  if (instant > signs_.now) next_look_ = std::min(next_look_, instant);
}

// What begins after this look cannot be due before a whole timer from now.
void LifeJudge::LookFurther() {
  const TimePoint now = signs_.now;
  if (drain_deadline_) DueAt(*drain_deadline_);
  if (IsSet(timers_.restart_interval)) DueAt(started_ + timers_.restart_interval);
  if (IsSet(timers_.inactivity_timeout)) {
    // Who is inside when it is due may be no activity (CFG-24), and gone in a moment.
    const TimePoint due = signs_.last_activity.value_or(now) + timers_.inactivity_timeout;
    DueAt(due > now ? due : now + kSoon);
  }
  if (IsSet(timers_.startup_timeout) && !signs_.has_loaded) {
    DueAt(signs_.first_request.value_or(now) + timers_.startup_timeout);
  }
  if (IsSet(timers_.deadlock_timeout)) {
    DueAt(signs_.gil_taken.value_or(now) + timers_.deadlock_timeout);
  }
  if (!IsSet(timers_.request_timeout)) return;
  DueAt(now + timers_.request_timeout);
  for (const Inside& request : signs_.inside) {
    DueAt(request.begun + overdue_after_);
    DueAt(request.begun + deployment::StaleAfter(timers_));
  }
  for (const Interrupted& one : interrupted_)
    DueAt(one.at + timers_.interrupt_timeout);
}

}  // namespace hosts::lifecycle
