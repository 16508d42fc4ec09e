#pragma once
// Schedule: the instants at which the requests of an open loop are due: start + i / rate, from the
// start alone, so that rounding does not add up and a late request moves no other.

#include <chrono>
#include <cmath>
#include <cstdint>

#include "hosts/base/deadline.h"

namespace harness::load {

class Schedule {
 public:
  using Instant = hosts::base::Clock::time_point;

  Schedule(Instant start, double rate_per_s, std::chrono::nanoseconds duration)
      : start_(start),
        gap_ns_(1e9 / rate_per_s),
        slots_(static_cast<std::int64_t>(
            std::ceil(static_cast<double>(duration.count()) / gap_ns_ - 1e-9))) {}

  // Slots before the end of the duration.
  [[nodiscard]] std::int64_t slots() const { return slots_; }
  [[nodiscard]] Instant At(std::int64_t slot) const {
    return start_ + std::chrono::nanoseconds(std::llround(static_cast<double>(slot) * gap_ns_));
  }

 private:
  Instant start_;
  double gap_ns_;
  std::int64_t slots_;
};

}  // namespace harness::load
