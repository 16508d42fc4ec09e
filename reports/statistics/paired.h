#pragma once
// ComparePaired:  how a candidate stands against a base, from pairs that were measured side by side: the
//                 median of the logarithms of their ratios, its interval, and what follows from it.
//                 Where the base was measured several times in every block, the candidate stands against each of them:
//                 the ratios are all of a block's, and the interval is narrower.
// CompareFamily:  the same of many at once (metrics, cells), with what may go wrong shared among them by
//                 Holm's steps.
//
// A value of zero is a value: its ratio is 0 or infinite, and both zero are a tie. What is no value at all (no
// number, infinite, negative) is a pair that is missing: it stands at both ends of the interval, as
// whatever it was, so that a candidate cannot win by what it failed to measure.
//
// Pure.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "reports/statistics/median_interval.h"

namespace reports::statistics {

// What is worse of two values of a metric: latency is worse when larger, requests/s when smaller.
enum class Worse { Larger, Smaller };

enum class Verdict {
  Regressed,     // worse by more than the margin
  NoWorse,       // whatever it is, it is not worse by more than the margin
  Improved,      // better
  Inconclusive,  // the interval leaves open which
};
[[nodiscard]] std::string_view Name(Verdict verdict);  // "no worse"

inline constexpr double kMargin = 0.02;
inline constexpr double kAlpha = 0.05;
// For asking again about what was called regressed. Of code that is at the margin itself, kAlpha / 2 of the first answers are
// wrong, and a fifth of these is not taken back: one alarm in 200.
inline constexpr double kConfirmingAlpha = 0.4;

// The verdict asks of the whole interval. Where smaller is worse, 1 + margin stands for its reciprocal:
// twice as slow and half as many are the same.
struct Judging {
  double margin = kMargin;  // how much worse is still no matter: 0.02 is 2 %; more than -1
  double alpha = kAlpha;    // half of it is how often "regressed" may be wrong, half "no worse"
  Worse worse = Worse::Larger;
};

struct Comparison {
  double ratio = 1;   // candidate / base
  Interval interval;  // of the ratio: 0 and infinity where too few pairs make none
  Verdict verdict = Verdict::Inconclusive;
  // A change for the worse that would have been seen: 0.05 is 5 %; may be infinite.
  double detectable = 0;
  int pairs = 0;    // blocks, where there are several bases; those missing included
  int ties = 0;     // with the first base
  int missing = 0;  // in which anything was missing
  // Of the logarithms of the ratios, as a standard deviation; from medians, so that outliers do not count.
  double spread = 0;
  double alpha = 0;  // what the interval may be wrong at most: its share of that of the family
};

// The spans are of the same length, and what has the same index was measured side by side.
// Nothing when every pair is missing.
[[nodiscard]] std::optional<Comparison> ComparePaired(std::span<const double> base,
                                                      std::span<const double> candidate,
                                                      const Judging& judging);

struct PairedSeries {
  std::vector<double> base;
  std::vector<double> candidate;
  double margin = kMargin;
  Worse worse = Worse::Larger;
  // The base again, as often as it was measured besides in the same blocks, each as long as `base`. In every block each of the bases
  // must have had the candidate's chances: its place in the order by lot, the same life.
  std::vector<std::vector<double>> again = {};
};

// One for each of the family, in its order. Of all the family, "regressed" is wrong anywhere at most in
// alpha / 2 of the runs; so is "no worse", and so is "improved" (Holm's steps for each of the three). The ends of an
// interval are those of the step at which its side was decided, or was still open.
[[nodiscard]] std::vector<std::optional<Comparison>> CompareFamily(
    std::span<const PairedSeries> family, double alpha);

}  // namespace reports::statistics
