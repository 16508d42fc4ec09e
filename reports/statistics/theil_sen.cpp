#include "reports/statistics/theil_sen.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

namespace reports::statistics {

namespace {

constexpr std::size_t kFewest = 10;
constexpr double kNormal95 = 1.959964;  // two sides

// Kendall's variance of the number of rising less falling pairs, with ties of y taken off.
double VarianceOfPairs(std::span<const Point> points) {
  const auto term = [](double n) { return n * (n - 1) * (2 * n + 5); };
  std::map<double, int> ties;
  for (const Point& point : points)
    ++ties[point.y];
  double sum = term(static_cast<double>(points.size()));
  for (const auto& [value, count] : ties)
    sum -= term(count);
  return sum / 18;
}

}  // namespace

std::optional<Slope> TheilSen(std::span<const Point> points) {
  if (points.size() < kFewest) return std::nullopt;
  std::vector<double> slopes;
  slopes.reserve(points.size() * (points.size() - 1) / 2);
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const double run = points[j].x - points[i].x;
      if (run != 0) slopes.push_back((points[j].y - points[i].y) / run);
    }
  }
  if (slopes.empty()) return std::nullopt;
  std::sort(slopes.begin(), slopes.end());
  const auto last = static_cast<double>(slopes.size() - 1);
  const auto at = [&](double rank) {
    return slopes[static_cast<std::size_t>(std::clamp(rank, 0.0, last))];
  };
  const double middle = last / 2;
  const double half_width = kNormal95 * std::sqrt(VarianceOfPairs(points)) / 2;
  return Slope{.estimate = (at(std::floor(middle)) + at(std::ceil(middle))) / 2,
               .low = at(std::floor(middle - half_width)),
               .high = at(std::ceil(middle + half_width))};
}

}  // namespace reports::statistics
