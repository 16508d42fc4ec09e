#include "suites/hosts_under_test/probe.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace suites::hosts_under_test {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

Result<ProbeAnswer> Parsed(const Result<client::Answer>& answer) {
  if (!answer) return answer.error();
  return ParseProbeAnswer(*answer);
}

}  // namespace

std::string ProbeAnswer::Place() const {
  return fmt::format("pid {}, interpreter {}", pid, interpreter);
}

Result<ProbeAnswer> ParseProbeAnswer(const client::Answer& answer) {
  const auto unexpected = [&answer](std::string_view why) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("the probe answered {} ({})", answer.status, why)};
  };
  if (answer.status != 200) return unexpected("200 was expected");
  try {
    const auto object = nlohmann::json::parse(answer.body);
    ProbeAnswer probe;
    probe.name = object.at("name");
    probe.pid = object.at("pid");
    probe.parent_pid = object.at("parent_pid");
    probe.thread = object.at("thread");
    probe.process_group = object.at("process_group");
    probe.application_group = object.at("application_group");
    probe.interpreter = object.at("interpreter");
    probe.load = object.at("load");
    probe.imported_at = object.at("imported_at");
    probe.import_on_main_thread = object.at("import_on_main_thread");
    if (object.contains("result")) probe.result = object.at("result").dump();
    probe.is_elsewhere = object.value("elsewhere", false);
    if (object.contains("error")) probe.error = object.at("error").get<std::string>();
    return probe;
  } catch (const nlohmann::json::exception& error) {
    return unexpected(error.what());
  }
}

Result<ProbeAnswer> Where(client::HttpClient& client, const std::string& url) {
  return Parsed(client.Get(url));
}

Result<ProbeAnswer> Execute(client::HttpClient& client,
                            const std::string& url,
                            const std::string& python,
                            const std::string& token) {
  return Parsed(client.Post(url, python, {{"X-Token", token}}));
}

Result<ProbeAnswer> ExecuteWhere(const std::string& wanted,
                                 client::HttpClient& client,
                                 const std::string& url,
                                 const std::string& python,
                                 const std::string& token) {
  return Parsed(client.Post(url, python, {{"X-Token", token}, {"X-Want", wanted}}));
}

std::vector<Event> EventsOn(const Stage& stage) {
  const auto text = hosts::base::ReadFile(stage.path("events.jsonl"));
  if (!text) return {};
  std::vector<Event> events;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    events.push_back({object.at("event"),
                      object.at("name"),
                      object.at("pid"),
                      object.at("at"),
                      object.at("load"),
                      object.value("interpreter", -1L),
                      object.value("on_main_thread", false),
                      object.value("cwd", std::string())});
  }
  return events;
}

std::vector<Event> EventsOn(const Stage& stage, std::string_view event, std::string_view name) {
  std::vector<Event> events = EventsOn(stage);
  std::erase_if(events, [&](const Event& one) {
    return one.event != event || (!name.empty() && one.name != name);
  });
  return events;
}

}  // namespace suites::hosts_under_test
