#pragma once
// EngineAdapter: our own host, wsgilab-host.
//
// Threads: const methods may be called at the same time.
// Fails:   Probe: Unsupported when the program is missing or does not answer.

#include "harness/adapters/host_adapter.h"

namespace harness::adapters {

class EngineAdapter final : public HostAdapter {
 public:
  // `environment` is what every host gets of ours; see InheritedEnvironment().
  EngineAdapter(std::filesystem::path program,
                std::vector<std::pair<std::string, std::string>> environment);

  [[nodiscard]] std::string_view name() const override { return "engine"; }
  [[nodiscard]] hosts::base::Result<HostVersion> Probe() const override;
  [[nodiscard]] std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const override;
  [[nodiscard]] hosts::base::Result<launch::LaunchPlan> Plan(
      const ServedDeployment& deployment, const std::filesystem::path& directory) const override;

 private:
  std::filesystem::path program_;
  std::vector<std::pair<std::string, std::string>> environment_;
};

// $WSGILAB_HOST, or wsgilab-host beside this program or in the bin folder next to its own.
[[nodiscard]] std::filesystem::path FindEngine();

// The few variables that a host gets of this process's environment: where programs are, the
// language, and what sanitizers are told. Anything else could leak into what is measured.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> InheritedEnvironment();

}  // namespace harness::adapters
