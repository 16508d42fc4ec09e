#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <optional>
#include <utility>

#include "reports/google_benchmark/google_benchmark.h"

namespace reports::google_benchmark {

namespace {

using Json = nlohmann::ordered_json;
using record::Record;

std::string DateOf(record::Instant instant) {
  if (!(instant > 0 && instant < 253'402'300'800)) return "";  // years that gmtime knows
  return fmt::format("{:%Y-%m-%dT%H:%M:%S+00:00}", fmt::gmtime(static_cast<std::time_t>(instant)));
}

Json ContextOf(const record::Header& header) {
  const record::Machine& machine = header.machine;
  Json context = Json::object();
  context["date"] = DateOf(header.started_at);
  context["executable"] = "wsgilab";
  context["num_cpus"] = machine.cores;
  if (machine.governor) context["cpu_scaling_enabled"] = *machine.governor != "performance";
  context["caches"] = Json::array();
  context["load_avg"] = machine.load_1min ? Json::array({*machine.load_1min}) : Json::array();
  if (machine.build_type) context["library_build_type"] = *machine.build_type;
  context["json_schema_version"] = 1;
  context["wsgilab_run"] = header.run;
  context["wsgilab_cpu"] = machine.cpu;
  if (header.synthetic) context["wsgilab_synthetic"] = *header.synthetic;
  return context;
}

struct Times {
  std::string name;
  double real = 0;
  double cpu = 0;  // 0 is what compare.py takes for nothing
  std::string_view unit;
  std::int64_t iterations = 1;
};

// Collects the benchmarks, and gives those of one name the same family.
class Benchmarks {
 public:
  Json& Add(const Times& times, std::int64_t repetition, std::int64_t repetitions) {
    const auto family = families_.try_emplace(times.name, families_.size()).first->second;
    list_.push_back({{"name", times.name},
                     {"family_index", family},
                     {"per_family_instance_index", 0},
                     {"run_name", times.name},
                     {"run_type", "iteration"},
                     {"repetitions", repetitions},
                     {"repetition_index", repetition},
                     {"threads", 1},
                     {"iterations", times.iterations},
                     {"real_time", times.real},
                     {"cpu_time", times.cpu},
                     {"time_unit", times.unit}});
    return list_.back();
  }
  Json Take() { return std::move(list_); }

 private:
  std::map<std::string, std::size_t> families_;
  Json list_ = Json::array();
};

// One measurement of a cell, if there is one.
void AddOne(Benchmarks& benchmarks,
            std::string name,
            const std::optional<double>& real,
            double cpu,
            std::string_view unit,
            std::int64_t iterations) {
  if (!real || !std::isfinite(*real)) return;
  benchmarks.Add({std::move(name), *real, cpu, unit, iterations}, 0, 1);
}

void AddCell(const Record& record, const std::string& cell, Benchmarks& benchmarks) {
  const auto name = [&](std::string_view what) { return fmt::format("{}/{}", cell, what); };
  const auto* resources = FindResources(record, cell, record::When::AfterLoad);
  const double cpu_us = resources == nullptr ? 0 : resources->cpu_us_per_request.value_or(0);
  if (const auto* open = FindLoad(record, cell, record::Loop::Open)) {
    AddOne(benchmarks, name("latency_p50"), open->latency_us.p50, cpu_us, "us", open->done);
    AddOne(benchmarks, name("latency_p90"), open->latency_us.p90, cpu_us, "us", open->done);
    AddOne(benchmarks, name("latency_p99"), open->latency_us.p99, cpu_us, "us", open->done);
  }
  const auto* closed = FindLoad(record, cell, record::Loop::Closed);
  if (closed != nullptr && closed->requests_per_s.value_or(0) > 0) {
    const double rate = std::max(*closed->requests_per_s, 1e-9);
    const Times each{name("request"), 1e6 / rate, cpu_us, "us", closed->done};
    benchmarks.Add(each, 0, 1)["items_per_second"] = rate;
  }
  if (const auto* startup = FindStartup(record, cell)) {
    AddOne(benchmarks, name("ready"), startup->ready_ms, 0, "ms", 1);
    AddOne(benchmarks, name("first_request"), startup->first_request_ms, 0, "ms", 1);
  }
}

// The time that a sample's value is, and its unit: what is no time is left out, a rate becomes the time of one.
std::optional<std::pair<double, std::string_view>> TimeOf(std::string_view metric, double value) {
  if (metric.ends_with("_us")) return std::pair(value, "us");
  if (metric.ends_with("_ms")) return std::pair(value, "ms");
  if (metric == "requests_per_s" && value > 0) return std::pair(1e6 / value, "us");
  return std::nullopt;
}

// EXPERIMENT/ARM/METRIC, a repetition for each block; what was measured again in reversed order is an arm of its own.
void AddSamples(const Record& record, Benchmarks& benchmarks) {
  std::map<std::string, std::int64_t> repetitions;
  const auto name_of = [](const record::Sample& sample, std::string_view metric) {
    return fmt::format(
        "{}/{}{}/{}", sample.experiment, sample.arm, sample.attempt > 1 ? "_reversed" : "", metric);
  };
  for (const record::Sample& sample : record.samples) {
    for (const auto& [metric, value] : sample.values)
      ++repetitions[name_of(sample, metric)];
  }
  std::map<std::string, std::int64_t> so_far;
  for (const record::Sample& sample : record.samples) {
    const auto cpu = sample.values.find("cpu_us");
    for (const auto& [metric, value] : sample.values) {
      const auto time = TimeOf(metric, value);
      if (!time || !std::isfinite(time->first)) continue;
      const std::string name = name_of(sample, metric);
      const bool is_of_request = time->second == "us" && cpu != sample.values.end();
      benchmarks.Add({name,
                      time->first,
                      is_of_request ? cpu->second : 0,
                      time->second,
                      sample.requests.value_or(1)},
                     so_far[name]++,
                     repetitions[name]);
    }
  }
}

void AddMicro(const record::Micro& micro, Benchmarks& benchmarks) {
  const Times times{micro.name,
                    micro.real_ns.value_or(0),
                    micro.cpu_ns.value_or(0),
                    "ns",
                    micro.iterations.value_or(0)};
  Json& json = benchmarks.Add(times, micro.repetition.value_or(0), micro.repetitions.value_or(1));
  if (micro.threads) json["threads"] = *micro.threads;
  if (micro.items_per_s) json["items_per_second"] = *micro.items_per_s;
  if (micro.bytes_per_s) json["bytes_per_second"] = *micro.bytes_per_s;
  if (micro.problem) {
    json["error_occurred"] = true;
    json["error_message"] = *micro.problem;
  }
}

}  // namespace

std::string WriteResults(const Record& record) {
  Benchmarks benchmarks;
  for (const record::Cell& cell : record.cells)
    AddCell(record, cell.cell, benchmarks);
  AddSamples(record, benchmarks);
  for (const record::Micro& micro : record.micros)
    AddMicro(micro, benchmarks);
  Json document = Json::object();
  document["context"] = ContextOf(record.header);
  document["benchmarks"] = benchmarks.Take();
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace reports::google_benchmark
