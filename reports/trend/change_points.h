#pragma once
// FindChanges: at which runs series have changed, of many series at once.
//
// As E-divisive does, a series is split, if its parts are further apart than chance allows, and so are its parts; at the end each change is
// held once more against its neighbours alone. How far apart they are, ranks say (rank_scan.h); where the split is, the values: where both
// parts are closest to their medians. How rare it must be follows from all series together
// (Benjamini and Hochberg's steps): of what is called a change in the end, at most the share `rate` is none, and where nothing has changed,
// anything at all is called one in so many of a hundred calls, however many series there are.
//
// What is not seen: less than kLeastValues values say nothing; and runs of which each is like the one before it (a machine that is slow for a
// week) are no random order, and what that does to them is called a change: it is one, of the machine.
//
// Pure: the same series give the same answer.

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "reports/trend/rank_scan.h"

namespace reports::trend {

inline constexpr double kRate = 0.05;

struct Change {
  std::size_t at = 0;  // the first value that is different
  double before = 0;   // medians of the values from the change before it, and to the one after it
  double after = 0;
  double confidence =
      0;  // 1 less the rate at which something that is no change would have been called one for its sake
};

// The changes of each series, in order. Values are above 0.
[[nodiscard]] std::vector<std::vector<Change>> FindChanges(
    std::span<const std::vector<double>> series, ScanTable& table, double rate = kRate);

// A table that is fine enough for so many series.
[[nodiscard]] ScanTable TableFor(std::size_t series, double rate = kRate);

// How many values there must be, where so many series are asked.
[[nodiscard]] std::size_t FewestRuns(std::size_t series, double rate = kRate);

// What could have been found where nothing was. Keeps what it has worked out for a length.
class Sight {
 public:
  // `table` outlives it.
  Sight(std::size_t series, ScanTable& table, double rate = kRate);

  // The smallest step half-way that would have been called a change four times of five, if no other series had changed, as a share of the
  // level: 0.03 is 3 %. Absent: there are too few values for any.
  [[nodiscard]] std::optional<double> SmallestStep(std::span<const double> values,
                                                   const std::vector<Change>& changes);

 private:
  [[nodiscard]] double StepFor(std::size_t values);
  double level_;
  ScanTable& table_;
  std::map<std::size_t, double> steps_;  // in standard deviations, by the number of values
};

}  // namespace reports::trend
