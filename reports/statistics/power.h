#pragma once
// ChanceToDecide:  how often so many pairs come to a verdict, if the truth is so far from the margin and pairs
//                  scatter so much.
// PairsToDecide:   how many pairs come to one nearly always.
//
// For plans, and for what to do about "inconclusive"; no verdict is made from it. Unlike verdicts it takes the
// scatter of pairs for normal.
//
// Pure.

#include <optional>

namespace reports::statistics {

struct Truth {
  double distance = 0;  // of the logarithm of the true ratio from that of the margin, either way
  double spread = 0;    // of the logarithms of the pairs' ratios, as a standard deviation
};

// Where the truth is beyond the margin, that it is called regressed; where it is within, no worse.
[[nodiscard]] double ChanceToDecide(const Truth& truth, int pairs, double alpha);

inline constexpr double kNearlyAlways = 0.95;
inline constexpr int kMostPairs = 1000;

// Nothing when more than kMostPairs would be needed.
[[nodiscard]] std::optional<int> PairsToDecide(const Truth& truth,
                                               double alpha,
                                               double chance = kNearlyAlways);

}  // namespace reports::statistics
