#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <utility>

#include "reports/google_benchmark/google_benchmark.h"
#include "reports/google_benchmark/units.h"

namespace reports::google_benchmark {

namespace base = hosts::base;
using base::Error;
using base::ErrorKind;
using base::Result;
using Json = nlohmann::json;

namespace {

std::optional<double> Number(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::optional<std::int64_t> Whole(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::string Text(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

bool IsTrue(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

// What is wrong, or "".
std::string ReadTimes(const Json& json, record::Micro& micro) {
  if (IsTrue(json, "error_occurred") || IsTrue(json, "skipped")) {
    micro.problem = Text(json, "error_message") + Text(json, "skip_message");
    if (micro.problem->empty()) micro.problem = "it says no reason";
    return {};
  }
  const std::string unit = Text(json, "time_unit");
  const auto nanoseconds = NanosecondsOf(unit.empty() ? "ns" : unit);
  if (!nanoseconds) return fmt::format("has the time_unit '{}': there are {}", unit, UnitNames());
  const auto real = Number(json, "real_time");
  const auto cpu = Number(json, "cpu_time");
  if (!real || !cpu) return "has no real_time or cpu_time";
  micro.real_ns = *real * *nanoseconds;
  micro.cpu_ns = *cpu * *nanoseconds;
  return {};
}

std::string ReadOne(const Json& json, record::Micro& micro) {
  micro.name = Text(json, "name");
  if (micro.name.empty()) return "has no name";
  micro.repetition = Whole(json, "repetition_index");
  micro.repetitions = Whole(json, "repetitions");
  micro.iterations = Whole(json, "iterations");
  if (const auto threads = Whole(json, "threads")) micro.threads = static_cast<int>(*threads);
  micro.items_per_s = Number(json, "items_per_second");
  micro.bytes_per_s = Number(json, "bytes_per_second");
  return ReadTimes(json, micro);
}

}  // namespace

Result<std::vector<record::Micro>> ReadResults(std::string_view json, std::string_view file) {
  const auto wrong = [&](std::string message) {
    return Error{ErrorKind::InvalidInput, fmt::format("{}: {}", file, message)};
  };
  const Json document = Json::parse(json, nullptr, false);
  const auto list = document.is_object() ? document.find("benchmarks") : document.end();
  if (!document.is_object() || list == document.end() || !list->is_array()) {
    return wrong("not what Google Benchmark writes with --benchmark_format=json");
  }
  std::optional<std::string> program;
  if (const auto context = document.find("context"); context != document.end()) {
    const std::string executable = Text(*context, "executable");
    if (!executable.empty()) program = std::filesystem::path(executable).filename().string();
  }
  std::vector<record::Micro> micros;
  for (const Json& one : *list) {
    if (Text(one, "run_type") == "aggregate") continue;
    record::Micro micro;
    micro.program = program;
    const std::string problem = ReadOne(one, micro);
    if (!problem.empty()) {
      return wrong(fmt::format("benchmark {} '{}' {}", &one - &list->front(), micro.name, problem));
    }
    micros.push_back(std::move(micro));
  }
  return micros;
}

}  // namespace reports::google_benchmark
