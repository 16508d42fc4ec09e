#pragma once
// GranianAdapter: Granian with its WSGI interface: the network in Rust, the application in a pool of threads.
//
// Has `embedded/main/preload`; see python_server.h.
//
// Threads: const methods may be called at the same time.
// Fails:   Probe: Unsupported when it is not installed or does not start.

#include "harness/adapters/python_server.h"

namespace harness::adapters {

class GranianAdapter final : public HostAdapter {
 public:
  GranianAdapter(std::filesystem::path program, Environment environment);

  [[nodiscard]] std::string_view name() const override { return "granian"; }
  [[nodiscard]] hosts::base::Result<HostVersion> Probe() const override;
  [[nodiscard]] std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const override;
  [[nodiscard]] hosts::base::Result<launch::LaunchPlan> Plan(
      const ServedDeployment& deployment, const std::filesystem::path& directory) const override;
  [[nodiscard]] std::string settings_pattern() const override { return "Spawning worker-"; }
  [[nodiscard]] Provable provable() const override { return {.names_groups = false}; }

 private:
  PythonServer server_;
};

}  // namespace harness::adapters
