#pragma once
// TheilSen: the slope of a line through points, as the median of the slopes between all pairs, with the
// interval that Kendall's statistic gives (Sen 1968). Single wild points do not move it; nothing is
// assumed about how the points scatter, but that they are independent: steps that last make the
// interval narrower than it should be, so whoever judges by it allows some slope above zero.
//
// Pure.
// Fails:   nothing below ten points, or when all have the same x.

#include <optional>
#include <span>

namespace reports::statistics {

struct Point {
  double x = 0;
  double y = 0;
};

struct Slope {
  double estimate = 0;
  double low = 0;  // of the interval with 95 % confidence
  double high = 0;
};

[[nodiscard]] std::optional<Slope> TheilSen(std::span<const Point> points);

}  // namespace reports::statistics
