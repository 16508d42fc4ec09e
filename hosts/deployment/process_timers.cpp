#include "hosts/deployment/process_timers.h"

#include <algorithm>
#include <cmath>

namespace hosts::deployment {

namespace {

using Seconds = ProcessTimers::Seconds;

Seconds Either(Seconds first, Seconds otherwise) {
  return first.count() > 0 ? first : otherwise;
}

}  // namespace

std::chrono::duration<double> OverdueAfter(const ProcessTimers& timers, int threads) {
  using Fractions = std::chrono::duration<double>;
  constexpr Fractions kLongest = std::chrono::years(100);  // which any clock can still add to now
  const double scale = 1 + std::log(static_cast<double>(std::max(threads, 1)));
  return std::min(Fractions(timers.request_timeout) * scale, kLongest);
}

Seconds StaleAfter(const ProcessTimers& timers) {
  return timers.request_timeout + timers.interrupt_timeout;
}

Seconds DrainAtRestart(const ProcessTimers& timers) {
  return Either(timers.graceful_timeout, timers.eviction_timeout);
}

Seconds DrainAtSignal(const ProcessTimers& timers) {
  return Either(timers.eviction_timeout, timers.graceful_timeout);
}

Seconds KilledAfterCpuTime(const ProcessTimers& timers) {
  return timers.cpu_time_limit + timers.shutdown_timeout + Seconds(1);
}

}  // namespace hosts::deployment
