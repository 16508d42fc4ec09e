#include "harness/run/to_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "reports/histogram/v2.h"
#include "reports/latency/latency.h"

namespace harness::run {

namespace record = reports::record;
using reports::latency::BucketsOf;
using reports::latency::LatencyOf;
using reports::latency::Microseconds;
using reports::latency::PercentileUs;

namespace {

std::optional<record::Latency> ToMeasured(const reports::histogram::Histogram& histogram) {
  if (histogram.count() == 0) return std::nullopt;
  return LatencyOf(histogram);
}

record::GeneratorState ToState(load::Standing::State state) {
  switch (state) {
    case load::Standing::State::Verified:
      return record::GeneratorState::Verified;
    case load::Standing::State::LowerBound:
      return record::GeneratorState::LowerBound;
    case load::Standing::State::Unverified:
      break;
  }
  return record::GeneratorState::Unverified;
}

record::Generator ToGenerator(const load::LoadResult& result) {
  record::Generator generator;
  generator.cpu_share = result.cpu_share;
  if (result.profile.loop == load::Loop::Open) {
    generator.lateness_p99_us = PercentileUs(result.lateness, 99);
    generator.lateness_us = ToMeasured(result.lateness);
  }
  if (result.calibration) {
    generator.ceiling_per_s = std::round(result.calibration->ceiling_per_s);
    generator.floor_p50_us = Microseconds(static_cast<double>(result.calibration->floor_ns));
  }
  load::Standing standing = load::StandingOf(result);
  generator.state = ToState(standing.state);
  generator.reason = std::move(standing.reason);
  return generator;
}

std::string RoleOf(const sampling::ProcessStat& stat, const launch::Ready& ready) {
  if (stat.pid == ready.supervisor) return "supervisor";
  if (std::find(ready.server.begin(), ready.server.end(), stat.pid) != ready.server.end()) {
    return "server";
  }
  for (const auto& [group, pids] : ready.daemons) {
    if (std::find(pids.begin(), pids.end(), stat.pid) != pids.end()) {
      return fmt::format("daemon {}", group);
    }
  }
  return stat.name;
}

}  // namespace

double Milliseconds(std::chrono::nanoseconds span) {
  return std::round(static_cast<double>(span.count()) / 1000) / 1000;
}

double SecondsSinceEpoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

record::Load ToLoad(const std::string& cell, const load::LoadResult& result) {
  const bool is_open = result.profile.loop == load::Loop::Open;
  record::Load line;
  line.cell = cell;
  line.loop = is_open ? record::Loop::Open : record::Loop::Closed;
  line.connections = result.profile.connections;
  if (is_open) line.rate_per_s = result.profile.rate_per_s;
  line.seconds = result.seconds;
  if (is_open) line.planned = result.planned;
  line.sent = result.sent;
  line.done = result.done;
  line.failed = result.failed;
  line.unfinished = result.unfinished;
  line.wrong_answers = result.wrong_answers;
  line.requests_per_s = result.requests_per_s();
  line.latency_us = LatencyOf(result.latency);
  line.histogram = BucketsOf(result.latency);
  line.generator = ToGenerator(result);
  line.hdr = reports::histogram::EncodeV2(result.latency);
  line.service_us = ToMeasured(result.service);
  line.connect_us = ToMeasured(result.connect);
  line.first_byte_us = ToMeasured(result.first_byte);
  line.censored = result.censored();
  for (const std::string_view name : load::LowerBounds(result))
    line.lower_bounds.emplace_back(name);
  if (is_open) line.ramp_to_per_s = result.profile.ramp_to_per_s;
  if (is_open && result.profile.arrivals == load::Arrivals::Poisson) {
    line.poisson_seed = static_cast<std::int64_t>(result.profile.seed);
  }
  if (result.profile.canary == load::Canary::On) {
    line.crosstalk = result.crosstalk;
    line.lost_tokens = result.lost_tokens;
  }
  return line;
}

void AddHiccups(const sampling::Histogram& hiccups, record::Load& line) {
  if (hiccups.count() == 0) return;
  line.generator.hiccup_max_us = Microseconds(static_cast<double>(hiccups.max_ns()));
  if (hiccups.Supports(99)) {
    line.generator.hiccup_p99_us = Microseconds(static_cast<double>(hiccups.ValueAt(99)));
  }
}

record::Tour ToTour(const std::string& cell, const std::vector<tour::StepResult>& steps) {
  record::Tour line;
  line.cell = cell;
  line.passed = tour::HavePassed(steps);
  for (const tour::StepResult& step : steps) {
    record::TourStep entry;
    entry.name = step.name;
    entry.method = step.method;
    entry.path = step.path;
    entry.status = step.status;
    if (step.status) entry.ms = Milliseconds(step.took);
    entry.passed = step.has_passed();
    entry.problem = step.problem;
    line.steps.push_back(std::move(entry));
  }
  return line;
}

record::Resources ToResources(const std::string& cell,
                              record::When when,
                              const sampling::FamilySample& sample,
                              const launch::Ready& ready) {
  record::Resources line;
  line.cell = cell;
  line.when = when;
  if (const auto memory = sample.Memory()) {
    line.pss_kib = memory->pss_kib;
    line.private_dirty_kib = memory->private_dirty_kib;
    line.private_clean_kib = memory->private_clean_kib;
    line.shared_kib = memory->shared_kib;
  }
  for (const sampling::ProcessSample& process : sample.processes) {
    record::HostProcess entry;
    entry.pid = process.stat.pid;
    entry.role = RoleOf(process.stat, ready);
    if (process.memory) {
      entry.pss_kib = process.memory->pss_kib;
      entry.private_dirty_kib = process.memory->private_dirty_kib;
      entry.private_clean_kib = process.memory->private_clean_kib;
      entry.shared_kib = process.memory->shared_kib;
    }
    entry.threads = process.stat.threads;
    line.processes.push_back(std::move(entry));
  }
  return line;
}

}  // namespace harness::run
