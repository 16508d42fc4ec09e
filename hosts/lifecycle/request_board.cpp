#include "hosts/lifecycle/request_board.h"

namespace hosts::lifecycle {

namespace {

std::int64_t CountOf(TimePoint instant) {
  return instant.time_since_epoch().count();
}

TimePoint InstantOf(std::int64_t count) {
  return TimePoint(base::Clock::duration(count));
}

std::optional<TimePoint> InstantOrNothing(std::int64_t count) {
  if (count == 0) return std::nullopt;
  return InstantOf(count);
}

}  // namespace

RequestBoard::Seat& RequestBoard::TakeSeat() {
  const std::lock_guard lock(mutex_);
  return seats_.emplace_back(seats_.size());
}

std::uint64_t RequestBoard::Begin(Seat& seat, TimePoint now) {
  const std::uint64_t turn = seat.turn_.load(std::memory_order_relaxed) + 1;
  seat.turn_.store(turn, std::memory_order_relaxed);
  seat.begun_.store(CountOf(now), std::memory_order_release);
  if (first_request_.load(std::memory_order_relaxed) == 0) {
    std::int64_t nothing = 0;
    first_request_.compare_exchange_strong(nothing, CountOf(now));
  }
  return turn;
}

std::uint64_t RequestBoard::End(Seat& seat) {
  // In one order with the reading of whoever waits for the last to end (Keeper::Look).
  seat.begun_.store(0, std::memory_order_seq_cst);
  return ended_.fetch_add(1, std::memory_order_seq_cst) + 1;
}

void RequestBoard::NoteActivity(TimePoint now) {
  last_activity_.store(CountOf(now), std::memory_order_relaxed);
}

std::vector<Inside> RequestBoard::inside() const {
  std::vector<Inside> inside;
  const std::lock_guard lock(mutex_);
  for (const Seat& seat : seats_) {
    const auto begun = seat.begun_.load(std::memory_order_seq_cst);
    if (begun == 0) continue;
    inside.push_back({seat.number_, seat.turn_.load(std::memory_order_relaxed), InstantOf(begun)});
  }
  return inside;
}

std::optional<TimePoint> RequestBoard::first_request() const {
  return InstantOrNothing(first_request_.load(std::memory_order_relaxed));
}

std::optional<TimePoint> RequestBoard::last_activity() const {
  return InstantOrNothing(last_activity_.load(std::memory_order_relaxed));
}

}  // namespace hosts::lifecycle
