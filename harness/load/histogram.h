#pragma once
// Histogram: how often each latency was seen, 1 ns to 1 h with three significant digits, in the
// layout of HdrHistogram: 2,048 cells to a bucket, each bucket twice as coarse as the one before.
//
// Recording touches one counter and allocates nothing. 264 KiB each.
//
// Threads: one at a time.
// Fails:   never; a value beyond an hour is counted as an hour.

#include <cstdint>
#include <functional>
#include <vector>

namespace harness::load {

class Histogram {
 public:
  Histogram();

  void Record(std::int64_t value_ns);
  void Add(const Histogram& other);

  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] std::int64_t min_ns() const { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::int64_t max_ns() const { return max_; }
  [[nodiscard]] double mean_ns() const;
  // The highest value of the cell in which the percentile (0 to 100) lies; 0 when empty.
  [[nodiscard]] std::int64_t ValueAt(double percentile) const;
  // Whether at least ten samples lie beyond the percentile: below that it is an anecdote.
  [[nodiscard]] bool Supports(double percentile) const;
  // Every cell that holds something, in order: its highest value and its count.
  void ForEach(const std::function<void(std::int64_t value_ns, std::int64_t count)>& visit) const;

 private:
  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace harness::load
