#pragma once
// Metrics: what samples of an experiment say of an arm: names, units, and which direction is worse.
//
// Fails:   FindMetric: null for a name that is none.

#include <span>
#include <string>
#include <string_view>

#include "reports/statistics/paired.h"

namespace reports::compare {

enum class Unit { Microseconds, Milliseconds, Kibibytes, PerSecond };

struct Metric {
  std::string_view name;   // in the values of a sample
  std::string_view title;  // for people
  Unit unit;
  statistics::Worse worse;
  bool is_time;  // the machine's mood is in it: the controls judge it
};

[[nodiscard]] std::span<const Metric> Metrics();
[[nodiscard]] const Metric* FindMetric(std::string_view name);
[[nodiscard]] std::string Written(const Metric& metric, double value);

}  // namespace reports::compare
