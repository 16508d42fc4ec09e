#include "suites/soak/judgement.h"

#include <fmt/format.h>

#include <span>
#include <sstream>

namespace suites::soak {

using reports::statistics::Point;
using reports::statistics::Slope;

namespace {

constexpr double kWarmUpShare = 0.25;
constexpr double kSecondsPerMinute = 60;

template <typename Member>
std::optional<Slope> SlopeOf(const ProcessHistory& process, double from, Member member) {
  std::vector<Point> points;
  for (const Sample& sample : process.samples) {
    if (sample.second < from) continue;
    points.push_back({sample.second / kSecondsPerMinute, static_cast<double>(sample.*member)});
  }
  return reports::statistics::TheilSen(points);
}

void JudgeSlope(const ProcessHistory& process,
                const std::optional<Slope>& slope,
                double allowed,
                std::string_view unit,
                std::vector<std::string>& faults) {
  if (!slope) {
    faults.push_back(
        fmt::format("{} {}: too few samples to say anything", process.role, process.pid));
  } else if (slope->low > allowed) {
    faults.push_back(
        fmt::format("{} {}: grows by {:.1f} {} a minute [{:.1f}, {:.1f}], allowed {:.1f}",
                    process.role,
                    process.pid,
                    slope->estimate,
                    unit,
                    slope->low,
                    slope->high,
                    allowed));
  }
}

void JudgeLoad(const SoakResult& result, std::vector<std::string>& faults) {
  const auto& load = result.load;
  if (load.done == 0) faults.emplace_back("no good client was answered");
  const std::int64_t errors = load.wrong_answers + load.failed + load.unfinished;
  if (errors == 0) return;
  faults.push_back(
      fmt::format("{} of {} requests of good clients were answered wrongly, {} broke off, "
                  "{} got no answer{}{}",
                  load.wrong_answers,
                  load.sent,
                  load.failed,
                  load.unfinished,
                  load.first_problem ? "; the first: " : "",
                  load.first_problem.value_or("")));
}

}  // namespace

Trend TrendOf(const ProcessHistory& process, double seconds) {
  const double from = seconds * kWarmUpShare;
  return {SlopeOf(process, from, &Sample::rss_kib), SlopeOf(process, from, &Sample::descriptors)};
}

std::vector<std::string> BadEnds(std::string_view log) {
  constexpr std::string_view kEnd = " H0104 ";
  constexpr std::string_view kWell = " ended: exit code 0";
  std::vector<std::string> ends;
  std::istringstream lines{std::string(log)};
  for (std::string line; std::getline(lines, line);) {
    const auto said = line.find("Process '");
    if (line.find(kEnd) == std::string::npos || said == std::string::npos || line.ends_with(kWell))
      continue;
    ends.push_back(line.substr(said));
  }
  return ends;
}

std::vector<std::string> FaultsOf(const SoakResult& result, const Allowances& allowed) {
  std::vector<std::string> faults = result.complaints;
  JudgeLoad(result, faults);
  for (const auto& [name, visits] : result.misdeeds) {
    if (visits == 0) faults.push_back(fmt::format("no client did this: {}", name));
  }
  if (result.processes.empty()) faults.emplace_back("no process was watched");
  for (const ProcessHistory& process : result.processes) {
    const Trend trend = TrendOf(process, result.seconds);
    if (allowed.kib_per_minute)
      JudgeSlope(process, trend.kib_per_minute, *allowed.kib_per_minute, "KiB", faults);
    JudgeSlope(process,
               trend.descriptors_per_minute,
               allowed.descriptors_per_minute,
               "descriptors",
               faults);
    if (process.descriptors_after > process.descriptors_before + allowed.descriptors_at_rest) {
      faults.push_back(fmt::format("{} {}: {} descriptors at rest, {} before",
                                   process.role,
                                   process.pid,
                                   process.descriptors_after,
                                   process.descriptors_before));
    }
  }
  return faults;
}

}  // namespace suites::soak
