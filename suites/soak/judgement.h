#pragma once
// What a soak saw, as values, and what of it is a fault.
//
// A process's memory may not rise: the interval of its slope (Theil-Sen, 95 %), after the first quarter of
// the time, may not lie above zero by more than is allowed. Memory goes up in steps that last, which
// makes the interval narrower than it says; the allowance is for that. Descriptors may not rise either,
// and at rest a process has those again that it had at rest before.
//
// Pure.

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/load/load_result.h"
#include "reports/statistics/theil_sen.h"

namespace suites::soak {

struct Sample {
  double second = 0;  // since the load began
  std::int64_t rss_kib = 0;
  std::int64_t pss_kib = 0;
  long descriptors = 0;
};

struct ProcessHistory {
  std::string role;  // "server", "daemon"
  pid_t pid = 0;
  std::vector<Sample> samples;
  long descriptors_before = 0;  // at rest
  long descriptors_after = 0;
};

struct SoakResult {
  std::string mode;
  double seconds = 0;  // of the load
  double capacity_per_s = 0;
  harness::load::LoadResult load;  // what the good clients saw
  std::vector<std::pair<std::string_view, std::int64_t>> misdeeds;
  std::int64_t kept_out = 0;
  std::vector<ProcessHistory> processes;
  std::vector<std::string> complaints;  // of the host's log, its end, and what it left behind
};

struct Allowances {
  std::optional<double> kib_per_minute = 512;  // nullopt: memory is not judged
  double descriptors_per_minute = 2;
  long descriptors_at_rest = 0;  // more than before: links that were opened meanwhile
};

struct Trend {
  std::optional<reports::statistics::Slope> kib_per_minute;
  std::optional<reports::statistics::Slope> descriptors_per_minute;
};

[[nodiscard]] Trend TrendOf(const ProcessHistory& process, double seconds);
// Of the engine's log, what it says of processes that did not end as they should: of a signal, with another exit code than 0. It
// says so at each end; a process that crashes when it is told to stop is in no other place.
[[nodiscard]] std::vector<std::string> BadEnds(std::string_view log);
// Sentences; none is as it should be.
[[nodiscard]] std::vector<std::string> FaultsOf(const SoakResult& result,
                                                const Allowances& allowed);

}  // namespace suites::soak
