#pragma once
// Leadership: which thread runs the event loop, while requests are executed by the very thread
// that read them.
//
// The leader executes a request inline, so a fast application never pays for handing work (and the
// GIL) from thread to thread. When the leader stays inside the application for longer than the
// promotion delay, the monitor makes another thread the leader; the old one notices when it
// returns and becomes a follower. When every thread is inside the application, the monitor itself
// leads, without executing anything, so the loop never stops.
//
// The word: a sequence number and one bit, "inside the application". It changes at every entry,
// so the monitor recognises the entry that it saw before its delay.
//
// Threads: Enter and Leave by the leader; Observe and TryDepose by the monitor.

#include <atomic>
#include <cstdint>

namespace hosts::serving {

class Leadership {
 public:
  // The leader goes into the application; gives the ticket that Leave() wants.
  [[nodiscard]] std::uint64_t Enter() {
    const std::uint64_t inside = (word_.load(std::memory_order_relaxed) + kStep) | kInside;
    word_.store(inside, std::memory_order_seq_cst);
    return inside;
  }

  // Back from the application. True: still the leader.
  [[nodiscard]] bool Leave(std::uint64_t ticket) {
    return word_.compare_exchange_strong(ticket, ticket & ~kInside, std::memory_order_acq_rel);
  }

  [[nodiscard]] std::uint64_t Observe() const { return word_.load(std::memory_order_seq_cst); }
  [[nodiscard]] static bool IsInside(std::uint64_t word) { return (word & kInside) != 0; }

  // Takes the leadership from a leader that is still inside the application it was seen in.
  [[nodiscard]] bool TryDepose(std::uint64_t seen) {
    return word_.compare_exchange_strong(
        seen, (seen + kStep) & ~kInside, std::memory_order_acq_rel);
  }

 private:
  static constexpr std::uint64_t kInside = 1;
  static constexpr std::uint64_t kStep = 2;
  std::atomic<std::uint64_t> word_{0};
};

}  // namespace hosts::serving
