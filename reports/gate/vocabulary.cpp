#include "reports/gate/vocabulary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/notation/notation.h"

namespace reports::gate {

namespace {

using statistics::Worse;

constexpr std::string_view kCellLabels[] = {
    "host", "mode", "process", "interpreter", "loading", "app", "python"};
constexpr std::string_view kLoadLabels[] = {
    "host", "mode", "process", "interpreter", "loading", "app", "python", "loop"};
constexpr std::string_view kMemoryLabels[] = {
    "host", "mode", "process", "interpreter", "loading", "app", "python", "when"};
constexpr std::string_view kMicroLabels[] = {"name", "program"};
constexpr std::string_view kCheckLabels[] = {"host", "mode", "suite", "level", "rule", "check"};

constexpr Aggregate kPercentile = {
    "p(N)", Dimension::Time, "the percentile N, such as p(50) or p(99.9)"};
constexpr Aggregate kLatency[] = {
    {"min", Dimension::Time, "the fastest"},
    {"mean", Dimension::Time, "the arithmetic mean"},
    {"max", Dimension::Time, "the slowest"},
};
constexpr Aggregate kRate[] = {
    {"requests_per_s", Dimension::Rate, "answers per second", Worse::Smaller},
};
constexpr Aggregate kLoad[] = {
    {"sent", Dimension::Count, "requests sent", Worse::Smaller},
    {"done", Dimension::Count, "requests answered", Worse::Smaller},
    {"failed", Dimension::Count, "requests that failed"},
    {"unfinished", Dimension::Count, "requests without an answer at the end"},
    {"wrong_answers", Dimension::Count, "answers that were not the right one"},
    {"failed_share", Dimension::Share, "failed, unfinished and wrong ones, of those sent"},
    {"censored", Dimension::Count, "requests that were due and not answered in time"},
    {"crosstalk", Dimension::Count, "answers that held what belongs to another request"},
    {"lost_tokens", Dimension::Count, "answers that did not give back what was sent"},
    {"unverified", Dimension::Count, "phases whose numbers the generator does not vouch for"},
};
constexpr Aggregate kStartup[] = {
    {"ready", Dimension::Time, "from the start until every process serves"},
    {"first_request", Dimension::Time, "the first answer"},
    {"second_request", Dimension::Time, "the second answer"},
    {"import", Dimension::Time, "the import of the application"},
    {"slowest_first_request", Dimension::Time, "the first answer of the worker that took longest"},
    {"unreached_workers", Dimension::Count, "workers that answered nothing before the load"},
};
constexpr Aggregate kPss[] = {
    {"total", Dimension::Size, "proportional set size of all processes"},
    {"largest", Dimension::Size, "of the process that has most"},
};
constexpr Aggregate kPrivateDirty[] = {
    {"total", Dimension::Size, "memory that no other process shares, of all processes"},
};
constexpr Aggregate kCpu[] = {
    {"per_request", Dimension::Time, "processor time of all processes for each request"},
};
constexpr Aggregate kCosts[] = {
    {"voluntary_switches", Dimension::Count, "context switches of who waits"},
    {"involuntary_switches", Dimension::Count, "context switches of who is made to wait"},
    {"minor_faults", Dimension::Count, "page faults without the disk"},
    {"major_faults", Dimension::Count, "page faults with it"},
    {"file_reads", Dimension::Count, "calls of read and its kin"},
    {"file_writes", Dimension::Count, "calls of write and its kin"},
    {"system_calls", Dimension::Count, "system calls, where they can be counted"},
    {"instructions", Dimension::Count, "instructions in user mode, where they can be counted"},
};
constexpr Aggregate kImports[] = {
    {"by_script", Dimension::Count, "modules imported while the script was executed"},
    {"by_first_requests", Dimension::Count, "modules that the first requests still imported"},
    {"by_tour", Dimension::Count, "modules imported during the tour"},
    {"by_load", Dimension::Count, "modules imported under load"},
};
constexpr Aggregate kMicro[] = {
    {"real", Dimension::Time, "time of one iteration"},
    {"cpu", Dimension::Time, "processor time of one iteration"},
};
constexpr Aggregate kChecks[] = {
    {"failed", Dimension::Count, "failed, crashed, timed out, not set up, or at fault themselves"},
    {"passed", Dimension::Count, "passed", Worse::Smaller},
    {"skipped", Dimension::Count, "that this machine cannot show"},
    {"expected_failure", Dimension::Count, "known failures, with a reason"},
    {"total", Dimension::Count, "all, whatever their outcome", Worse::Smaller},
};
constexpr Aggregate kCells[] = {
    {"failed", Dimension::Count, "failed, crashed or timed out"},
    {"crashed", Dimension::Count, "crashed"},
    {"timed_out", Dimension::Count, "timed out"},
    {"misconfigured", Dimension::Count, "ran in another mode than asked for"},
    {"setup_failed", Dimension::Count, "could not be set up"},
    {"harness_fault", Dimension::Count, "broken by the harness"},
    {"not_offered", Dimension::Count, "of modes that the host does not have"},
    {"ok", Dimension::Count, "measured", Worse::Smaller},
    {"total", Dimension::Count, "all, whatever their outcome", Worse::Smaller},
};
constexpr Aggregate kPlacement[] = {
    {"misconfigured", Dimension::Count, "cells that ran elsewhere than asked for"},
    {"proved", Dimension::Count, "cells that showed where they ran", Worse::Smaller},
};
constexpr Aggregate kTour[] = {
    {"failed", Dimension::Count, "steps that failed"},
    {"passed", Dimension::Count, "steps that passed", Worse::Smaller},
};

constexpr Metric kMetrics[] = {
    {"latency",
     "time to the last byte; in the open loop from the scheduled start (the default)",
     Extent::Cell,
     Percentiles::Any,
     false,
     kLoadLabels,
     kLatency},
    {"service",
     "time from the sending to the last byte; of the open loop unless a label says otherwise",
     Extent::Cell,
     Percentiles::Four,
     false,
     kLoadLabels,
     kLatency},
    {"first_byte",
     "time from the sending to the first byte; likewise",
     Extent::Cell,
     Percentiles::Four,
     false,
     kLoadLabels,
     kLatency},
    {"connect",
     "time to connect, where connections are new; likewise",
     Extent::Cell,
     Percentiles::Four,
     false,
     kLoadLabels,
     kLatency},
    {"rate",
     "throughput; of the closed loop unless a label says otherwise",
     Extent::Cell,
     Percentiles::None,
     false,
     kLoadLabels,
     kRate},
    {"load",
     "the ledger of the load, of both loops",
     Extent::Count,
     Percentiles::None,
     true,
     kLoadLabels,
     kLoad},
    {"startup", "cold start", Extent::Cell, Percentiles::None, false, kCellLabels, kStartup},
    {"pss",
     "memory; after the load unless a label says otherwise",
     Extent::Cell,
     Percentiles::None,
     false,
     kMemoryLabels,
     kPss},
    {"private_dirty",
     "memory that is not shared; after the load unless a label says otherwise",
     Extent::Cell,
     Percentiles::None,
     false,
     kMemoryLabels,
     kPrivateDirty},
    {"cpu", "processor time", Extent::Cell, Percentiles::None, false, kCellLabels, kCpu},
    {"costs",
     "what one request costs, of all processes, under load",
     Extent::Cell,
     Percentiles::None,
     false,
     kCellLabels,
     kCosts},
    {"imports",
     "modules, and when they were imported",
     Extent::Cell,
     Percentiles::None,
     false,
     kCellLabels,
     kImports},
    {"micro",
     "micro-benchmarks, the median of their repetitions",
     Extent::Cell,
     Percentiles::None,
     false,
     kMicroLabels,
     kMicro},
    {"checks",
     "conformance and isolation checks",
     Extent::Count,
     Percentiles::None,
     true,
     kCheckLabels,
     kChecks},
    {"cells", "how the cells ended", Extent::Count, Percentiles::None, true, kCellLabels, kCells},
    {"placement",
     "proofs of placement",
     Extent::Count,
     Percentiles::None,
     true,
     kCellLabels,
     kPlacement},
    {"tour",
     "steps of the tour before the load",
     Extent::Count,
     Percentiles::None,
     true,
     kCellLabels,
     kTour},
};

constexpr Unit kUnits[] = {
    {"ns", Dimension::Time, 1e-3},
    {"us", Dimension::Time, 1},
    {"µs", Dimension::Time, 1},
    {"ms", Dimension::Time, 1e3},
    {"s", Dimension::Time, 1e6},
    {"KiB", Dimension::Size, 1},
    {"MiB", Dimension::Size, 1024},
    {"GiB", Dimension::Size, 1024 * 1024},
    {"requests/s", Dimension::Rate, 1},
    {"/s", Dimension::Rate, 1},
    {"%", Dimension::Share, 0.01},
};

template <typename List>
auto Find(const List& list, std::string_view name) -> decltype(std::data(list)) {
  const auto found = std::ranges::find_if(list, [&](const auto& one) { return one.name == name; });
  return found == std::end(list) ? nullptr : &*found;
}

}  // namespace

std::span<const Metric> Metrics() {
  return kMetrics;
}

const Metric* FindMetric(std::string_view name) {
  return Find(kMetrics, name);
}

const Aggregate* FindAggregate(const Metric& metric, std::string_view name) {
  return Find(metric.aggregates, name);
}

const Aggregate& PercentileAggregate() {
  return kPercentile;
}

std::span<const Unit> Units() {
  return kUnits;
}

const Unit* FindUnit(std::string_view name) {
  return Find(kUnits, name);
}

std::string UnitsOf(Dimension dimension) {
  std::vector<std::string_view> names;
  for (const Unit& unit : kUnits) {
    if (unit.dimension == dimension) names.push_back(unit.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string Shown(double value, Dimension dimension) {
  switch (dimension) {
    case Dimension::Time:
      return notation::Microseconds(value);
    case Dimension::Size:
      return notation::Kibibytes(value);
    case Dimension::Rate:
      return notation::Rate(value);
    case Dimension::Share:
      return fmt::format("{:.3g} %", value * 100);
    case Dimension::Count:
      break;
  }
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return notation::Count(static_cast<std::int64_t>(value));
  }
  return fmt::format("{}", value);
}

std::string MetricsTable() {
  std::string text = "| metric | what | aggregates | labels |\n|---|---|---|---|\n";
  for (const Metric& metric : kMetrics) {
    std::vector<std::string> aggregates;
    if (metric.percentiles == Percentiles::Any) {
      aggregates.push_back(fmt::format("`{}` {}", kPercentile.name, kPercentile.meaning));
    }
    if (metric.percentiles == Percentiles::Four) {
      aggregates.emplace_back("`p(50)`, `p(90)`, `p(99)`, `p(99.9)`");
    }
    for (const Aggregate& aggregate : metric.aggregates)
      aggregates.push_back(fmt::format("`{}` {}", aggregate.name, aggregate.meaning));
    text += fmt::format("| `{}` | {} | {} | {} |\n",
                        metric.name,
                        metric.meaning,
                        fmt::join(aggregates, "; "),
                        fmt::join(metric.labels, ", "));
  }
  return text;
}

}  // namespace reports::gate
