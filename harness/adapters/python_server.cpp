#include "harness/adapters/python_server.h"

#include <fmt/format.h>

#include <regex>

#include "harness/adapters/python_text.h"

namespace harness::adapters {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::deployment::Loading;
using hosts::deployment::ProcessKind;

namespace {

Error Unsupported(const PythonServer& server, std::string_view why) {
  return {ErrorKind::Unsupported, fmt::format("{} {}", server.name, why)};
}

}  // namespace

std::optional<std::string> WhyNoSuchMode(const hosts::deployment::Mode& mode) {
  if (mode.process == ProcessKind::Daemon) {
    return "its workers accept the connections themselves: none of its processes only runs the "
           "application behind a server";
  }
  if (IsSub(mode.interpreter)) {
    return "it is a Python program itself: each worker has the main interpreter and makes no other";
  }
  if (mode.loading == Loading::Lazy) {
    return "it loads the application before it accepts, never by a first request";
  }
  return std::nullopt;
}

Result<void> CheckOneCallable(const PythonServer& server, const ServedDeployment& deployment) {
  if (deployment.scripts.size() != 1) {
    return Unsupported(server,
                       fmt::format("serves one callable: {} scripts need as many of it",
                                   deployment.scripts.size()));
  }
  const ServedScript& script = deployment.scripts.front();
  if (!script.process_group.empty() || !deployment.daemon_groups.empty()) {
    return Unsupported(server, "has no daemon processes");
  }
  if (!script.application_group.empty()) return Unsupported(server, "has no sub-interpreters");
  if (!deployment.extra_directives.empty()) return Unsupported(server, "reads no directives");
  return {};
}

launch::LaunchPlan BeginPlan(const PythonServer& server,
                             const ServedDeployment& deployment,
                             const fs::path& directory) {
  const fs::path home = server.program.parent_path().parent_path();
  const fs::path starter = FilesFolder(directory) / "start.py";
  const fs::path python = deployment.python_home.empty() ? home : deployment.python_home;
  launch::LaunchPlan plan;
  plan.argv = {(python / "bin" / "python3").string(), starter.string()};
  plan.environment = server.environment;
  plan.environment.emplace_back("TMPDIR", (directory / "tmp").string());
  for (const auto& variable : deployment.environment)
    plan.environment.push_back(variable);
  plan.directory = directory;
  plan.files.push_back({starter, WriteStarter(home, server.module, server.function)});
  plan.files.push_back({FilesFolder(directory) / "wsgilab_app.py",
                        WriteScriptModule(deployment.scripts.front(), deployment.python_path)});
  plan.log = directory / "host.log";
  plan.readiness = launch::Readiness::LogSigns;
  plan.connect_address = "127.0.0.1:{port}";
  return plan;
}

Result<HostVersion> ProbePythonServer(const PythonServer& server) {
  if (!fs::exists(server.program)) return NotInstalled(server.program, server.variable);
  const auto said = AskProgram(server.program, server.environment, {"--version"});
  if (!said) return Unsupported(server, fmt::format("does not start: {}", said.error().Text()));
  const fs::path python = server.program.parent_path() / "python3";
  const auto python_said = AskProgram(python, server.environment, {"--version"});
  if (!python_said) {
    return Unsupported(server,
                       fmt::format("has no Python beside it: {}", python_said.error().Text()));
  }
  HostVersion version;
  version.version = VersionIn(*said);
  version.python = VersionIn(*python_said);
  version.program = server.program;
  if (version.version.empty()) {
    return Unsupported(server, fmt::format("calls itself '{}', without a version", *said));
  }
  return version;
}

fs::path FilesFolder(const fs::path& directory) {
  return directory / "host";
}

std::string VersionIn(const std::string& text) {
  static const std::regex kVersion(R"(\d+\.\d+(\.\d+)*)");
  std::smatch found;
  return std::regex_search(text, found, kVersion) ? found.str() : std::string();
}

Error NotInstalled(const fs::path& program, std::string_view variable) {
  return {ErrorKind::Unsupported,
          fmt::format(
              "there is no {}: run scripts/setup --peers, or set {}", program.string(), variable)};
}

std::vector<std::string> ModesOf(const HostAdapter& adapter) {
  std::vector<std::string> modes;
  for (const auto& mode : hosts::deployment::AllModes()) {
    if (!adapter.WhyNotOffered(mode)) modes.push_back(Name(mode));
  }
  return modes;
}

}  // namespace harness::adapters
