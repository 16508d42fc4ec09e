#include "harness/fake_host/imitation.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <optional>
#include <sstream>

namespace harness::fake_host {

namespace {

std::string WithoutQuotes(std::string text) {
  std::erase(text, '"');
  return text == "%{GLOBAL}" ? "" : text;
}

// The value of NAME=value, when the word is one.
std::optional<std::string> Option(const std::string& word, std::string_view name) {
  if (!word.starts_with(name) || word.size() <= name.size() || word[name.size()] != '=') {
    return std::nullopt;
  }
  return WithoutQuotes(word.substr(name.size() + 1));
}

}  // namespace

Imitated ReadConfiguration(std::string_view text) {
  Imitated imitated;
  std::istringstream lines{std::string(text)};
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string directive;
    std::string word;
    words >> directive;
    if (directive == "WSGIProcessGroup" && words >> word) {
      imitated.process_group = WithoutQuotes(word);
    }
    if (directive == "WSGIApplicationGroup" && words >> word) {
      imitated.application_group = WithoutQuotes(word);
    }
    if (directive == "ThreadsPerChild") words >> imitated.threads;
    if (directive == "WSGIDaemonProcess") {
      while (words >> word) {
        if (const auto threads = Option(word, "threads")) imitated.threads = std::stoi(*threads);
      }
    }
    if (directive != "WSGIScriptAlias") continue;
    int options = 0;
    while (words >> word) {
      if (const auto group = Option(word, "process-group")) {
        imitated.process_group = *group;
        ++options;
      } else if (const auto interpreter = Option(word, "application-group")) {
        imitated.application_group = *interpreter;
        ++options;
      }
    }
    imitated.preload = options == 2;
  }
  return imitated;
}

std::string PlacementJson(const Imitated& imitated,
                          const Instants& instants,
                          const Faults& faults) {
  const bool is_main = imitated.application_group.empty() != faults.wrong_place;
  // Shorter than any host needs to its first request: a preloaded application must be there before it.
  constexpr double kImportSeconds = 1e-6;
  const double imported = imitated.preload ? instants.started_at : instants.first_request_at;
  return nlohmann::json({{"pid", ::getpid()},
                         {"ppid", ::getppid()},
                         {"process_started", instants.started_at},
                         {"python_version", "3.11.2"},
                         {"sys_prefix", "/usr"},
                         {"process_group", imitated.process_group},
                         {"application_group", imitated.application_group},
                         {"interpreter_id", is_main ? 0 : 1},
                         {"main_interpreter_id", 0},
                         {"gil", "shared"},
                         {"import_started", imported},
                         {"import_finished", imported + kImportSeconds},
                         {"import_seconds", kImportSeconds},
                         {"import_on_main_thread", imitated.preload},
                         {"load_count", 1}})
      .dump();
}

std::string AtOnceJson(const Imitated& imitated, const Faults& faults) {
  const int at_once = faults.one_by_one ? 1 : imitated.threads;
  return nlohmann::json({{"pid", ::getpid()}, {"at_once", at_once}}).dump();
}

std::string ModulesJson() {
  return nlohmann::json({{"pid", ::getpid()},
                         {"before_script", 38},
                         {"by_script", 1},
                         {"since", nlohmann::json::array()}})
      .dump();
}

std::string HttpAnswer(std::string_view content_type,
                       std::string_view body,
                       std::string_view fields) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}",
                     content_type,
                     body.size(),
                     fields,
                     body);
}

}  // namespace harness::fake_host
