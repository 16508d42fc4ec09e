#pragma once
// Metrics: what a rule can ask about: the metrics, their aggregates and labels. The one table: what is
//          parsed, what errors propose, and the page rules.md are made from it.
//
// Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/statistics/paired.h"

namespace reports::gate {

// What kind of number; each is kept in one unit: microseconds, KiB, requests per second, the share of 1.
enum class Dimension { Count, Time, Size, Rate, Share };

struct Aggregate {
  std::string_view name;
  Dimension dimension;
  std::string_view meaning;
  statistics::Worse worse = statistics::Worse::Larger;
};

enum class Extent {
  Cell,   // one value for each cell, and a rule holds for every one
  Count,  // what is counted in all lines that fit
};

enum class Percentiles {
  None,
  Four,  // those that are in the record: p(50), p(90), p(99), p(99.9)
  Any,   // there is a histogram
};

struct Metric {
  std::string_view name;
  std::string_view meaning;
  Extent extent = Extent::Cell;
  Percentiles percentiles = Percentiles::None;
  bool is_conformance = false;  // broken, the product is wrong, not slow
  std::span<const std::string_view> labels;
  std::span<const Aggregate> aggregates;
};

[[nodiscard]] std::span<const Metric> Metrics();
[[nodiscard]] const Metric* FindMetric(std::string_view name);
[[nodiscard]] const Aggregate* FindAggregate(const Metric& metric, std::string_view name);
// What p(N) of the metric is.
[[nodiscard]] const Aggregate& PercentileAggregate();

struct Unit {
  std::string_view name;
  Dimension dimension;
  double factor;  // into the unit in which the dimension is kept
};
[[nodiscard]] std::span<const Unit> Units();
[[nodiscard]] const Unit* FindUnit(std::string_view name);
// "us, ms, s"; empty for counts, which have none.
[[nodiscard]] std::string UnitsOf(Dimension dimension);

// The value as people write it: "1.24 ms".
[[nodiscard]] std::string Shown(double value, Dimension dimension);

// The table as Markdown.
[[nodiscard]] std::string MetricsTable();

}  // namespace reports::gate
