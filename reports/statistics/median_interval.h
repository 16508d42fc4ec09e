#pragma once
// MedianInterval: where the median of what the values were drawn from lies, between two of the values
// (order statistics, from the exact binomial). Nothing is assumed of how they scatter: no normal law, no
// symmetry, no large number. Ties make it wider than it need be, never narrower.
// That the values are independent is assumed.
//
// Pure.
// Fails:   nothing where too few values make no interval of that confidence (MinimumSamples), or one is
//          no number.

#include <cstddef>
#include <optional>
#include <span>

namespace reports::statistics {

struct Interval {
  double low = 0;
  double high = 0;
  double confidence = 0;  // reached, at least what was asked for
};

// alpha, in (0, 1): how often the median may lie outside, half of it on each side.
[[nodiscard]] std::optional<Interval> MedianInterval(std::span<const double> values, double alpha);

// With how many values there is an interval at all: the whole range of them.
[[nodiscard]] int MinimumSamples(double alpha);

// Blocks in each of which one value stands beside some others, its references, of which each may as well have been it: all
// but for a shift. The differences between the value and each of its references are what is ranked, all of all blocks. How many
// of a block are above the true shift is then 0, 1, … or all of them, equally often, and nothing else is assumed: with one reference
// it is the exact binomial of paired differences, or of plain samples.
struct Blocks {
  std::size_t count = 0;
  std::size_t references = 1;  // in each

  [[nodiscard]] std::size_t differences() const { return count * references; }
};

// Counted from 1, from below or from above, the difference that the true shift lies beyond with a probability of
// at most `tail`: the larger, the narrower. 0 where even the outermost one is beyond it more often.
// With several references it is one less than it might be: so many differences use up all of `tail`, and what is not as it is
// assumed (a clock that ticks by hundredths of the value) would take the interval beyond it.
[[nodiscard]] std::size_t RankOfBound(Blocks blocks, double tail);

// How often the shift does lie beyond the difference of that rank; 0 for rank 0, as nothing is beyond nothing.
[[nodiscard]] double TailOfRank(Blocks blocks, std::size_t rank);

}  // namespace reports::statistics
