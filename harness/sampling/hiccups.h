#pragma once
// Hiccups: how late a thread is woken that sleeps a millisecond again and again. What is late for it was late for
// whoever was measured at that time: the machine's doing, not the host's.
//
// Owns:    a thread, from its making until Stop() or its end.
// Fails:   never; a window that is too short for a percentile does not support it.

#include <chrono>
#include <thread>

#include "reports/histogram/histogram.h"

namespace harness::sampling {

using reports::histogram::Histogram;

// One sleep of `interval` that ended `late`. One that overslept by several sleeps has hidden those that would have come in
// between: they are counted as well, each with the lateness it would have had.
void RecordLate(std::chrono::nanoseconds late,
                std::chrono::nanoseconds interval,
                Histogram& histogram);

class Hiccups {
 public:
  Hiccups();
  Hiccups(const Hiccups&) = delete;
  Hiccups& operator=(const Hiccups&) = delete;
  ~Hiccups() = default;

  // Ends the thread; once.
  [[nodiscard]] Histogram Stop();

 private:
  void Watch(const std::stop_token& stop);

  Histogram late_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace harness::sampling
