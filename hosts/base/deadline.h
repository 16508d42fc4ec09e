#pragma once
// Deadline: an instant on the monotonic clock by which something must have happened.

#include <algorithm>
#include <chrono>

namespace hosts::base {

using Clock = std::chrono::steady_clock;

class Deadline {
 public:
  static Deadline After(std::chrono::nanoseconds span) { return Deadline(Clock::now() + span); }
  static Deadline At(Clock::time_point instant) { return Deadline(instant); }

  [[nodiscard]] bool has_passed() const { return Clock::now() >= instant_; }
  [[nodiscard]] Clock::time_point instant() const { return instant_; }
  // Never negative.
  [[nodiscard]] std::chrono::nanoseconds remaining() const {
    return std::max(std::chrono::nanoseconds(0),
                    std::chrono::duration_cast<std::chrono::nanoseconds>(instant_ - Clock::now()));
  }
  // For poll() and epoll_wait(): milliseconds left, rounded up, never negative.
  [[nodiscard]] int poll_timeout_ms() const {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(remaining()).count();
    return static_cast<int>(std::min<long long>(ms, 1'000'000'000));
  }

 private:
  explicit Deadline(Clock::time_point instant) : instant_(instant) {}
  Clock::time_point instant_;
};

}  // namespace hosts::base
