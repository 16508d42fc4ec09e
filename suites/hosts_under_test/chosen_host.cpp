#include "suites/hosts_under_test/chosen_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <vector>

#include "harness/adapters/apache_adapter.h"
#include "harness/adapters/catalogue.h"
#include "harness/adapters/engine_adapter.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosts_under_test {

using harness::adapters::ApacheAdapter;
using harness::adapters::EngineAdapter;
using harness::adapters::InheritedEnvironment;
using harness::launch::LaunchPlan;

namespace {

std::string chosen(harness::adapters::kEngine);  // set before the first check

// Apache's own default, which is the engine's too.
constexpr int kThreadsPerChild = 25;

// How every configuration of a check begins.
std::string Framed(std::string_view listen, std::string text, const Stage& stage) {
  text = fmt::format(
             "Listen {}\nServerName check.example\n<Directory \"{{stage}}\">\n"
             "    Require all granted\n</Directory>\n",
             listen) +
         std::move(text);
  constexpr std::string_view kPlace = "{stage}";
  for (size_t at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at)) {
    text.replace(at, kPlace.size(), stage.path().string());
  }
  return text;
}

// The number behind a directive at the begin of a line.
std::optional<int> NumberIn(const std::string& text, const char* directive) {
  std::smatch found;
  const std::regex pattern(fmt::format("(?:^|\n)\\s*{}\\s+(\\d+)", directive), std::regex::icase);
  if (!std::regex_search(text, found, pattern)) return std::nullopt;
  return std::stoi(found[1]);
}

// An engine that can do without a GIL is put to the checks as it is there to be seen (EngineAdapter). What says something of
// GILs, or of how long one is kept, is to be read as it stands.
bool RunsWithoutGil(const EngineAdapter& engine, std::string_view configuration) {
  const auto speaks_of = [configuration](std::string_view words) {
    return configuration.find(words) != std::string_view::npos;
  };
  return engine.provable().runs_without_gil && !speaks_of("WSGIFreeThreading") &&
         !speaks_of("WSGIPerInterpreterGIL") && !speaks_of("WSGISwitchInterval") &&
         !speaks_of("switch-interval") && !speaks_of("deadlock-timeout");
}

LaunchPlan EnginePlan(const EngineAdapter& engine, const Stage& stage, std::string configuration) {
  if (RunsWithoutGil(engine, configuration)) configuration += "\nWSGIFreeThreading On\n";
  LaunchPlan plan;
  const auto file = stage.path("host.conf");
  plan.argv = {engine.program(), "serve", file, "--ready-fd", "{ready_fd}"};
  plan.environment = InheritedEnvironment();
  plan.environment.emplace_back("TMPDIR", stage.path("tmp"));
  plan.directory = stage.path();
  plan.files = {{file, Framed("127.0.0.1:0", std::move(configuration), stage)}};
  plan.log = stage.path("host.log");
  return plan;
}

LaunchPlan ApachePlan(const ApacheAdapter& apache, const Stage& stage, std::string configuration) {
  std::string text = Framed("127.0.0.1:{port}", std::move(configuration), stage);
  const auto processes = NumberIn(text, "StartServers");
  const auto threads = NumberIn(text, "ThreadsPerChild");
  if (!processes) text += "StartServers 1\n";
  if (!threads) text += fmt::format("ThreadsPerChild {}\n", kThreadsPerChild);
  // Whoever looks for what a process says of its life finds it, as with the engine.
  return apache.PlanOf("LogLevel warn wsgi:info\n" + text,
                       processes.value_or(1),
                       threads.value_or(kThreadsPerChild),
                       stage.path());
}

using Hosts = std::vector<std::unique_ptr<harness::adapters::HostAdapter>>;

const Hosts& EveryHost() {
  static const Hosts hosts = [] {
    const char* told = std::getenv("WSGILAB_PEERS");
    return harness::adapters::EveryHost(harness::adapters::FindEngine(),
                                        told != nullptr ? told : WSGILAB_PEERS,
                                        InheritedEnvironment());
  }();
  return hosts;
}

const harness::adapters::HostAdapter* Find(std::string_view name) {
  for (const auto& host : EveryHost()) {
    if (host->name() == name) return host.get();
  }
  return nullptr;
}

const harness::adapters::HostAdapter& AdapterOfChosen() {
  return *Find(chosen);
}

// Of whichever Python; null if it is another host.
const EngineAdapter* ChosenEngine() {
  return dynamic_cast<const EngineAdapter*>(&AdapterOfChosen());
}

// With whichever mod_wsgi; null if it is another host.
const ApacheAdapter* ChosenApache() {
  return dynamic_cast<const ApacheAdapter*>(&AdapterOfChosen());
}

}  // namespace

