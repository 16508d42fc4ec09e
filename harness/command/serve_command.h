#pragma once
// `wsgilab serve`: the hosting engine on a configuration, or on a script in a mode. Becomes
// wsgilab-host: the process is the same, no file is left behind.

#include <CLI/CLI.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "hosts/base/result.h"

namespace harness::command {

struct ServeOptions {
  std::string file;
  std::string listen;  // "": where the configuration says, 127.0.0.1:8000 of a script
  std::string mode = "embedded/main/lazy";
  std::string mount = "/";
  std::string python_home;
  std::vector<std::string> python_path;
  int processes = 1;
  int threads = 5;
  std::string status;  // address of the status page; empty: there is none
  bool is_status_for_anybody = false;
};

// What the engine is started with, its own name first.
[[nodiscard]] std::vector<std::string> HostArguments(const std::filesystem::path& program,
                                                     const std::string& configuration,
                                                     const ServeOptions& options);

// How a script is served in a mode, e.g. with a daemon group of its name.
[[nodiscard]] hosts::base::Result<adapters::ServedDeployment> DeploymentOf(
    const ServeOptions& options);

void AddServeCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
