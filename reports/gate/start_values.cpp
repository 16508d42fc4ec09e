#include "reports/gate/start_values.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "hosts/base/check.h"

namespace reports::gate {

namespace {

std::optional<double> InMicroseconds(const std::optional<double>& ms) {
  constexpr double kMicrosecondsPerMillisecond = 1000;
  if (!ms) return std::nullopt;
  return *ms * kMicrosecondsPerMillisecond;
}

// Nothing when there is none, or one of them was not timed: the slowest may be that.
std::optional<double> SlowestFirstRequestMs(const std::vector<record::Worker>& workers) {
  std::optional<double> slowest;
  for (const record::Worker& worker : workers) {
    if (!worker.first_request_ms) return std::nullopt;
    slowest = std::max(slowest.value_or(0), *worker.first_request_ms);
  }
  return slowest;
}

}  // namespace

std::optional<double> StartupValue(const record::Startup& line, std::string_view name) {
  if (name == "ready") return InMicroseconds(line.ready_ms);
  if (name == "first_request") return InMicroseconds(line.first_request_ms);
  if (name == "second_request") return InMicroseconds(line.second_request_ms);
  if (name == "import") return InMicroseconds(line.import_ms);
  if (name == "slowest_first_request") return InMicroseconds(SlowestFirstRequestMs(line.workers));
  CHECK(name == "unreached_workers", "an aggregate of startup that nobody looks up");
  if (line.workers.empty()) return std::nullopt;
  return static_cast<double>(std::ranges::count(line.workers, 0, &record::Worker::requests));
}

std::optional<double> ImportsValue(const record::Startup& line, std::string_view name) {
  if (!line.modules) return std::nullopt;
  const record::Modules& modules = *line.modules;
  if (name == "by_script") return modules.by_script;
  if (name == "by_first_requests") return static_cast<double>(modules.by_first_requests.size());
  if (name == "by_tour") return static_cast<double>(modules.by_tour.size());
  CHECK(name == "by_load", "an aggregate of imports that nobody looks up");
  return static_cast<double>(modules.by_load.size());
}

std::optional<double> CostValue(const record::Resources& line, std::string_view name) {
  using Costs = record::RequestCosts;
  constexpr std::pair<std::string_view, std::optional<double> Costs::*> kCosts[] = {
      {"voluntary_switches", &Costs::voluntary_switches},
      {"involuntary_switches", &Costs::involuntary_switches},
      {"minor_faults", &Costs::minor_faults},
      {"major_faults", &Costs::major_faults},
      {"file_reads", &Costs::file_reads},
      {"file_writes", &Costs::file_writes},
      {"system_calls", &Costs::system_calls},
      {"instructions", &Costs::instructions},
  };
  if (!line.per_request) return std::nullopt;
  const auto* const cost =
      std::ranges::find_if(kCosts, [&](const auto& one) { return one.first == name; });
  CHECK(cost != std::end(kCosts), "an aggregate of costs that nobody looks up");
  return (*line.per_request).*(cost->second);
}

}  // namespace reports::gate
