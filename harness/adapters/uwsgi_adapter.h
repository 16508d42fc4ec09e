#pragma once
// UwsgiAdapter: uWSGI, which has all eight modes, each in its own way.
//
//   embedded  workers speak HTTP themselves (http11-socket): each kept connection holds a thread, so there are
//             as many threads as connections that are kept, if that is more than was asked for
//   daemon    a router process speaks HTTP (http) and hands requests to the workers through a unix socket
//   main      the first application that a worker loads, or every one with single-interpreter
//   sub       every further one has a sub-interpreter of its own; a placeholder takes the main interpreter
//   preload   a mounted application is loaded when its worker starts (lazy-apps)
//   lazy      a rule of its routing names the script (setfile), which the first request then loads
//
// Without lazy-apps its master loads what is mounted before the fork: a host of its own here,
// `uwsgi-before-fork`, which so has the preloading modes only.
//
// Readiness: a hook of its own runs in each worker when its applications are loaded and it accepts.
//
// Threads: const methods may be called at the same time.
// Fails:   Probe: Unsupported when it is not installed or does not start.
//          Plan: Unsupported for what one uWSGI cannot hold: several process groups, two scripts in one
//          sub-interpreter, several callables, several lazy scripts.

#include "harness/adapters/python_server.h"

namespace harness::adapters {

class UwsgiAdapter final : public HostAdapter {
 public:
  UwsgiAdapter(std::filesystem::path program, Environment environment, LoadedBy loaded_by)
      : program_(std::move(program)), environment_(std::move(environment)), loaded_by_(loaded_by) {}

  [[nodiscard]] std::string_view name() const override;
  [[nodiscard]] hosts::base::Result<HostVersion> Probe() const override;
  [[nodiscard]] std::optional<std::string> WhyNotOffered(
      const hosts::deployment::Mode& mode) const override;
  [[nodiscard]] hosts::base::Result<launch::LaunchPlan> Plan(
      const ServedDeployment& deployment, const std::filesystem::path& directory) const override;
  [[nodiscard]] Provable provable() const override;
  [[nodiscard]] std::string settings_pattern() const override {
    return "Operational MODE|interpreter mode|^spawned uWSGI (worker|http)";
  }

 private:
  std::filesystem::path program_;
  Environment environment_;
  LoadedBy loaded_by_;
};

}  // namespace harness::adapters
