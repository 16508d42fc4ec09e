#include "harness/command/hosts_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <memory>

#include "harness/adapters/catalogue.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/command/exit.h"
#include "harness/command/places.h"

namespace harness::command {

using Json = nlohmann::ordered_json;
using adapters::HostAdapter;
using hosts::base::Result;

namespace {

Json ModesOf(const HostAdapter& host) {
  Json modes = Json::array();
  for (const auto& mode : hosts::deployment::AllModes()) {
    Json entry{{"mode", Name(mode)}, {"offered", true}};
    if (const auto why_not = host.WhyNotOffered(mode)) {
      entry["offered"] = false;
      entry["reason"] = *why_not;
    }
    modes.push_back(std::move(entry));
  }
  return modes;
}

Json ToJson(const HostAdapter& host, const Result<adapters::HostVersion>& version) {
  Json object{{"name", host.name()}, {"installed", version.has_value()}};
  if (!version) {
    object["reason"] = version.error().message;
  } else {
    object["version"] = version->version;
    object["python"] = version->python;
    if (!version->library.empty()) object["library"] = version->library;
    object["program"] = version->program.string();
    if (!version->build.empty()) object["build"] = version->build;
    if (!version->sanitizer.empty()) object["sanitizer"] = version->sanitizer;
    if (!version->gils.empty()) object["gils"] = version->gils;
    object["modes"] = version->modes;
  }
  object["all_modes"] = ModesOf(host);
  return object;
}

// The modes that it has, and each reason why it has not the others, once.
void PrintModes(const HostAdapter& host) {
  std::string offered;
  std::vector<std::pair<std::string, std::string>> reasons;  // reason, modes
  for (const auto& mode : hosts::deployment::AllModes()) {
    const auto why_not = host.WhyNotOffered(mode);
    if (!why_not) {
      offered += " " + Name(mode);
      continue;
    }
    const auto known =
        std::ranges::find(reasons, *why_not, [](const auto& one) { return one.first; });
    if (known == reasons.end()) {
      reasons.emplace_back(*why_not, Name(mode));
    } else {
      known->second += " " + Name(mode);
    }
  }
  fmt::print("  modes:{}\n", offered);
  for (const auto& [reason, modes] : reasons)
    fmt::print("  not {}\n    {}\n", modes, reason);
}

// "  Debug build with sanitizer address"; empty where nothing is known.
std::string BuildOf(const adapters::HostVersion& version) {
  if (version.build.empty()) return {};
  const std::string with =
      version.sanitizer.empty() ? "" : fmt::format(" with sanitizer {}", version.sanitizer);
  return fmt::format("  {} build{}", version.build, with);
}

void Print(const HostAdapter& host, const Result<adapters::HostVersion>& version) {
  if (!version) {
    fmt::print("{}  not installed: {}\n", host.name(), version.error().message);
  } else {
    fmt::print(
        "{}  {}  Python {}{}{}\n  {}\n",
        host.name(),
        version->version,
        version->python,
        BuildOf(*version),
        version->gils.empty() ? "" : fmt::format("  GIL: {}", fmt::join(version->gils, ", ")),
        version->program.string());
  }
  PrintModes(host);
}

int ShowHosts(bool json) {
  const Places places = FindPlaces();
  Json list = Json::array();
  for (const auto& host :
       adapters::EveryHost(places.host, places.peers, adapters::InheritedEnvironment())) {
    const auto version = host->Probe();
    if (json) {
      list.push_back(ToJson(*host, version));
    } else {
      Print(*host, version);
    }
  }
  if (json) fmt::print("{}\n", Json{{"schema", "wsgilab-hosts/1"}, {"hosts", list}}.dump(2));
  return kPass;
}

}  // namespace

void AddHostsCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb =
      program.add_subcommand("hosts", "what is installed: hosts, versions, Pythons, modes");
  auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "for programs: wsgilab schema hosts");
  verb->footer(
      "The engine, engines with other Pythons (wsgilab-host-3.14 beside it, or "
      "WSGILAB_ENGINES=3.14=PROGRAM),\n"
      "and the servers it is held against (scripts/setup --peers installs them). A name is what "
      "`run --host`\n"
      "and `list --host` take.\n"
      "Example:\n  wsgilab hosts --json");
  verb->callback([json, &chosen] { chosen = [json] { return ShowHosts(*json); }; });
}

}  // namespace harness::command
