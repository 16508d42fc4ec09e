#pragma once
// Schedule: the instants at which the requests of an open loop are due, one after the other.
//
// One schedule for all connections, of absolute instants: where the expected number of requests since
// the start reaches 0, 1, 2… (even arrivals), or the sums of exponential gaps (Poisson). At a constant
// rate that is start + i / rate, from the start alone, so that rounding does not add up and a
// late request moves no other. The instants follow from the profile, and are held nowhere.
//
// Threads: one at a time.

#include <chrono>
#include <cstdint>
#include <random>

#include "harness/load/profile.h"
#include "hosts/base/deadline.h"

namespace harness::load {

class Schedule {
 public:
  using Instant = hosts::base::Clock::time_point;

  // Of a profile that is an open loop. Counts the slots, which takes 20 ns for each Poisson arrival.
  Schedule(const LoadProfile& profile, Instant start);

  // Slots before the end of the duration.
  [[nodiscard]] std::int64_t slots() const { return slots_; }
  [[nodiscard]] std::int64_t passed() const { return passed_; }
  [[nodiscard]] bool is_over() const { return passed_ >= slots_; }
  // The instant of the next slot.
  [[nodiscard]] Instant due() const { return due_; }
  void Pass();
  // Begins later than was said; before the first slot has passed.
  void MoveTo(Instant start);

 private:
  [[nodiscard]] double ExpectedUntil(double seconds) const;
  [[nodiscard]] std::int64_t CountSlots();
  void Begin(std::uint64_t seed);
  void SetDue();

  Instant start_;
  double from_per_s_;
  double slope_per_s2_;
  double seconds_;
  Arrivals arrivals_;
  std::mt19937_64 random_;
  double expected_ = 0;  // requests since the start, where the next slot is
  std::int64_t slots_ = 0;
  std::int64_t passed_ = 0;
  Instant due_;
};

}  // namespace harness::load
