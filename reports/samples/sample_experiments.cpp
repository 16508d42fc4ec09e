#include "reports/samples/sample_experiments.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>

#include "reports/histogram/histogram.h"
#include "reports/histogram/v2.h"

namespace reports::samples {

using record::ArmRole;
using record::Line;

namespace {

constexpr int kBlocks = 12;
constexpr double kDelayUs = 40;

// Between 0.99 and 1.01, the same everywhere: what a block makes of a measurement.
double Mood(int block, std::string_view arm) {
  std::uint32_t hash = 2166136261U + static_cast<std::uint32_t>(block) * 977U;
  for (const char c : arm)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return 0.99 + 0.02 * static_cast<double>(hash % 997) / 997;
}

record::Experiment PlanOf(const std::string& name, int attempt, std::string_view candidate) {
  record::Experiment plan;
  plan.experiment = name;
  plan.attempt = attempt;
  plan.is_reversed = attempt == 2;
  plan.blocks = kBlocks;
  plan.windows = 4;
  plan.window_ms = 250;
  plan.warm_up_ms = 500;
  plan.connections = 4;
  plan.seed = 7;
  plan.margin = 0.02;
  plan.alpha = 0.05;
  const auto arm = [&](std::string_view arm_name, ArmRole role, std::string_view program) {
    plan.arms.push_back({std::string(arm_name),
                         role,
                         "engine",
                         "daemon/main/preload",
                         "hello",
                         std::string(program),
                         {},
                         {}});
  };
  arm("base", ArmRole::Baseline, "wsgilab-host 0.1.0");
  arm("candidate", ArmRole::Candidate, candidate);
  arm("again", ArmRole::Again, "wsgilab-host 0.1.0");
  arm("twin", ArmRole::Twin, "wsgilab-host 0.1.0");
  arm("delayed", ArmRole::Delayed, "wsgilab-host 0.1.0");
  plan.arms.back().delay_us = kDelayUs;
  return plan;
}

record::Sample SampleOf(const record::Experiment& plan, int block, std::size_t arm, double slower) {
  record::Sample sample;
  sample.experiment = plan.experiment;
  sample.attempt = plan.attempt;
  sample.block = block;
  sample.arm = plan.arms[arm].name;
  for (int window = 0; window < plan.windows; ++window) {
    const int place = (static_cast<int>(arm) + window + block) % static_cast<int>(plan.arms.size());
    sample.positions.push_back(window * static_cast<int>(plan.arms.size()) + place + 1);
  }
  const bool is_hiccup = block == 5 && arm == 1;
  const double factor = Mood(block, sample.arm) * slower;
  const double delay = plan.arms[arm].delay_us.value_or(0);
  const double p50 = std::round(1820 * factor) / 10 + delay;
  sample.values = {{"latency_p50_us", p50},
                   {"latency_p99_us", p50 * (is_hiccup ? 4 : 3)},
                   {"requests_per_s", std::round(4e6 / p50)},
                   {"cpu_us", std::round(940 * Mood(block, "cpu") * slower) / 10},
                   {"pss_kib", 14800 + 16 * block}};
  sample.requests = 4000;
  sample.hiccup_p99_us = 70;
  sample.hiccup_max_us = is_hiccup ? 8400 : 210 + 10 * block;
  return sample;
}

void AddSamples(std::vector<Line>& lines, const record::Experiment& plan, double slower) {
  lines.emplace_back(plan);
  for (int block = 1; block <= kBlocks; ++block) {
    for (std::size_t arm = 0; arm < plan.arms.size(); ++arm) {
      record::Sample sample = SampleOf(plan, block, arm, arm == 1 ? slower : 1);
      if (block == 9 && plan.attempt == 1 && plan.arms[arm].role == ArmRole::Twin) {
        sample.values.clear();
        sample.problem = "the host was not ready within 10 s";
      }
      lines.emplace_back(std::move(sample));
    }
  }
}

// So many latencies around a median, with a tail that doubles its distance to it with every half of the requests left.
histogram::Histogram HistogramOf(std::int64_t count, double median_us) {
  histogram::Histogram histogram;
  for (std::int64_t index = 0; index < count; ++index) {
    const double left =
        1 - (static_cast<double>(index) + 0.5) / static_cast<double>(count);  // slower than it
    histogram.Record(std::llround(1e3 * median_us * (0.7 - 0.3 * std::log2(left))));
  }
  return histogram;
}

std::optional<double> At(const histogram::Histogram& histogram, double percentile) {
  if (!histogram.Supports(percentile)) return std::nullopt;
  return static_cast<double>(histogram.ValueAt(percentile)) / 1e3;
}

record::Latency LatencyOf(const histogram::Histogram& histogram) {
  record::Latency latency;
  latency.min = static_cast<double>(histogram.min_ns()) / 1e3;
  latency.mean = histogram.mean_ns() / 1e3;
  latency.p50 = At(histogram, 50);
  latency.p90 = At(histogram, 90);
  latency.p99 = At(histogram, 99);
  latency.p999 = At(histogram, 99.9);
  latency.max = static_cast<double>(histogram.max_ns()) / 1e3;
  return latency;
}

record::Load LoadOf(const std::string& cell, record::Loop loop, double median_us) {
  record::Load load;
  load.cell = cell;
  load.loop = loop;
  load.connections = 8;
  load.seconds = 10;
  const std::int64_t count = loop == record::Loop::Open ? 20'000 : 120'000;
  if (loop == record::Loop::Open) {
    load.rate_per_s = 2000;
    load.planned = count;
  }
  load.sent = load.done = count;
  load.requests_per_s = static_cast<double>(count) / load.seconds;
  const histogram::Histogram latencies = HistogramOf(count, median_us);
  load.latency_us = LatencyOf(latencies);
  load.hdr = histogram::EncodeV2(latencies);
  load.service_us = LatencyOf(HistogramOf(count, median_us * 0.8));
  load.generator = {0.3, {}, record::GeneratorState::Verified, {}};
  load.generator.ceiling_per_s = 61'000;
  load.generator.hiccup_max_us = 420;
  return load;
}

}  // namespace

std::vector<Line> SampleExperiments() {
  std::vector<Line> lines;
  const std::string slower = "engine/daemon/main/preload/hello, program 0.2.0";
  AddSamples(lines, PlanOf(slower, 1, "wsgilab-host 0.2.0"), 1.09);
  AddSamples(lines, PlanOf(slower, 2, "wsgilab-host 0.2.0"), 1.08);
  AddSamples(lines,
             PlanOf("engine/daemon/main/preload/hello, program 0.1.1", 1, "wsgilab-host 0.1.1"),
             1.001);
  return lines;
}

std::vector<Line> SampleMicros() {
  std::vector<Line> lines;
  double ns = 42;
  for (const std::string_view name :
       {"ParseHead/512", "ParseHead/4096", "EncodeFrame", "BuildEnviron", "EvaluateCondition"}) {
    for (int repetition = 0; repetition < 5; ++repetition) {
      record::Micro micro;
      micro.name = name;
      micro.program = "benchmark_rooms";
      micro.repetition = repetition;
      micro.repetitions = 5;
      micro.iterations = 100'000;
      micro.real_ns = ns * (1 + 0.01 * repetition);
      micro.cpu_ns = ns * 0.99;
      if (name.starts_with("ParseHead")) micro.bytes_per_s = 1.2e9;
      lines.emplace_back(std::move(micro));
    }
    ns *= 5.5;
  }
  record::Micro broken;
  broken.name = "SendFrame";
  broken.program = "benchmark_rooms";
  broken.problem = "SetError: the socket was closed";
  lines.emplace_back(broken);
  return lines;
}

std::vector<Line> SampleHistograms() {
  std::vector<Line> lines;
  for (const auto& [mode, median_us] :
       {std::pair{"embedded/main/preload", 95.0}, std::pair{"daemon/main/preload", 182.0}}) {
    const std::string cell = fmt::format("engine/{}/hello", mode);
    lines.emplace_back(LoadOf(cell, record::Loop::Closed, median_us * 3));
    lines.emplace_back(LoadOf(cell, record::Loop::Open, median_us));
    record::Cell line;
    line.cell = cell;
    line.host = "engine";
    line.process = std::string(mode).substr(0, std::string_view(mode).find('/'));
    line.interpreter = "main";
    line.loading = "preload";
    line.app = "hello";
    line.title = "A plain WSGI application";
    line.outcome = record::CellOutcome::Ok;
    lines.emplace_back(line);
  }
  return lines;
}

}  // namespace reports::samples
