#pragma once
// Stay:  whether one thread is inside, in Python or on its way there, and since which entry.
// Stays: all of them, for whoever wants to know who has been inside for long.
//
// Costs a request two stores to memory that nobody else writes to.
//
// Owns:    nothing: a Stay enters itself, and leaves when it ends.
// Threads: a Stay lives on one thread; Look on any.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace hosts::applications {

class Stay;

class Stays {
 public:
  // By entry; a thread that is not inside has an even number.
  using Entries = std::vector<std::uint64_t>;
  // In an order of its own; who has come or gone since may make it look as if all had changed.
  [[nodiscard]] Entries Look();

 private:
  friend class Stay;
  std::mutex mutex_;
  std::vector<const Stay*> stays_;
};

class Stay {
 public:
  explicit Stay(Stays& all);
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;
  ~Stay();

  void Begin() { Step(); }
  void End() { Step(); }

 private:
  friend class Stays;
  void Step() {
    entries_.store(entries_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  Stays& all_;
  std::atomic<std::uint64_t> entries_{0};
};

// While it lives its thread is inside.
class [[nodiscard]] Staying {
 public:
  explicit Staying(Stay& stay) : stay_(stay) { stay_.Begin(); }
  Staying(const Staying&) = delete;
  Staying& operator=(const Staying&) = delete;
  ~Staying() { stay_.End(); }

 private:
  Stay& stay_;
};

}  // namespace hosts::applications
