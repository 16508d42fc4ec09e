#include "suites/hosts_under_test/chosen_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <regex>

#include "harness/adapters/apache_adapter.h"
#include "harness/adapters/engine_adapter.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosts_under_test {

using harness::adapters::ApacheAdapter;
using harness::adapters::EngineAdapter;
using harness::adapters::InheritedEnvironment;
using harness::launch::LaunchPlan;

namespace {

HostKind chosen = HostKind::Engine;  // set before the first check

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

LaunchPlan EnginePlan(const Stage& stage, std::string configuration) {
  LaunchPlan plan;
  const auto file = stage.path("host.conf");
  plan.argv = {harness::adapters::FindEngine(), "serve", file, "--ready-fd", "{ready_fd}"};
  plan.environment = InheritedEnvironment();
  plan.environment.emplace_back("TMPDIR", stage.path("tmp"));
  plan.directory = stage.path();
  plan.files = {{file, Framed("127.0.0.1:0", std::move(configuration), stage)}};
  plan.log = stage.path("host.log");
  return plan;
}

LaunchPlan ApachePlan(const Stage& stage, std::string configuration) {
  std::string text = Framed("127.0.0.1:{port}", std::move(configuration), stage);
  const auto processes = NumberIn(text, "StartServers");
  const auto threads = NumberIn(text, "ThreadsPerChild");
  if (!processes) text += "StartServers 1\n";
  if (!threads) text += fmt::format("ThreadsPerChild {}\n", kThreadsPerChild);
  return ApacheAdapter(harness::adapters::FindApache(), InheritedEnvironment())
      .PlanOf(text, processes.value_or(1), threads.value_or(kThreadsPerChild), stage.path());
}

std::unique_ptr<harness::adapters::HostAdapter> AdapterOfChosen() {
  if (IsEngineChosen()) {
    return std::make_unique<EngineAdapter>(harness::adapters::FindEngine(), InheritedEnvironment());
  }
  return std::make_unique<ApacheAdapter>(harness::adapters::FindApache(), InheritedEnvironment());
}

}  // namespace

std::string_view Name(HostKind kind) {
  return kind == HostKind::Engine ? "engine" : "apache";
}

std::optional<HostKind> FindHostKind(std::string_view name) {
  for (const HostKind kind : {HostKind::Engine, HostKind::Apache}) {
    if (Name(kind) == name) return kind;
  }
  return std::nullopt;
}

void ChooseHost(HostKind kind) {
  chosen = kind;
}
HostKind ChosenHost() {
  return chosen;
}

std::optional<std::string> WhyNotInstalled() {
  if (IsEngineChosen()) {
    const auto program = harness::adapters::FindEngine();
    if (std::filesystem::exists(program)) return std::nullopt;
    return fmt::format("there is no host {}: build wsgilab-host, or set WSGILAB_HOST",
                       program.string());
  }
  const auto programs = harness::adapters::FindApache();
  for (const auto& needed : {programs.program, programs.mod_wsgi}) {
    if (!std::filesystem::exists(needed)) {
      return fmt::format("there is no {}: run scripts/setup --peers", needed.string());
    }
  }
  return std::nullopt;
}

const std::string& PythonOfHost() {
  static const std::string python = Need(AdapterOfChosen()->Probe()).python;
  return python;
}

LaunchPlan PlanFor(const Stage& stage, std::string configuration) {
  return IsEngineChosen() ? EnginePlan(stage, std::move(configuration))
                          : ApachePlan(stage, std::move(configuration));
}

hosts::base::Result<LaunchPlan> PlanFor(const Stage& stage,
                                        const harness::adapters::ServedDeployment& deployment) {
  return AdapterOfChosen()->Plan(deployment, stage.path());
}

}  // namespace suites::hosts_under_test
