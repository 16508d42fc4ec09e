#pragma once
// App: an application of the catalogue: a folder with a tour.json (apps/README.md has the format).
//
// Fails:   a folder or tour that is missing or not understood is a Result that names the file.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/result.h"

namespace harness::matrix {

// An SQLite file of which each host is given a copy (harness/run/databases.h).
struct Database {
  std::filesystem::path file;      // the application's own
  std::filesystem::path snapshot;  // as it was when the run began
};

struct App {
  std::string name;
  std::string title;
  std::filesystem::path script;                  // the real WSGI script
  std::optional<std::filesystem::path> project;  // what goes on the Python path; its home
  bool needs_venv = false;
  std::optional<std::filesystem::path> prepare;    // fills $WSGILAB_DATA
  std::optional<std::filesystem::path> tour;       // absent: one GET of `url`, expecting 200
  std::string url = "/";                           // below the mount; for an app without a tour
  bool is_own = false;                             // somebody's, not of the catalogue
  std::string callable = "application";            // its name in the script
  std::optional<std::filesystem::path> venv = {};  // its own, instead of the run's; with needs_venv
  std::vector<std::filesystem::path> python_path = {};                // behind the project
  std::vector<std::pair<std::string, std::string>> environment = {};  // of its processes
  std::string mount = {};        // its URL, "/shop"; "" is the root
  std::string server_name = {};  // whom clients ask for; "" is the address
  std::vector<Database> databases = {};
  std::string reproduce =
      {};  // the command that runs it again, without the mode; empty: wsgilab run finds it
};

[[nodiscard]] hosts::base::Result<App> ReadApp(const std::filesystem::path& folder);

// Every folder below it that has a tour.json, by name.
[[nodiscard]] hosts::base::Result<std::vector<App>> ReadApps(const std::filesystem::path& folder);

// Somebody's own script: no tour, its project on the Python path.
[[nodiscard]] hosts::base::Result<App> AppOfScript(const std::filesystem::path& script,
                                                   const std::string& url);

// The folder that is to be on the Python path for a script: the one above its package, or that has a manage.py, or its own.
[[nodiscard]] std::filesystem::path ProjectOf(const std::filesystem::path& script);

}  // namespace harness::matrix
