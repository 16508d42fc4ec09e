#include "harness/run/settings.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>
#include <thread>

#include "harness/load/profile.h"
#include "harness/sampling/sampler.h"
#include "hosts/base/files.h"

namespace harness::run {

namespace record = reports::record;

namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr size_t kMostWords = 6;

// What one request is told by the process that served it: the pid, and how many were there at once.
struct Told {
  pid_t pid = 0;
  int at_once = 0;
};

std::optional<Told> Attend(const tour::Site& site, int wanted) {
  const auto answer = tour::Exchange(
      site,
      load::FormatGet(site.host(), fmt::format("{}/.wsgilab/at-once?{}", site.mount, wanted)),
      hosts::base::Deadline::After(kPatience));
  if (!answer || answer->status != 200) return std::nullopt;
  const auto object = nlohmann::json::parse(answer->body, nullptr, false);
  if (!object.is_object() || !object.contains("pid") || !object.contains("at_once")) {
    return std::nullopt;
  }
  return Told{object["pid"].get<pid_t>(), object["at_once"].get<int>()};
}

// So many requests at the same time: the most that a process had at once, and whether others had to wait.
void FindAtOnce(const SettingsQuestion& question, int requests, record::SettingsFound& found) {
  std::vector<std::optional<Told>> told(static_cast<size_t>(requests));
  {
    std::vector<std::jthread> threads;
    for (auto& one : told) {
      threads.emplace_back(
          [&question, &one] { one = Attend(question.site, question.wanted_threads); });
    }
  }
  std::map<pid_t, int> served;  // requests in all
  for (const auto& one : told) {
    if (!one) continue;
    ++served[one->pid];
    found.at_once = std::max(found.at_once.value_or(0), one->at_once);
  }
  if (!found.at_once) return;
  found.at_once_is_limit = std::ranges::any_of(
      served, [&](const auto& process) { return process.second > *found.at_once; });
}

}  // namespace

record::SettingsAsked AskedSettings(const adapters::ServedDeployment& deployment,
                                    const std::string& process_group) {
  record::SettingsAsked asked{.processes = deployment.server_processes,
                              .threads = deployment.server_threads};
  for (const adapters::DaemonGroup& group : deployment.daemon_groups) {
    if (group.name != process_group) continue;
    asked.processes = group.processes;
    asked.threads = group.threads;
  }
  return asked;
}

record::SettingsFound FindSettings(const SettingsQuestion& question) {
  record::SettingsFound found;
  // A few more than were asked for; many more for a host that takes those.
  constexpr int kFew = 3;
  const int asked = question.wanted_processes * question.wanted_threads;
  FindAtOnce(question, asked + kFew, found);
  if (found.at_once && !*found.at_once_is_limit) {
    FindAtOnce(question, asked + kFew + question.kept_connections, found);
  }
  std::vector<pid_t> named = question.ready.server;
  if (!question.process_group.empty()) {
    const auto group = question.ready.daemons.find(question.process_group);
    named = group == question.ready.daemons.end() ? std::vector<pid_t>{} : group->second;
  }
  if (named.empty()) return found;
  int alive = 0;
  const auto sample = sampling::SampleFamily(question.root, sampling::Memory::Skip);
  for (const sampling::ProcessSample& process : sample.processes) {
    if (std::ranges::find(named, process.stat.pid) == named.end()) continue;
    ++alive;
    found.threads = std::max(found.threads.value_or(0), process.stat.threads);
  }
  found.processes = alive;
  return found;
}

std::vector<std::string> SettingsDifferences(const record::SettingsAsked& asked,
                                             const record::SettingsFound& found) {
  std::vector<std::string> sentences;
  if (found.processes && *found.processes != asked.processes) {
    sentences.push_back(fmt::format(
        "{} processes run the application, asked for were {}", *found.processes, asked.processes));
  }
  if (found.at_once && *found.at_once != asked.threads) {
    sentences.push_back(fmt::format(
        "one process had {}{} requests in the application at the same time, asked for were {}",
        found.at_once_is_limit.value_or(true) ? "" : "at least ",
        *found.at_once,
        asked.threads));
  }
  if (found.keep_alive && *found.keep_alive != asked.keep_alive) {
    sentences.emplace_back("it closed connections that clients would have kept");
  }
  // A line for every other request is no log of errors.
  if (!asked.access_log && found.log_lines && found.requests &&
      *found.log_lines * 2 > *found.requests) {
    sentences.push_back(
        fmt::format("it wrote {} lines into its log for {} requests, asked for was "
                    "none for each",
                    *found.log_lines,
                    *found.requests));
  }
  return sentences;
}

bool HadToReconnect(const load::LoadResult& result) {
  return result.connects > result.profile.connections;
}

std::int64_t CountLines(const std::filesystem::path& log) {
  const auto text = hosts::base::ReadFile(log);
  return text ? std::count(text->begin(), text->end(), '\n') : 0;
}

std::vector<std::string> WordsInLog(const std::filesystem::path& log, const std::string& pattern) {
  std::vector<std::string> words;
  const auto text = hosts::base::ReadFile(log);
  if (!text || pattern.empty()) return words;
  const std::regex wanted(pattern);
  std::istringstream lines(*text);
  std::string line;
  while (words.size() < kMostWords && std::getline(lines, line)) {
    if (std::regex_search(line, wanted)) words.push_back(line);
  }
  return words;
}

}  // namespace harness::run
