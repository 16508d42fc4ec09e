#pragma once
// Hiccups: how late a thread is woken that sleeps a millisecond again and again. What is late for it was late for
// whoever was measured at that time: the machine's doing, not the host's.
//
// Owns:    a thread, from its making until Stop() or its end.
// Fails:   never; a window that is too short for a percentile has none.

#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

namespace harness::sampling {

struct HiccupSummary {
  std::int64_t count = 0;  // sleeps
  std::optional<std::chrono::nanoseconds> p99;
  std::chrono::nanoseconds max{0};
};

// Pure. One that overslept by several sleeps has hidden those that would have come in between: they are counted as
// well, each with the lateness it would have had.
[[nodiscard]] HiccupSummary Summarize(std::vector<std::chrono::nanoseconds> late,
                                      std::chrono::nanoseconds interval);

class Hiccups {
 public:
  Hiccups();
  Hiccups(const Hiccups&) = delete;
  Hiccups& operator=(const Hiccups&) = delete;
  ~Hiccups() = default;

  // Ends the thread; once.
  [[nodiscard]] HiccupSummary Stop();

 private:
  void Watch(const std::stop_token& stop);

  std::vector<std::chrono::nanoseconds> late_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace harness::sampling
