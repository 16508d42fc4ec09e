#include "reports/histogram/hgrm.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

namespace reports::histogram {

namespace {

constexpr double kTicks = 5;  // lines for each halving of the distance to 100 %
constexpr double kNsPerMs = 1e6;

double Milliseconds(double ns) {
  return ns / kNsPerMs;
}

double Next(double percentile) {
  const double halvings = std::floor(std::log2(100 / (100 - percentile))) + 1;
  return percentile + 100 / (kTicks * std::exp2(halvings));
}

double Middle(std::size_t cell) {
  const std::int64_t lowest = Histogram::LowestAt(cell);
  const std::int64_t width = Histogram::HighestAt(cell) - lowest + 1;
  return static_cast<double>(lowest + width / 2);
}

// Of what the cells hold, as HdrHistogram does it: their middles.
struct Moments {
  double mean = 0;
  double deviation = 0;
};

Moments MomentsOf(const Histogram& histogram) {
  if (histogram.count() == 0) return {};
  const auto cells = histogram.cells();
  const auto count = static_cast<double>(histogram.count());
  Moments moments;
  for (std::size_t cell = 0; cell < cells.size(); ++cell)
    moments.mean += Middle(cell) * static_cast<double>(cells[cell]) / count;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const double away = Middle(cell) - moments.mean;
    moments.deviation += away * away * static_cast<double>(cells[cell]) / count;
  }
  moments.deviation = std::sqrt(moments.deviation);
  return moments;
}

}  // namespace

std::string ToHgrm(const Histogram& histogram) {
  std::string text = fmt::format(
      "{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  const auto cells = histogram.cells();
  const auto count = static_cast<double>(histogram.count());
  double percentile = 0;
  std::int64_t seen = 0;
  for (std::size_t cell = 0; cell < cells.size() && seen < histogram.count(); ++cell) {
    if (cells[cell] == 0) continue;
    seen += cells[cell];
    const double value = Milliseconds(static_cast<double>(Histogram::HighestAt(cell)));
    const double reached = 100 * static_cast<double>(seen) / count;
    // The last cell reaches all that is below 100 %; one line says the rest of it.
    while (percentile <= reached) {
      text += fmt::format("{:12.3f} {:2.12f} {:10} {:14.2f}\n",
                          value,
                          percentile / 100,
                          seen,
                          100 / (100 - percentile));
      percentile = Next(percentile);
      if (seen == histogram.count()) break;
    }
    if (seen == histogram.count())
      text += fmt::format("{:12.3f} {:2.12f} {:10}\n", value, 1.0, seen);
  }
  const Moments moments = MomentsOf(histogram);
  text += fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n",
                      Milliseconds(moments.mean),
                      Milliseconds(moments.deviation));
  text += fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n",
                      Milliseconds(static_cast<double>(histogram.max_ns())),
                      histogram.count());
  text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n",
                      std::bit_width(static_cast<std::uint64_t>(Histogram::kHighest) >> 11U) + 1,
                      Histogram::kCellsOfBucket);
  return text;
}

}  // namespace reports::histogram
