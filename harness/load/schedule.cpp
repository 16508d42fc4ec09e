#include "harness/load/schedule.h"

#include <cmath>

namespace harness::load {

namespace {

// Exponential with mean 1. Not the library's distribution: the same seed is the same schedule everywhere.
double Gap(std::mt19937_64& random) {
  constexpr double kUnit = 0x1p-53;
  return -std::log1p(-static_cast<double>(random() >> 11U) * kUnit);
}

}  // namespace

Schedule::Schedule(const LoadProfile& profile, Instant start)
    : start_(start),
      from_per_s_(profile.rate_per_s),
      seconds_(std::chrono::duration<double>(profile.duration).count()),
      arrivals_(profile.arrivals) {
  const double to_per_s = profile.ramp_to_per_s.value_or(from_per_s_);
  slope_per_s2_ = (to_per_s - from_per_s_) / seconds_;
  Begin(profile.seed);
  slots_ = CountSlots();
  Begin(profile.seed);
}

void Schedule::Begin(std::uint64_t seed) {
  random_.seed(seed);
  passed_ = 0;
  expected_ = arrivals_ == Arrivals::Poisson ? Gap(random_) : 0;
  SetDue();
}

void Schedule::Pass() {
  ++passed_;
  expected_ =
      arrivals_ == Arrivals::Poisson ? expected_ + Gap(random_) : static_cast<double>(passed_);
  SetDue();
}

void Schedule::MoveTo(Instant start) {
  due_ += start - start_;
  start_ = start;
}

double Schedule::ExpectedUntil(double seconds) const {
  return seconds * (from_per_s_ + slope_per_s2_ * seconds / 2);
}

std::int64_t Schedule::CountSlots() {
  const double total = ExpectedUntil(seconds_);
  if (arrivals_ == Arrivals::Even) return static_cast<std::int64_t>(std::ceil(total - 1e-9));
  for (; expected_ < total; expected_ += Gap(random_))
    ++passed_;
  return passed_;
}

// expected = from * t + slope * t^2 / 2, solved for t in the form that holds for a slope of 0, too.
void Schedule::SetDue() {
  const double root =
      std::sqrt(std::max(0.0, from_per_s_ * from_per_s_ + 2 * slope_per_s2_ * expected_));
  const double seconds = expected_ == 0 ? 0 : 2 * expected_ / (from_per_s_ + root);
  due_ = start_ + std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

}  // namespace harness::load
