#include "harness/load/load_result.h"

#include <fmt/format.h>

namespace harness::load {

namespace {

constexpr double kBusiest = 0.8;   // of one core
constexpr double kStarved = 0.25;  // of the time
constexpr double kLatest = 0.1;    // of the median latency

double Microseconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1000;
}

}  // namespace

std::optional<std::string> WhyUnverified(const LoadResult& result) {
  if (result.ended_early) return result.ended_early;
  if (result.done == 0) return "no request was answered";
  if (result.cpu_share > kBusiest) {
    return fmt::format("the generator used {:.0f} % of its core", 100 * result.cpu_share);
  }
  // In the open loop lateness tells: there it lets others run on purpose while no slot is due.
  if (result.profile.loop == Loop::Closed && result.waiting_share > kStarved) {
    return fmt::format("the generator waited for a core during {:.0f} % of the time",
                       100 * result.waiting_share);
  }
  if (result.profile.loop == Loop::Closed) return std::nullopt;
  // The 99th percentile of a few hundred samples is the luck of three: take what they support.
  const double percentile = result.lateness.Supports(99) ? 99 : 90;
  const std::int64_t lateness = result.lateness.ValueAt(percentile);
  const std::int64_t latency = result.latency.ValueAt(50);
  if (static_cast<double>(lateness) > kLatest * static_cast<double>(latency)) {
    return fmt::format("the generator sent late: p{:.0f} {:.0f} us, the latency's p50 is {:.0f} us",
                       percentile,
                       Microseconds(lateness),
                       Microseconds(latency));
  }
  return std::nullopt;
}

}  // namespace harness::load
