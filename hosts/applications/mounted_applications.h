#pragma once
// MountedApplications: what this process keeps with each interpreter: the adapter, and for every
// combination of virtual host, callable and options that requests brought, the prepared environ and
// the name of the callable. Where threads run side by side each has the latter for itself, so that none waits for another.
//
// Owns:    Python objects of its interpreter: ends attached to it.
// Threads: attached.
// Fails:   with PythonError.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
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
  enum class Kept { ForAllThreads, ForEachThread };
  MountedApplications(const python::Attached& attached,
                      const deployment::Deployment& deployment,
                      const ProcessSettings& settings,
                      std::string application_group,
                      Kept kept = Kept::ForAllThreads);

  [[nodiscard]] wsgi::Adapter& adapter() { return adapter_; }
  // Kept by whoever uses it: another thread may make room meanwhile.
  [[nodiscard]] std::shared_ptr<MountedApplication> For(const python::Attached& attached,
                                                        const exchange::RequestHead& head);

 private:
  struct Lane {
    Lane(const python::Attached& attached, size_t virtual_hosts)
        : header_keys(attached), mounted(virtual_hosts) {}
    wsgi::HeaderKeys header_keys;
    // By virtual host, as the deployment numbers them.
    std::vector<std::vector<std::shared_ptr<MountedApplication>>> mounted;
  };
  [[nodiscard]] Lane& LaneOfThisThread(const python::Attached& attached);
  [[nodiscard]] wsgi::MountVariables VariablesOf(const exchange::RequestHead& head) const;

  const deployment::Deployment& deployment_;
  const ProcessSettings& settings_;
  std::string application_group_;
  const Kept kept_;
  wsgi::Adapter adapter_;
  std::mutex mutex_;  // of the map; held for moments, and nothing of Python happens meanwhile
  std::map<std::thread::id, std::unique_ptr<Lane>> lanes_;
};

}  // namespace hosts::applications
