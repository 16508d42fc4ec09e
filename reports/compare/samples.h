#pragma once
// SamplesOfAttempt: the samples of one attempt of an experiment, a row for each block, and from them the pairs that are compared.
//
// Against what: a time is compared with all that ran the baseline's code in the same block (the baseline, the baseline again, its twin;
// not with itself): what the machine did to one of them weighs less. Sizes are compared with the baseline alone.
//
// Owns: nothing; the record must outlive it.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/compare/metrics.h"
#include "reports/record/record.h"
#include "reports/statistics/paired.h"

namespace reports::compare {

class SamplesOfAttempt {
 public:
  SamplesOfAttempt(const record::Record& record, const record::Experiment& plan);

  // In the metric's unit, with its direction and the plan's margin, of all blocks in which the arm and what it is compared with were
  // measured. A value that some of them alone have not is none. A block that it or the baseline has lost is a pair without values, which may
  // have been any: who fails when he is slow must not win by it. One that another arm has lost is left out.
  [[nodiscard]] statistics::PairedSeries SeriesOf(const record::Arm& arm,
                                                  const Metric& metric) const;

  // The worst hiccup of each sample.
  [[nodiscard]] std::vector<double> hiccups() const;
  [[nodiscard]] int lost() const;  // blocks in which an arm failed
  [[nodiscard]] int complete() const { return static_cast<int>(rows_.size()) - lost(); }

 private:
  using Row = std::map<std::string, const record::Sample*>;

  static bool HasProblem(const Row& row);
  static bool HasFailed(const Row& row, std::string_view arm);
  static std::optional<double> Value(const Row& row, std::string_view arm, const Metric& metric);

  const record::Experiment& plan_;
  std::map<int, Row> rows_;
};

}  // namespace reports::compare
