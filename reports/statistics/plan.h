#pragma once
// ComparisonPlan:  how often a comparison may be looked at, and what may go wrong each time: decided, and
//                  written down, before anything is measured. Who looks as often as he likes finds what he likes.
// WhyUnreachable:  a plan with which nothing could ever be found to be worse is no gate.
//
// Pure.

#include <optional>
#include <string>

#include "reports/statistics/paired.h"

namespace reports::statistics {

// The first look that is not inconclusive stands, and ends the measurement.
struct ComparisonPlan {
  int pairs = 0;        // up to the first look
  int more = 0;         // from one look to the next
  int looks = 1;        // at most
  int comparisons = 1;  // of the family: metrics and cells
  double alpha = kAlpha;

  // What CompareFamily is given at each look: alpha is spent equally on them.
  [[nodiscard]] double AlphaOfLook() const { return alpha / looks; }
  // At how many pairs the look takes place, counted from 0.
  [[nodiscard]] int PairsAt(int look) const { return pairs + look * more; }
  [[nodiscard]] int MostPairs() const { return PairsAt(looks - 1); }
  // Which look is planned at this number of pairs; nothing where none is, and none may be taken.
  [[nodiscard]] std::optional<int> LookAt(int pairs_measured) const;
};

// How many pairs it takes until the worst of results would be called "regressed".
[[nodiscard]] int PairsNeeded(int comparisons, int looks, double alpha);

// Why not even its last look could find anything, in a sentence that says what to change; nothing
// where it can.
[[nodiscard]] std::optional<std::string> WhyUnreachable(const ComparisonPlan& plan);

}  // namespace reports::statistics
