#include "reports/statistics/stability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reports::statistics {

namespace {

constexpr double kLargeSpread = 0.10;
constexpr double kFarFromMean = 0.50;
constexpr double kShortMs = 1;
constexpr double kPrecision = 0.01;
constexpr double kNormal95 = 1.959964;  // two sides
constexpr double kMostNeeded = 1e6;

struct Moments {
  double mean = 0;
  double spread = 0;  // standard deviation, of the mean
};

std::optional<Moments> MomentsOf(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (!(mean > 0) || !std::isfinite(mean)) return std::nullopt;
  double squares = 0;
  for (const double value : values)
    squares += (value - mean) * (value - mean);
  return Moments{mean, std::sqrt(squares / (count - 1)) / mean};
}

std::optional<std::string> FarFromMean(std::span<const double> values, double mean) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double below = 1 - *least / mean;
  const double above = *most / mean - 1;
  if (std::max(below, above) < kFarFromMean) return std::nullopt;
  return fmt::format(
      "the {} value is {:.0f} % {} the mean: look what else ran at that time, or take the median",
      above >= below ? "largest" : "smallest",
      std::max(below, above) * 100,
      above >= below ? "above" : "below");
}

std::optional<std::string> TooMuchOrTooLittle(std::span<const double> values) {
  const auto needed = ValuesNeeded(values);
  if (!needed) return std::nullopt;
  const auto count = static_cast<int>(values.size());
  if (*needed > count) {
    return fmt::format(
        "{} values tell the mean less precisely than 1 %: {} would (95 % sure), as they scatter",
        count,
        *needed);
  }
  if (*needed * 4 < count * 3 && count > 3) {
    return fmt::format("{} values would have been enough for 1 %: measure fewer than {}",
                       std::max(*needed, 2),
                       count);
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> ValuesNeeded(std::span<const double> values) {
  const auto moments = MomentsOf(values);
  if (!moments) return std::nullopt;
  const double width = 2 * kNormal95 * moments->spread / kPrecision;
  return static_cast<int>(std::ceil(std::min(width * width, kMostNeeded)));
}

std::vector<std::string> StabilityWarnings(std::span<const double> values,
                                           std::optional<double> shortest_ms) {
  std::vector<std::string> warnings;
  const auto add = [&](std::optional<std::string> warning) {
    if (warning) warnings.push_back(std::move(*warning));
  };
  if (const auto moments = MomentsOf(values)) {
    if (moments->spread >= kLargeSpread) {
      add(fmt::format(
          "the values scatter by {:.0f} %: end other programs, or measure longer and more often",
          moments->spread * 100));
    }
    add(FarFromMean(values, moments->mean));
  }
  if (shortest_ms && *shortest_ms < kShortMs) {
    add(fmt::format("the shortest measurement took {:.2g} ms: measure at least 1 ms at a time",
                    *shortest_ms));
  }
  add(TooMuchOrTooLittle(values));
  return warnings;
}

}  // namespace reports::statistics
