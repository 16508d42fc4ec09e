#pragma once
// MetricsOf: every number that a record holds, one after the other, each with its name, its unit, which direction is worse, and how far it can
// be believed. What programs that keep or chart numbers are given is made of this list.
//
// There is no list of metrics here: those of cells, of micro-benchmarks and what is counted are the vocabulary of rules (reports/gate), those
// of experiments are reports/compare's. Names end with their unit, as in a record: "latency_p99_us"; where a metric is measured in
// several loops or at several moments, the usual one has the plain name: "latency_p99_us" is of the open loop, and there is
// "latency_p99_closed_us" beside it.
//
// Pure. A value that is no number is left out.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/gate/measured.h"
#include "reports/record/record.h"
#include "reports/statistics/paired.h"

namespace reports::metrics {

struct MetricValue {
  std::string
      subject;  // a cell's id, "EXPERIMENT: ARM", a micro-benchmark's name, "run" for what is counted
  std::string cell;       // id; empty of what no cell has
  std::string name;       // "latency_p99_us"
  std::string_view unit;  // "us", "ms", "KiB", "requests/s", "share", "ratio", "" for counts
  statistics::Worse worse = statistics::Worse::Larger;
  double value = 0;
  // Of the median, with 95 % confidence; of a ratio as its experiment judges it. Absent where it was measured once.
  std::optional<double> low;
  std::optional<double> high;
  std::optional<std::int64_t> n;  // answers, repetitions or blocks behind it
  gate::Trust trust = gate::Trust::Full;
  std::string reason;  // why it is not to be trusted
  bool is_figure =
      false;  // one of the few that are compared from run to run: experiments have the same
};

[[nodiscard]] std::vector<MetricValue> MetricsOf(const record::Record& record);

}  // namespace reports::metrics
