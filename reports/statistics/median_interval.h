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

// Counted from 1, from below or from above, the value that the median lies beyond with a probability of
// at most `tail`: the larger, the narrower. 0 where even the outermost one is beyond it more often.
[[nodiscard]] std::size_t RankOfBound(std::size_t samples, double tail);

// How often the median does lie beyond the value of that rank; 0 for rank 0, as nothing is beyond nothing.
[[nodiscard]] double TailOfRank(std::size_t samples, std::size_t rank);

}  // namespace reports::statistics
