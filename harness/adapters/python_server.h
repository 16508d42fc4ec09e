#pragma once
// PythonServer: what gunicorn and Granian have in common: a master that serves nothing, and workers below it
// that accept connections and run one callable in the main interpreter, loaded when they start.
//
// In our words that is `embedded/main/preload` and nothing else: the process that accepts is the process that
// runs the application, as in Apache's own children. A callable is one script.
//
// Fails:   Unsupported for a deployment that such a server cannot hold.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/ask_program.h"
#include "harness/adapters/host_adapter.h"
#include "harness/launch/launch_plan.h"
#include "hosts/base/result.h"
#include "hosts/deployment/modes.h"

namespace harness::adapters {

struct PythonServer {
  std::string name;               // "gunicorn"
  std::filesystem::path program;  // <environment>/bin/gunicorn
  std::string variable;           // which names another program
  std::string_view module;        // whose `function` the program calls
  std::string_view function;
  Environment environment;
};

[[nodiscard]] std::optional<std::string> WhyNoSuchMode(const hosts::deployment::Mode& mode);

// There is one script, with no process group or interpreter of its own.
[[nodiscard]] hosts::base::Result<void> CheckOneCallable(const PythonServer& server,
                                                         const ServedDeployment& deployment);

// Everything but the server's own words and files: its Python, the module wsgilab_app, the starter.
[[nodiscard]] launch::LaunchPlan BeginPlan(const PythonServer& server,
                                           const ServedDeployment& deployment,
                                           const std::filesystem::path& directory);

// The program's version and its Python's.
[[nodiscard]] hosts::base::Result<HostVersion> ProbePythonServer(const PythonServer& server);

// The folder of a plan's generated files, which is the server's working directory as well.
[[nodiscard]] std::filesystem::path FilesFolder(const std::filesystem::path& directory);

// The first "1.2.3" in a text; empty when there is none.
[[nodiscard]] std::string VersionIn(const std::string& text);

// Unsupported: the program is not there, with what to do.
[[nodiscard]] hosts::base::Error NotInstalled(const std::filesystem::path& program,
                                              std::string_view variable);

// The names of the modes that an adapter has.
[[nodiscard]] std::vector<std::string> ModesOf(const HostAdapter& adapter);

}  // namespace harness::adapters
