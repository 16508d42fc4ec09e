#include <nlohmann/json.hpp>

#include <map>

#include "hosts/status/report.h"

namespace hosts::status {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

Json TextOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json NumberOrNull(const std::optional<int>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json WaitsInMicroseconds(const Waits& waits, std::uint64_t per_microsecond) {
  return {{"count", waits.count},
          {"total_us", waits.total / per_microsecond},
          {"max_us", waits.longest / per_microsecond}};
}

Json InterpretersOf(const Loaded& loaded) {
  Json interpreters = Json::array();
  for (const LoadedInterpreter& interpreter : loaded.interpreters) {
    Json scripts = Json::array();
    for (const auto& [path, at_ms] : interpreter.scripts)
      scripts.push_back({{"path", path}, {"loaded", Instant(at_ms)}});
    interpreters.push_back({{"name", interpreter.name}, {"scripts", std::move(scripts)}});
  }
  return interpreters;
}

Json FiguresOf(const ProcessFigures& figures) {
  constexpr std::uint64_t kNanosecondsPer = 1000;
  Json json;
  json["answered"] = figures.answered;
  json["in_flight"] = figures.in_flight;
  json["forwarded"] = figures.forwarded;
  json["forwarded_in_flight"] = figures.forwarded_in_flight;
  json["queue_wait"] = WaitsInMicroseconds(figures.queue_us, 1);
  json["gil_wait"] = WaitsInMicroseconds(figures.gil_ns, kNanosecondsPer);
  json["interpreters"] = InterpretersOf(figures.loaded);
  json["interpreters_cut"] = figures.loaded.is_cut;
  json["end_reason"] = TextOrNull(figures.end_reason);
  return json;
}

Json ProcessOf(const ShownProcess& process) {
  const ProcessRow& row = process.row;
  Json json;
  json["pid"] = row.pid == 0 ? Json(nullptr) : Json(row.pid);
  json["role"] = row.role;
  json["group"] = TextOrNull(row.group);
  json["state"] = row.state;
  json["started"] = row.pid == 0 ? Json(nullptr) : Json(Instant(row.started_at_ms));
  json["threads"] = row.threads;
  json["figures"] = process.figures ? FiguresOf(*process.figures) : Json(nullptr);
  return json;
}

Json GenerationOf(const ShownGeneration& generation) {
  Json processes = Json::array();
  for (const ShownProcess& process : generation.processes)
    processes.push_back(ProcessOf(process));
  return {{"number", generation.number},
          {"state", generation.state},
          {"processes", std::move(processes)}};
}

// Sums over the processes that are there now, of all generations.
Json GroupsOf(const Report& report) {
  struct Sum {
    std::uint64_t processes = 0;
    std::uint64_t ready = 0;
    std::uint64_t answered = 0;
    std::uint64_t in_flight = 0;
  };
  std::map<std::string, Sum> sums;
  for (const ShownGeneration& generation : report.generations) {
    for (const auto& [row, figures] : generation.processes) {
      if (row.group.empty()) continue;
      Sum& sum = sums[row.group];
      if (row.pid != 0) ++sum.processes;
      if (row.state == "ready") ++sum.ready;
      if (!figures) continue;
      sum.answered += figures->answered;
      sum.in_flight += figures->in_flight;
    }
  }
  Json groups = Json::array();
  for (const auto& [name, sum] : sums) {
    groups.push_back({{"name", name},
                      {"processes", sum.processes},
                      {"ready", sum.ready},
                      {"answered", sum.answered},
                      {"in_flight", sum.in_flight}});
  }
  return groups;
}

Json EndOf(const EndRow& row) {
  Json json;
  json["pid"] = row.pid;
  json["role"] = row.role;
  json["group"] = TextOrNull(row.group);
  json["generation"] = row.generation;
  json["started"] = Instant(row.started_at_ms);
  json["ended"] = Instant(row.ended_at_ms);
  json["exit_code"] = NumberOrNull(row.exit_code);
  json["signal"] = NumberOrNull(row.signal);
  json["reason"] = TextOrNull(row.reason);
  json["was_told"] = row.was_told;
  json["answered"] = row.answered;
  json["in_flight"] = row.in_flight;
  return json;
}

}  // namespace

std::string ToJson(const Report& report) {
  Json json;
  json["schema"] = kSchema;
  json["at"] = Instant(report.at_ms);
  json["supervisor"] = {{"pid", report.supervision.pid},
                        {"started", Instant(report.supervision.started_at_ms)}};
  json["generations"] = Json::array();
  for (const ShownGeneration& generation : report.generations)
    json["generations"].push_back(GenerationOf(generation));
  json["processes_cut"] = report.supervision.is_cut;
  json["groups"] = GroupsOf(report);
  json["ended"] = {{"total", report.supervision.ended}, {"last", Json::array()}};
  for (const EndRow& row : report.supervision.last_ended)
    json["ended"]["last"].push_back(EndOf(row));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace hosts::status
