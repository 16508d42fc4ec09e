#include "harness/adapters/gunicorn_adapter.h"

#include <fmt/format.h>

#include "harness/adapters/python_text.h"

namespace harness::adapters {

namespace fs = std::filesystem;
using hosts::base::Result;

namespace {

// Formatted by gunicorn's own logger, in each worker.
constexpr std::string_view kHook =
    R"py(

def post_worker_init(worker):
    worker.log.info(
        "wsgilab: worker %d serves: %s, %d threads",
        worker.pid, worker.cfg.worker_class_str, worker.cfg.threads,
    )
)py";

std::string WriteConfiguration(const ServedDeployment& deployment,
                               const fs::path& directory,
                               LoadedBy loaded_by) {
  std::string text = fmt::format(
      "bind = \"127.0.0.1:{{port}}\"\n"
      "workers = {}\n"
      "worker_class = \"{}\"\n"
      "threads = {}\n"
      "preload_app = {}\n"
      "keepalive = 5\n"
      "chdir = {}\n"
      "control_socket_disable = True\n",
      deployment.server_processes,
      deployment.server_threads > 1 ? "gthread" : "sync",
      deployment.server_threads,
      loaded_by == LoadedBy::TheMaster ? "True" : "False",
      PythonLiteral(FilesFolder(directory).string()));
  return text + std::string(kHook);
}

}  // namespace

GunicornAdapter::GunicornAdapter(fs::path program, Environment environment, LoadedBy loaded_by)
    : server_{"gunicorn",
              std::move(program),
              "WSGILAB_GUNICORN",
              "gunicorn.app.wsgiapp",
              "run",
              std::move(environment)},
      loaded_by_(loaded_by) {}

std::string_view GunicornAdapter::name() const {
  return loaded_by_ == LoadedBy::TheMaster ? "gunicorn-before-fork" : "gunicorn";
}

Result<HostVersion> GunicornAdapter::Probe() const {
  auto version = ProbePythonServer(server_);
  if (version) version->modes = ModesOf(*this);
  return version;
}

std::optional<std::string> GunicornAdapter::WhyNotOffered(
    const hosts::deployment::Mode& mode) const {
  return WhyNoSuchMode(mode);
}

Result<launch::LaunchPlan> GunicornAdapter::Plan(const ServedDeployment& deployment,
                                                 const fs::path& directory) const {
  if (const auto possible = CheckOneCallable(server_, deployment); !possible) {
    return possible.error();
  }
  launch::LaunchPlan plan = BeginPlan(server_, deployment, directory);
  const fs::path configuration = FilesFolder(directory) / "gunicorn.conf.py";
  plan.argv.insert(plan.argv.end(),
                   {"--config", configuration.string(), "wsgilab_app:application"});
  // gunicorn's own way to serve below a URL.
  const std::string& url = deployment.scripts.front().url;
  if (url != "/") plan.environment.emplace_back("SCRIPT_NAME", url);
  plan.files.push_back({configuration, WriteConfiguration(deployment, directory, loaded_by_)});
  plan.log_signs = {{R"(wsgilab: worker (\d+) serves)", deployment.server_processes}};
  return plan;
}

Provable GunicornAdapter::provable() const {
  return {.names_groups = false, .loads_before_fork = loaded_by_ == LoadedBy::TheMaster};
}

}  // namespace harness::adapters
