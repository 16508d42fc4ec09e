#pragma once
// HostAdapter: how one kind of host is told to serve a deployment.
//
// An adapter decides and describes; it starts nothing, opens nothing, and asks the machine only in
// Probe(). One for every host: engine now; apache, gunicorn, uwsgi and granian later.
//
// Threads: const methods may be called at the same time.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/launch/launch_plan.h"
#include "hosts/base/result.h"
#include "hosts/deployment/modes.h"

namespace harness::adapters {

// One script at one URL, and where it is to run.
struct ServedScript {
  std::string url = "/";
  std::filesystem::path script;
  std::string process_group;      // "" is embedded
  std::string application_group;  // "" is the main interpreter, else a sub-interpreter
  // Written on the alias as options (the loading they bring is PRELOAD-1's), or by directives.
  enum class GroupsBy { BothOptions, OneOption, Directives };
  GroupsBy groups_by = GroupsBy::BothOptions;
};

struct DaemonGroup {
  std::string name;
  int processes = 1;
  int threads = 5;
  std::filesystem::path home;
  std::filesystem::path python_home;
  std::vector<std::filesystem::path> python_path;
  std::string user;
};

// What one host serves in one cell or check.
struct ServedDeployment {
  std::vector<ServedScript> scripts;
  std::vector<DaemonGroup> daemon_groups;
  int server_processes = 1;
  int server_threads = 5;
  std::filesystem::path python_home;               // of embedded mode
  std::vector<std::filesystem::path> python_path;  // of embedded mode
  std::vector<std::pair<std::string, std::string>> environment;
};

struct HostVersion {
  std::string host;     // "engine 0.1.0"
  std::string python;   // "3.11.2"
  std::string library;  // path of the Python library it embeds, if known
  std::filesystem::path program;
};

class HostAdapter {
 public:
  virtual ~HostAdapter() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;

  // What is installed here, or Unsupported with the reason shown in the report.
  [[nodiscard]] virtual hosts::base::Result<HostVersion> Probe() const = 0;

  // Why this host has no such mode, or nullopt when it has. Never a nearest match.
  [[nodiscard]] virtual std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const = 0;

  // How to serve it; generated files go into `directory`, which exists.
  [[nodiscard]] virtual hosts::base::Result<launch::LaunchPlan> Plan(
      const ServedDeployment& deployment, const std::filesystem::path& directory) const = 0;
};

}  // namespace harness::adapters
