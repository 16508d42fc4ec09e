#include "hosts/daemon/generation.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>

namespace hosts::daemon {

namespace {

constexpr auto kQuickEnd = std::chrono::seconds(5);
constexpr auto kFirstDelay = std::chrono::milliseconds(100);
constexpr auto kLongestDelay = std::chrono::seconds(20);
constexpr auto kForkAgain = std::chrono::seconds(1);
constexpr auto kGoneSoon = std::chrono::seconds(1);  // who was killed
constexpr auto kLongest = std::chrono::hours(1);

}  // namespace

std::vector<pid_t> Generation::pids() const {
  std::vector<pid_t> pids;
  for (const Child& child : children_)
    pids.push_back(child.pid);
  return pids;
}

// ---- starting ----

// One that is leaving keeps up whom its clients still need.
bool Generation::IsWanted(std::size_t index, bool may_be_alone) const {
  const Role& role = roles_[index];
  if (role.is_alone && !is_first() && (state_ != State::Serving || !may_be_alone)) return false;
  if (state_ == State::Stopping) return false;
  if (state_ == State::Leaving) {
    const auto order = order_of_ending();
    return !role.is_alone && order.has_value() && role.stop_order > *order;
  }
  return true;
}

bool Generation::IsItsTurn(std::size_t index) const {
  if (is_first() || state_ != State::Starting) return true;
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    const bool goes_before = roles_[i].stop_order > roles_[index].stop_order && !roles_[i].is_alone;
    if (goes_before && !children_[i].was_ready) return false;
  }
  return true;
}

std::vector<std::size_t> Generation::Missing(Instant now, bool may_be_alone) const {
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    const bool is_due = children_[i].pid < 0 && children_[i].start_not_before <= now;
    if (is_due && IsWanted(i, may_be_alone) && IsItsTurn(i)) missing.push_back(i);
  }
  return missing;
}

void Generation::NoteStarted(std::size_t index, pid_t pid, Instant now) {
  Child& child = children_[index];
  child.pid = pid;
  child.is_ready = false;
  child.told = 0;
  child.started_at = now;
}

void Generation::NoteForkFailed(std::size_t index, Instant now) {
  children_[index].start_not_before = now + kForkAgain;
}

void Generation::NoteReady(std::size_t index) {
  if (index >= children_.size() || children_[index].pid < 0) return;
  children_[index].is_ready = children_[index].was_ready = true;
}

void Generation::NoteEnded(std::size_t index, int wait_status, Instant now) {
  Child& child = children_[index];
  const bool cannot_start = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == kCannotStart;
  // Others are there to answer where this one replaces them: it is given one chance.
  const bool is_hopeless = cannot_start || !is_first();
  if (state_ == State::Starting && !child.was_ready && is_hopeless) failed_ = roles_[index].name;
  child.pid = -1;
  child.is_ready = false;
  // One that served and ended in order has had its reason, maximum-requests or a changed script.
  const bool has_failed =
      !child.was_ready || !WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0;
  DelayNextStart(child, index, has_failed, now);
}

void Generation::DelayNextStart(Child& child, std::size_t index, bool has_failed, Instant now) {
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

bool Generation::has_started() const {
  if (state_ != State::Starting) return false;
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    const bool is_awaited = is_first() || !roles_[i].is_alone;
    if (is_awaited && !children_[i].is_ready) return false;
  }
  return true;
}

// ---- ending ----

std::optional<int> Generation::order_of_ending() const {
  std::optional<int> lowest;
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    if (children_[i].pid < 0 || roles_[i].is_alone) continue;
    if (!lowest || roles_[i].stop_order < *lowest) lowest = roles_[i].stop_order;
  }
  return lowest;
}

// One that does not serve yet has no clients to wait for.
int Generation::FirstSignal(std::size_t index) const {
  const bool has_clients = state_ == State::Leaving && children_[index].is_ready;
  return has_clients ? roles_[index].leave_signal : SIGTERM;
}

std::vector<Generation::Signal> Generation::DueSignals(Instant now) {
  std::vector<Signal> signals;
  if (!is_ending()) return signals;
  const auto order = order_of_ending();
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    Child& child = children_[i];
    const bool is_at_once = roles_[i].is_alone && state_ == State::Leaving;
    const bool must_wait = !is_at_once && order && roles_[i].stop_order > *order;
    if (child.pid < 0 || (child.told == 0 && must_wait)) continue;
    int next = 0;
    if (child.told == 0 || (state_ == State::Stopping && child.told == roles_[i].leave_signal &&
                            child.told != SIGTERM)) {
      next = FirstSignal(i);
      child.told_at = now;
    } else if (child.told == SIGTERM && now >= child.told_at + roles_[i].stop_grace) {
      next = SIGKILL;
    }
    if (next == 0) continue;
    child.told = next;
    signals.push_back({i, child.pid, next});
  }
  return signals;
}

bool Generation::has_ended() const {
  return is_ending() &&
         std::ranges::all_of(children_, [](const Child& child) { return child.pid < 0; });
}

bool Generation::has_one_alone() const {
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    if (roles_[i].is_alone && children_[i].pid > 0) return true;
  }
  return false;
}

Generation::Instant Generation::NextLook(bool may_be_alone) const {
  const Instant now = base::Clock::now();
  Instant next = now + kLongest;
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    const Child& child = children_[i];
    if (child.pid < 0) {
      const bool is_to_start = IsWanted(i, may_be_alone) && IsItsTurn(i);
      if (is_to_start) next = std::min(next, child.start_not_before);
    } else if (child.told == SIGTERM) {
      next = std::min(next, child.told_at + roles_[i].stop_grace);
    } else if (child.told == SIGKILL) {
      next = std::min(next, now + kGoneSoon);
    }
  }
  return next;
}

}  // namespace hosts::daemon
