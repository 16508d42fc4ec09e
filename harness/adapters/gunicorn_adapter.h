#pragma once
// GunicornAdapter: gunicorn, with the sync worker for one thread and gthread for more.
//
// Has `embedded/main/preload`; see python_server.h. With `preload_app` its master loads the application once
// and its workers are copies: a host of its own here, `gunicorn-before-fork`, because what is loaded before the
// fork is not loaded "when its process starts".
//
// Readiness: a hook of its configuration, which runs in each worker when it has loaded the application
// and goes on to accept, writes a line with the worker's settings.
//
// Threads: const methods may be called at the same time.
// Fails:   Probe: Unsupported when it is not installed or does not start.

#include "harness/adapters/python_server.h"

namespace harness::adapters {

class GunicornAdapter final : public HostAdapter {
 public:
  GunicornAdapter(std::filesystem::path program, Environment environment, LoadedBy loaded_by);

  [[nodiscard]] std::string_view name() const override;
  [[nodiscard]] hosts::base::Result<HostVersion> Probe() const override;
  [[nodiscard]] std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const override;
  [[nodiscard]] hosts::base::Result<launch::LaunchPlan> Plan(
      const ServedDeployment& deployment, const std::filesystem::path& directory) const override;
  [[nodiscard]] Provable provable() const override;
  [[nodiscard]] std::string settings_pattern() const override {
    return "Using worker: |wsgilab: worker ";
  }

 private:
  PythonServer server_;
  LoadedBy loaded_by_;
};

}  // namespace harness::adapters
