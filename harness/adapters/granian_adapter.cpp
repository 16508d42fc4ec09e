#include "harness/adapters/granian_adapter.h"

namespace harness::adapters {

namespace fs = std::filesystem;
using hosts::base::Result;

GranianAdapter::GranianAdapter(fs::path program, Environment environment)
    : server_{"Granian",
              std::move(program),
              "WSGILAB_GRANIAN",
              "granian.cli",
              "entrypoint",
              std::move(environment)} {}

Result<HostVersion> GranianAdapter::Probe() const {
  auto version = ProbePythonServer(server_);
  if (version) version->modes = ModesOf(*this);
  return version;
}

std::optional<std::string> GranianAdapter::WhyNotOffered(
    const hosts::deployment::Mode& mode) const {
  return WhyNoSuchMode(mode);
}

Result<launch::LaunchPlan> GranianAdapter::Plan(const ServedDeployment& deployment,
                                                const fs::path& directory) const {
  if (const auto possible = CheckOneCallable(server_, deployment); !possible) {
    return possible.error();
  }
  launch::LaunchPlan plan = BeginPlan(server_, deployment, directory);
  const int workers = deployment.server_processes;
  plan.argv.insert(plan.argv.end(),
                   {"--interface",
                    "wsgi",
                    "--http",
                    "1",
                    "--no-ws",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    "{port}",
                    "--workers",
                    std::to_string(workers),
                    "--blocking-threads",
                    std::to_string(deployment.server_threads),
                    "--working-dir",
                    FilesFolder(directory).string()});
  const std::string& url = deployment.scripts.front().url;
  if (url != "/") plan.argv.insert(plan.argv.end(), {"--url-path-prefix", url});
  plan.argv.emplace_back("wsgilab_app:application");
  // A worker says that it has started when it has loaded the application, and listens only then, at a socket of its own
  // (2.8.7, seen in its system calls on 2026-11-29).
  plan.log_signs = {{R"(Spawning worker-\d+ with PID: (\d+))", workers},
                    {R"(Started worker-\d+)", workers}};
  plan.listening_sockets = workers;
  return plan;
}

}  // namespace harness::adapters
