#pragma once
// EngineAdapter: our own host, wsgilab-host; one for each program of it (engines.h).
//
// One for a free-threaded Python (engine-3.14t, or `engine` where that is its Python) is there to be seen without a GIL: it serves with WSGIFreeThreading On, but
// where an interpreter is to have a GIL of its own, or where the directives say it themselves.
//
// Threads: const methods may be called at the same time.
// Fails:   Probe: Unsupported when the program is missing or does not answer, or has another Python than its name says.

#include <mutex>

#include "harness/adapters/engines.h"
#include "harness/adapters/host_adapter.h"

namespace harness::adapters {

class EngineAdapter final : public HostAdapter {
 public:
  // The run's own. `environment` is what every host gets of ours; see InheritedEnvironment().
  EngineAdapter(std::filesystem::path program,
                std::vector<std::pair<std::string, std::string>> environment);
  EngineAdapter(FoundEngine found, std::vector<std::pair<std::string, std::string>> environment);

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] const std::filesystem::path& program() const { return found_.program; }
  [[nodiscard]] const std::string& python() const { return found_.python; }  // empty: any
  [[nodiscard]] hosts::base::Result<HostVersion> Probe() const override;
  // Probes once, where it depends on the engine's Python.
  [[nodiscard]] std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const override;
  [[nodiscard]] hosts::base::Result<launch::LaunchPlan> Plan(
      const ServedDeployment& deployment, const std::filesystem::path& directory) const override;
  [[nodiscard]] Provable provable() const override;

 private:
  // Its Python can do without: as its name says, or, of one that has none in its name, the program itself.
  [[nodiscard]] bool is_there_to_be_seen_without_gil() const;
  [[nodiscard]] ServedDeployment WithItsGil(const ServedDeployment& deployment) const;
  [[nodiscard]] const hosts::base::Result<HostVersion>& known() const;

  FoundEngine found_;
  std::string name_;
  std::vector<std::pair<std::string, std::string>> environment_;
  mutable std::once_flag is_known_;
  mutable std::optional<hosts::base::Result<HostVersion>> known_;
};

// $WSGILAB_HOST, or wsgilab-host beside this program or in the bin folder next to its own.
[[nodiscard]] std::filesystem::path FindEngine();

// The few variables that a host gets of this process's environment: where programs are, the
// language, and what sanitizers are told. Anything else could leak into what is measured.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> InheritedEnvironment();

}  // namespace harness::adapters
