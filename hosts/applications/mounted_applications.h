#pragma once
// MountedApplications: what this process keeps with each interpreter: the adapter, and for every
// combination of virtual host, callable and options that requests brought, the prepared environ and
// the name of the callable.
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
  wsgi::MountVariables variables;
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
  // Kept by whoever uses it: another thread may make room meanwhile.
  [[nodiscard]] std::shared_ptr<MountedApplication> For(const python::Attached& attached,
                                                        const exchange::RequestHead& head);

 private:
  [[nodiscard]] wsgi::MountVariables VariablesOf(const exchange::RequestHead& head) const;

  const deployment::Deployment& deployment_;
  const ProcessSettings& settings_;
  std::string application_group_;
  wsgi::Adapter adapter_;
  // By virtual host, as the deployment numbers them.
  std::vector<std::vector<std::shared_ptr<MountedApplication>>> mounted_;
};

}  // namespace hosts::applications
