#include "harness/run/load_phases.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/load/calibration.h"

namespace harness::run {

using hosts::base::Result;

Result<load::LoadResult> LoadPhases::WarmUp(std::chrono::nanoseconds span) const {
  // Calibrates now where nobody did before, so that no pause stands between warm-up and measurement.
  for (const int connections : {profile_.closed_connections, profile_.open_connections})
    (void)load::CalibrationFor(connections);
  load::LoadProfile wanted;
  wanted.connections = profile_.closed_connections;
  wanted.duration = span;
  return Offer(wanted);
}

Result<load::LoadResult> LoadPhases::ClosedLoop() const {
  load::LoadProfile wanted;
  wanted.connections = profile_.closed_connections;
  wanted.duration = profile_.closed_loop;
  return Offer(wanted);
}

Result<load::LoadResult> LoadPhases::OpenLoop(double closed_rate) const {
  load::LoadProfile wanted;
  wanted.loop = load::Loop::Open;
  wanted.connections = profile_.open_connections;
  wanted.rate_per_s = std::max(1.0, profile_.open_share * closed_rate);
  wanted.duration = profile_.open_loop;
  return Offer(wanted);
}

Result<load::LoadResult> LoadPhases::Offer(const load::LoadProfile& profile) const {
  load::LoadProfile with_canary = profile;
  with_canary.canary = load::Canary::On;  // the cell script gives it back
  auto result = load::RunLoad(target_, requests_, with_canary, is_interrupted_);
  if (result) result->calibration = load::CalibrationFor(profile.connections);
  return result;
}

std::optional<std::string> FaultOf(const load::LoadResult& result) {
  const std::int64_t bad =
      result.wrong_answers + result.failed + result.unfinished + result.crosstalk;
  if (bad == 0) return std::nullopt;
  std::string fault =
      fmt::format("of {} requests {} were answered wrongly, {} broke off, {} got no answer",
                  result.sent,
                  result.wrong_answers,
                  result.failed,
                  result.unfinished);
  if (result.crosstalk > 0) {
    fault += fmt::format(", {} got what belongs to another request", result.crosstalk);
  }
  if (result.first_problem) fault += fmt::format("; the first: {}", *result.first_problem);
  return fault;
}

}  // namespace harness::run
