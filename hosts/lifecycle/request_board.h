#pragma once
// RequestBoard: which requests are inside the application now, and how many have been: one seat for each
// application thread. Writing costs a thread two stores to memory of its own.
//
// Owns:    the seats.
// Threads: a seat is written by its thread; everything may be read by any.

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "hosts/lifecycle/life_judge.h"

namespace hosts::lifecycle {

class RequestBoard {
 public:
  class Seat {
   public:
    explicit Seat(std::size_t number) : number_(number) {}
    [[nodiscard]] std::size_t number() const { return number_; }

   private:
    friend class RequestBoard;
    const std::size_t number_;
    std::atomic<std::int64_t> begun_{0};  // of the clock; 0: nobody is inside
    std::atomic<std::uint64_t> turn_{0};
  };

  // For the life of the board.
  [[nodiscard]] Seat& TakeSeat();
  void NoteActivity(TimePoint now);

  [[nodiscard]] std::vector<Inside> inside() const;
  [[nodiscard]] std::uint64_t ended() const { return ended_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::optional<TimePoint> first_request() const;
  [[nodiscard]] std::optional<TimePoint> last_activity() const;

  // By the seat's thread. The value: its turn, from 1 on.
  std::uint64_t Begin(Seat& seat, TimePoint now);
  // The value: how many have ended.
  std::uint64_t End(Seat& seat);

 private:
  mutable std::mutex mutex_;  // of the list; the seats stay where they are
  std::deque<Seat> seats_;
  std::atomic<std::uint64_t> ended_{0};
  std::atomic<std::int64_t> first_request_{0};
  std::atomic<std::int64_t> last_activity_{0};
};

}  // namespace hosts::lifecycle
