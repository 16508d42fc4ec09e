#pragma once
// Seat:     what one application thread has done, in shared memory: a cache line of its own, which it alone
//           writes, so counting costs it a few stores.
// Presence: while it lives, a request is inside the application on that thread.
//
// Threads: a seat is written by its thread; read by any, of any process.

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace hosts::status {

// How often somebody has waited, and how long.
class WaitCounter {
 public:
  void Note(std::int64_t span) {
    const auto length = static_cast<std::uint64_t>(std::max<std::int64_t>(span, 0));
    Store(count_, Load(count_) + 1);
    Store(total_, Load(total_) + length);
    if (length > Load(longest_)) Store(longest_, length);
  }
  [[nodiscard]] std::uint64_t count() const { return Load(count_); }
  [[nodiscard]] std::uint64_t total() const { return Load(total_); }
  [[nodiscard]] std::uint64_t longest() const { return Load(longest_); }

 private:
  using Counter = std::atomic<std::uint64_t>;
  static std::uint64_t Load(const Counter& counter) {
    return counter.load(std::memory_order_relaxed);
  }
  static void Store(Counter& counter, std::uint64_t value) {
    counter.store(value, std::memory_order_relaxed);
  }

  Counter count_{0};
  Counter total_{0};
  Counter longest_{0};
};

// Requests of one writer: answered, and inside now.
class RequestCounter {
 public:
  void Begin() { Store(inside_, inside() + 1); }
  void End() { Store(inside_, inside() - 1); }
  void NoteAnswer() { Store(answered_, answered() + 1); }
  [[nodiscard]] std::uint64_t answered() const { return answered_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t inside() const { return inside_.load(std::memory_order_relaxed); }

 private:
  using Counter = std::atomic<std::uint64_t>;
  static void Store(Counter& counter, std::uint64_t value) {
    counter.store(value, std::memory_order_relaxed);
  }

  Counter answered_{0};
  Counter inside_{0};
};

struct alignas(64) Seat {
  RequestCounter requests;
  WaitCounter queue_us;  // from the last byte of a request's head to a thread that answers it
  WaitCounter gil_ns;    // from then until it has the GIL
};
static_assert(sizeof(Seat) == 64);

// The seat may be null: then nothing is counted.
class Presence {
 public:
  explicit Presence(Seat* seat) : seat_(seat) {
    if (seat_ != nullptr) seat_->requests.Begin();
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence() {
    if (seat_ != nullptr) seat_->requests.End();
  }
  void NoteAnswer() {
    if (seat_ != nullptr) seat_->requests.NoteAnswer();
  }

 private:
  Seat* seat_;
};

}  // namespace hosts::status