hosts::base::Result<void> ChooseHost(std::string_view name) {
  if (Find(name) == nullptr) {
    std::string names;
    for (const auto& host : EveryHost())
      names += fmt::format("{}{}", names.empty() ? "" : ", ", host->name());
    return hosts::base::Error{hosts::base::ErrorKind::InvalidInput,
                              fmt::format("no host is called '{}': there are {}", name, names)};
  }
  chosen = name;
  return {};
}

const std::string& ChosenHost() {
  return chosen;
}
std::string KindOfHost() {
  return IsEngineChosen() ? std::string(harness::adapters::kEngine) : chosen;
}
bool IsEngineChosen() {
  return ChosenEngine() != nullptr;
}
bool ReadsDirectives() {
  return IsEngineChosen() || ChosenApache() != nullptr;
}

std::optional<std::string> WhyNotInstalled() {
  const auto version = AdapterOfChosen().Probe();
  return version ? std::nullopt : std::optional(version.error().Text());
}

std::optional<std::string> WhyNotOffered(const Place& place) {
  std::optional<std::string> why;
  for (const auto& mode : hosts::deployment::AllModes()) {
    if (mode.process != place.process || mode.interpreter != place.interpreter) continue;
    why = AdapterOfChosen().WhyNotOffered(mode);
    if (!why) return std::nullopt;
  }
  return why;
}

std::optional<int> MajorOfModWsgi() {
  if (ChosenApache() == nullptr) return std::nullopt;
  static const std::string version = Need(AdapterOfChosen().Probe()).version;
  constexpr std::string_view kName = "mod_wsgi ";
  const size_t at = version.find(kName);
  if (at == std::string::npos) return std::nullopt;
  return std::atoi(version.c_str() + at + kName.size());
}

const std::string& PythonOfHost() {
  static const std::string python = Need(AdapterOfChosen().Probe()).python;
  return python;
}

bool IsHostFreeThreaded() {
  static const bool is_free_threaded = [] {
    const auto gils = Need(AdapterOfChosen().Probe()).gils;
    return std::find(gils.begin(), gils.end(), "off") != gils.end();
  }();
  return is_free_threaded;
}

bool IsServedWithoutGil() {
  const EngineAdapter* engine = ChosenEngine();
  return engine != nullptr && engine->provable().runs_without_gil;
}

std::string GilWanted() {
  return IsServedWithoutGil() ? "WSGIFreeThreading Off\n" : "";
}

std::filesystem::path ForPythonOfHost(std::filesystem::path folder) {
  const EngineAdapter* engine = ChosenEngine();
  if (engine == nullptr || engine->python().empty()) return folder;
  const std::filesystem::path named = fmt::format("{}-{}", folder.string(), engine->python());
  if (std::filesystem::exists(named)) return named;
  if (PythonOfHost().starts_with(WSGILAB_PYTHON_SERIES ".")) return folder;
  NotApplicable(
      fmt::format("{} is for another Python, and there is no {}", folder.string(), named.string()));
}

// What enters a leg is a script.
std::optional<std::string> WhyFilesAreNotOurs() {
  const EngineAdapter* engine = ChosenEngine();
  if (engine == nullptr || engine->python().empty()) return std::nullopt;
  std::string beginning(2, '\0');
  std::ifstream(engine->program(), std::ios::binary).read(beginning.data(), 2);
  if (beginning != "#!") return std::nullopt;
  return fmt::format(
      "{} has the files of another Debian: scripts/python-leg SUITE scripts/test --engine makes "
      "this check there",
      chosen);
}

namespace {

const std::string& SanitizerOfHost() {
  static const std::string sanitizer = [] {
    const auto version = AdapterOfChosen().Probe();
    return version ? version->sanitizer : std::string();
  }();
  return sanitizer;
}

}  // namespace

bool IsHostSanitized() {
  return !SanitizerOfHost().empty();
}
bool IsHostSanitizedForThreads() {
  return SanitizerOfHost() == "thread";
}

LaunchPlan PlanFor(const Stage& stage, std::string configuration) {
  if (!ReadsDirectives()) NotApplicable(chosen + " reads no directives");
  return IsEngineChosen() ? EnginePlan(*ChosenEngine(), stage, std::move(configuration))
                          : ApachePlan(*ChosenApache(), stage, std::move(configuration));
}

hosts::base::Result<LaunchPlan> PlanFor(const Stage& stage,
                                        const harness::adapters::ServedDeployment& deployment) {
  return AdapterOfChosen().Plan(deployment, stage.path());
}

}  // namespace suites::hosts_under_test
