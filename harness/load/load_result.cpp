#include "harness/load/load_result.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace harness::load {

namespace {

constexpr double kBusiest = 0.8;   // of one core
constexpr double kStarved = 0.25;  // of the time
constexpr double kLatest = 0.1;    // of the median latency
constexpr double kClose = 0.8;     // of the generator's own ceiling

double Microseconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1000;
}

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

std::optional<std::string> WhyLowerBound(const LoadResult& result) {
  if (result.calibration && result.profile.loop == Loop::Closed &&
      result.requests_per_s() > kClose * result.calibration->ceiling_per_s) {
    return fmt::format(
        "the generator can do {:.0f} requests/s here, with a server that does nothing",
        result.calibration->ceiling_per_s);
  }
  if (const auto bounds = LowerBounds(result); !bounds.empty()) {
    return fmt::format("{} requests were not answered in time, so {} may be more",
                       result.censored(),
                       fmt::join(bounds, ", "));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> LedgerFault(const LoadResult& result) {
  if (result.sent != result.done + result.failed + result.unfinished) {
    return fmt::format("{} requests were sent, but {} answered, {} failed and {} unfinished",
                       result.sent,
                       result.done,
                       result.failed,
                       result.unfinished);
  }
  if (result.latency.count() != result.done + result.censored()) {
    return fmt::format("{} latencies of {} answers and {} requests without one",
                       result.latency.count(),
                       result.done,
                       result.censored());
  }
  if (result.profile.loop == Loop::Open && result.planned != result.sent + result.unsent) {
    return fmt::format("{} requests were planned, but {} sent and {} unsent",
                       result.planned,
                       result.sent,
                       result.unsent);
  }
  return std::nullopt;
}

std::vector<std::string_view> LowerBounds(const LoadResult& result) {
  std::vector<std::string_view> names;
  if (!result.least_censored_ns) return names;
  names.emplace_back("mean");
  constexpr std::pair<std::string_view, double> kPercentiles[] = {
      {"p50", 50}, {"p90", 90}, {"p99", 99}, {"p999", 99.9}, {"max", 100}};
  for (const auto& [name, percentile] : kPercentiles) {
    const bool is_said = percentile == 100 || result.latency.Supports(percentile);
    if (is_said && result.latency.ValueAt(percentile) >= *result.least_censored_ns) {
      names.push_back(name);
    }
  }
  return names;
}

Standing StandingOf(const LoadResult& result) {
  if (auto why = WhyUnverified(result)) return {Standing::State::Unverified, std::move(why)};
  if (auto why = WhyLowerBound(result)) return {Standing::State::LowerBound, std::move(why)};
  return {};
}

}  // namespace harness::load
