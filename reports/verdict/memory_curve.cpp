#include "reports/verdict/memory_curve.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/notation/notation.h"
#include "reports/statistics/theil_sen.h"

namespace reports::verdict {

using record::Resources;
using record::When;

namespace {

constexpr double kAllowed = 0.01;  // of the memory, over all stretches together

std::optional<MemoryTrend> TrendOf(const std::vector<const Resources*>& points) {
  const auto after_load = std::ranges::find(points, When::AfterLoad, &Resources::when);
  std::vector<statistics::Point> steady;
  for (auto point = after_load; point != points.end(); ++point) {
    steady.push_back(
        {static_cast<double>(*(*point)->requests), static_cast<double>(*(*point)->pss_kib)});
  }
  const auto slope = statistics::TheilSen(steady);
  if (!slope) return std::nullopt;
  const double span = steady.back().x - steady.front().x;
  const double allowed = kAllowed * steady.front().y;
  MemoryTrend trend{Growth::Undecided, 1e3 * slope->estimate, 1e3 * slope->low, 1e3 * slope->high};
  if (slope->low * span > allowed) trend.growth = Growth::Grows;
  if (slope->high * span <= allowed) trend.growth = Growth::Steady;
  return trend;
}

}  // namespace

MemoryCurve CurveOf(const record::Record& record, std::string_view cell) {
  MemoryCurve curve;
  bool has_curve = false;
  for (const Resources& resources : record.resources) {
    if (resources.cell != cell || !resources.requests || !resources.pss_kib) continue;
    curve.points.push_back(&resources);
    has_curve = has_curve || resources.when == When::AtRequests;
  }
  if (!has_curve) return {};
  std::ranges::stable_sort(
      curve.points, {}, [](const Resources* point) { return *point->requests; });
  curve.trend = TrendOf(curve.points);
  const auto& first = curve.points.front()->shared_kib;
  const auto& last = curve.points.back()->shared_kib;
  if (first && last && *first > 0) {
    curve.still_shared = static_cast<double>(*last) / static_cast<double>(*first);
  }
  return curve;
}

std::string InWords(const MemoryTrend& trend) {
  switch (trend.growth) {
    case Growth::Steady:
      return "steady";
    case Growth::Grows:
      return fmt::format("grows by {} in 1,000 requests ({} to {})",
                         notation::Kibibytes(trend.kib_per_1000),
                         notation::Kibibytes(trend.low),
                         notation::Kibibytes(trend.high));
    case Growth::Undecided:
      break;
  }
  return "cannot be told";
}

}  // namespace reports::verdict
