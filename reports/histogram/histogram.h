#pragma once
// Histogram: how often each latency was seen, 1 ns to 1 h with three significant digits, in the
// layout of HdrHistogram: 2,048 cells to a bucket, each bucket twice as coarse as the one before.
//
// Recording touches one counter and allocates nothing. 264 KiB each. Adding is exact: the sum of
// two is what one that had recorded everything would be.
//
// Threads: one at a time.
// Fails:   never; a value beyond an hour is counted as an hour.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace reports::histogram {

class Histogram {
 public:
  static constexpr std::int64_t kHighest = 3'600'000'000'000;  // an hour in ns
  static constexpr int kDigits = 3;
  static constexpr int kCellsOfBucket = 2048;

  Histogram();
  // With these counts, one for a cell, as many as there are: of least, greatest and mean it knows what
  // the cells say.
  [[nodiscard]] static Histogram OfCells(std::vector<std::int64_t> counts);

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

  // The counters themselves, as HdrHistogram numbers them.
  [[nodiscard]] std::span<const std::int64_t> cells() const { return counts_; }
  [[nodiscard]] static std::int64_t LowestAt(std::size_t cell);
  [[nodiscard]] static std::int64_t HighestAt(std::size_t cell);

 private:
  // GCC and clang have it; 64 bits would be full after 2.5 million hours.
  __extension__ using Sum = __int128;

  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  Sum sum_ = 0;
};

}  // namespace reports::histogram
