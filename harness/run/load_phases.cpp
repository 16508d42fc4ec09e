#include "harness/run/load_phases.h"

#include <fmt/format.h>

#include <algorithm>

namespace harness::run {

using hosts::base::Result;

Result<load::LoadResult> LoadPhases::WarmUp() const {
  load::LoadProfile wanted;
  wanted.connections = profile_.closed_connections;
  wanted.duration = profile_.warm_up;
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
  return load::RunLoad(target_, requests_, profile, is_interrupted_);
}

std::optional<std::string> FaultOf(const load::LoadResult& result) {
  if (result.wrong_answers + result.failed + result.unfinished == 0) return std::nullopt;
  std::string fault =
      fmt::format("of {} requests {} were answered wrongly, {} broke off, {} got no answer",
                  result.sent,
                  result.wrong_answers,
                  result.failed,
                  result.unfinished);
  if (result.first_problem) fault += fmt::format("; the first: {}", *result.first_problem);
  return fault;
}

}  // namespace harness::run
