#pragma once
// ApacheAdapter: Apache httpd with mod_wsgi, in the foreground, with a configuration of its own and the event MPM.
//
// The deployment is written as the same directives that the engine reads; around them stands what Apache alone needs. The
// server's processes run as kApacheUser when root starts it: Apache refuses to be root.
//
// Threads: const methods may be called at the same time.
// Fails:   Probe: Unsupported when Apache or the module is missing, or they do not start.

#include <mutex>

#include "harness/adapters/host_adapter.h"

namespace harness::adapters {

// Debian's, for Apache's processes.
inline constexpr std::string_view kApacheUser = "www-data";

struct ApachePrograms {
  std::filesystem::path program;   // apache2
  std::filesystem::path modules;   // the folder of Apache's own
  std::filesystem::path mod_wsgi;  // which one
};

class ApacheAdapter final : public HostAdapter {
 public:
  // `environment` is what every host gets of ours; see InheritedEnvironment().
  ApacheAdapter(ApachePrograms programs,
                std::vector<std::pair<std::string, std::string>> environment,
                std::string_view name = "apache");

  [[nodiscard]] std::string_view name() const override { return name_; }
  // Starts it for a moment: the versions are those of the running server.
  [[nodiscard]] hosts::base::Result<HostVersion> Probe() const override;
  // Probes once, where it depends on the module's version and its Python.
  [[nodiscard]] std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const override;
  [[nodiscard]] hosts::base::Result<launch::LaunchPlan> Plan(
      const ServedDeployment& deployment, const std::filesystem::path& directory) const override;
  [[nodiscard]] std::string runs_as() const override;
  [[nodiscard]] std::string settings_pattern() const override {
    return "Starting (daemon )?process '";
  }

  // A plan for directives that are written already. They listen on {port}; `threads` is of the server's one process.
  [[nodiscard]] launch::LaunchPlan PlanOf(std::string_view directives,
                                          int processes,
                                          int threads,
                                          const std::filesystem::path& directory) const;

 private:
  [[nodiscard]] const hosts::base::Result<HostVersion>& known() const;

  std::string_view name_;
  ApachePrograms programs_;
  std::vector<std::pair<std::string, std::string>> environment_;
  mutable std::once_flag is_known_;
  mutable std::optional<hosts::base::Result<HostVersion>> known_;
};

// $WSGILAB_APACHE or Debian's apache2, its modules, and $WSGILAB_MOD_WSGI or Debian's module.
[[nodiscard]] ApachePrograms FindApache();

}  // namespace harness::adapters
