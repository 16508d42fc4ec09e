#pragma once
// FindTrend: what became of each series of a history: since which run it is at its level, how it came there, and what could have been
//            found where nothing was.
//
// Pure: the same runs give the same answer, in whatever order they are named.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reports/trend/change_points.h"
#include "reports/trend/history.h"

namespace reports::trend {

struct SeriesTrend {
  Series series;
  std::vector<Change> changes;
  std::optional<double> smallest_step;  // that would have been seen; 0.03 is 3 %
};

struct Trend {
  History history;                  // its series have been moved into `series`
  std::vector<SeriesTrend> series;  // in the order of the history
  std::size_t judged = 0;           // series with enough runs to say anything at all
  std::size_t fewest_runs = 0;      // that a change of one series alone could be seen in
  double rate = kRate;
  std::vector<std::string> remarks;  // what whoever reads it has to know, in sentences
};

[[nodiscard]] Trend FindTrend(std::vector<Run> runs, const Choice& choice, double rate = kRate);

// How many times as bad it is as before: 1.05 is 5 % worse, in whichever direction worse lies.
[[nodiscard]] double WorseningOf(const compare::Metric& metric, const Change& change);

// The series whose newest level is worse than the one before it by more than `margin`.
[[nodiscard]] std::vector<const SeriesTrend*> WorseNow(const Trend& trend, double margin);

}  // namespace reports::trend
