#pragma once
// HostAdapter: how one kind of host is told to serve a deployment.
//
// An adapter decides and describes; it starts nothing, opens nothing, and asks the machine only in
// Probe(), which may start the host's program for a moment. One for every host; catalogue.h has them all.
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

// How the groups of a script are written, and so when it is loaded (PRELOAD-1).
enum class GroupsBy {
  BothOptions,  // process-group= and application-group= on the alias: preloaded
  OneOption,    // process-group= on the alias, the application group by directive: lazy
  Directives,   // WSGIProcessGroup and WSGIApplicationGroup: lazy
};

// One script at one URL, and where it is to run.
struct ServedScript {
  using GroupsBy = adapters::GroupsBy;
  std::string url = "/";
  std::filesystem::path script;
  std::string process_group;      // "" is embedded
  std::string application_group;  // "" is the main interpreter, else a sub-interpreter
  bool has_own_gil = false;       // which has a GIL of its own
  GroupsBy groups_by = GroupsBy::BothOptions;
  std::string callable;             // "" is `application`
  bool pass_authorization = false;  // hand the Authorization header to the application
};

struct DaemonGroup {
  std::string name;
  int processes = 1;
  int threads = 5;
  std::filesystem::path home;
  std::filesystem::path python_home;
  std::vector<std::filesystem::path> python_path;
  std::string user;
  std::string group;
  std::string umask;         // "0027"
  std::string display_name;  // what ps shows
};

// What one host serves in one cell or check.
struct ServedDeployment {
  std::vector<ServedScript> scripts;
  std::vector<DaemonGroup> daemon_groups;
  int server_processes = 1;
  int server_threads = 5;
  std::string listen = "127.0.0.1:0";
  std::filesystem::path python_home;               // of embedded mode
  std::vector<std::filesystem::path> python_path;  // of embedded mode
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> extra_directives;  // as written, at the server's level
  // Connections that clients keep open at the same time, 0 if nobody knows: for a host that gives each a thread.
  int kept_connections = 0;
};

// Where a host does something else than mod_wsgi, in its own words.
struct Deviation {
  std::string rule;
  std::string kind;  // "on purpose", "not yet"
  std::string theirs;
  std::string ours;
  std::string why;
};

struct HostVersion {
  std::string version;  // of the host: "0.1.0"
  std::string python;   // "3.11.2"
  std::string library;  // path of the Python library it embeds, if known
  std::filesystem::path program;
  std::string build;               // "RelWithDebInfo", if known
  std::vector<std::string> modes;  // names of the modes it has
  std::vector<Deviation> deviations = {};
  std::string sanitizer = {};  // that it was built with: "thread"; empty if none
  // What its interpreters can have, where it says so: "shared", one GIL for all; "own", one for each; "off", none at all.
  std::vector<std::string> gils = {};
};

// Where an application that is loaded before the first request is loaded.
enum class LoadedBy {
  EachProcess,  // when it starts: `preload` in the strict sense
  TheMaster,    // once, before the fork that makes the processes
};

// What an application that runs on a host can be held against, beyond its processes and interpreter.
struct Provable {
  bool names_groups = true;  // environ has mod_wsgi.process_group and mod_wsgi.application_group
  bool loads_before_fork =
      false;  // what is loaded before the first request is loaded by the master
  // Where no interpreter is to have a GIL of its own, it runs Python without any.
  bool runs_without_gil = false;
};

class HostAdapter {
 public:
  HostAdapter() = default;
  HostAdapter(const HostAdapter&) = delete;
  HostAdapter& operator=(const HostAdapter&) = delete;
  virtual ~HostAdapter() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;

  // What is installed here, or Unsupported with the reason shown in the report.
  [[nodiscard]] virtual hosts::base::Result<HostVersion> Probe() const = 0;

  // Why this host has no such mode, or nullopt when it has. Never a nearest match. Of a mode that depends on the
  // host's Python, one that is not installed has nobody who knows: it has it not.
  [[nodiscard]] virtual std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const = 0;

  // How to serve it; generated files go into `directory`, which exists.
  [[nodiscard]] virtual hosts::base::Result<launch::LaunchPlan> Plan(
      const ServedDeployment& deployment, const std::filesystem::path& directory) const = 0;

  [[nodiscard]] virtual Provable provable() const { return {}; }

  // Finds the lines of its log in which it says what its settings are; "" when it says nothing.
  [[nodiscard]] virtual std::string settings_pattern() const { return {}; }

  // The user that its applications run as, when it is not the one that starts it; who lays out their data gives
  // it to him.
  [[nodiscard]] virtual std::string runs_as() const { return {}; }
};

}  // namespace harness::adapters
