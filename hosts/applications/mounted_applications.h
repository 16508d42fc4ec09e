#pragma once
// MountedApplications: what this process keeps with each interpreter: the adapter, and for every
// mount that has been used there, the prepared environ and the name of the callable.
//
// Owns:    Python objects of its interpreter: ends attached to it.
// Threads: attached.
// Fails:   with PythonError.

#include <memory>
#include <string>
#include <vector>

#include "hosts/applications/application_process.h"
#include "hosts/interpreters/interpreter_pool.h"
#include "hosts/wsgi/adapter.h"

namespace hosts::applications {

struct MountedApplication {
  wsgi::EnvironTemplate environ_template;
  python::Ref callable_name;
};

class MountedApplications : public interpreters::Companion {
 public:
  MountedApplications(const python::Attached& attached,
                      const deployment::Deployment& deployment,
                      const ProcessSettings& settings,
                      std::string application_group);

  [[nodiscard]] wsgi::Adapter& adapter() { return adapter_; }
  [[nodiscard]] MountedApplication& At(const python::Attached& attached,
                                       int virtual_host,
                                       int mount);

 private:
  [[nodiscard]] wsgi::MountVariables VariablesOf(const deployment::VirtualHost& virtual_host,
                                                 const deployment::Mount& mount) const;

  const deployment::Deployment& deployment_;
  const ProcessSettings& settings_;
  std::string application_group_;
  wsgi::Adapter adapter_;
  // By virtual host and mount, as the deployment numbers them.
  std::vector<std::vector<std::unique_ptr<MountedApplication>>> mounts_;
};

}  // namespace hosts::applications
