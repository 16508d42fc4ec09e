#include "hosts/status/supervision.h"

#include <nlohmann/json.hpp>

namespace hosts::status {

namespace {

using nlohmann::json;

std::optional<int> NumberOrNothing(const json& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<int>();
}

json ToJson(const std::optional<int>& number) {
  return number ? json(*number) : json(nullptr);
}

json ToJson(const ProcessRow& row) {
  return {{"role", row.role},
          {"group", row.group},
          {"threads", row.threads},
          {"pid", row.pid},
          {"state", row.state},
          {"started", row.started_at_ms}};
}

json ToJson(const EndRow& row) {
  return {{"generation", row.generation},
          {"role", row.role},
          {"group", row.group},
          {"pid", row.pid},
          {"started", row.started_at_ms},
          {"ended", row.ended_at_ms},
          {"exit_code", ToJson(row.exit_code)},
          {"signal", ToJson(row.signal)},
          {"reason", row.reason},
          {"was_told", row.was_told},
          {"answered", row.answered},
          {"in_flight", row.in_flight}};
}

ProcessRow ProcessOf(const json& value) {
  return {.role = value.at("role"),
          .group = value.at("group"),
          .threads = value.at("threads"),
          .pid = value.at("pid"),
          .state = value.at("state"),
          .started_at_ms = value.at("started")};
}

EndRow EndOf(const json& value) {
  return {.generation = value.at("generation"),
          .role = value.at("role"),
          .group = value.at("group"),
          .pid = value.at("pid"),
          .started_at_ms = value.at("started"),
          .ended_at_ms = value.at("ended"),
          .exit_code = NumberOrNothing(value.at("exit_code")),
          .signal = NumberOrNothing(value.at("signal")),
          .reason = value.at("reason"),
          .was_told = value.at("was_told"),
          .answered = value.at("answered"),
          .in_flight = value.at("in_flight")};
}

}  // namespace

std::string TextOf(const Supervision& supervision) {
  json object = {{"pid", supervision.pid},
                 {"started", supervision.started_at_ms},
                 {"ended", supervision.ended},
                 {"is_cut", supervision.is_cut},
                 {"generations", json::array()},
                 {"last_ended", json::array()}};
  for (const GenerationRow& row : supervision.generations) {
    json processes = json::array();
    for (const ProcessRow& process : row.processes)
      processes.push_back(ToJson(process));
    object["generations"].push_back(
        {{"number", row.number}, {"state", row.state}, {"processes", std::move(processes)}});
  }
  for (const EndRow& row : supervision.last_ended)
    object["last_ended"].push_back(ToJson(row));
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Supervision> SupervisionOf(std::string_view text) {
  try {
    const json object = json::parse(text);
    Supervision supervision{.pid = object.at("pid"),
                            .started_at_ms = object.at("started"),
                            .generations = {},
                            .ended = object.at("ended"),
                            .last_ended = {},
                            .is_cut = object.at("is_cut")};
    for (const json& value : object.at("generations")) {
      GenerationRow row{.number = value.at("number"), .state = value.at("state"), .processes = {}};
      for (const json& process : value.at("processes"))
        row.processes.push_back(ProcessOf(process));
      supervision.generations.push_back(std::move(row));
    }
    for (const json& value : object.at("last_ended"))
      supervision.last_ended.push_back(EndOf(value));
    return supervision;
  } catch (const json::exception&) {  // before the first is written, and after nothing else
    return std::nullopt;
  }
}

}  // namespace hosts::status
