#include "hosts/applications/mounted_applications.h"

#include <unistd.h>

#include "hosts/base/check.h"
#include "hosts/python/strings.h"

namespace hosts::applications {

using python::Attached;

namespace {

constexpr int kHttpPort = 80;

}  // namespace

MountedApplications::MountedApplications(const Attached& attached,
                                         const deployment::Deployment& deployment,
                                         const ProcessSettings& settings,
                                         std::string application_group)
    : deployment_(deployment),
      settings_(settings),
      application_group_(std::move(application_group)),
      adapter_(attached) {
  for (const auto& virtual_host : deployment.virtual_hosts) {
    mounts_.emplace_back(virtual_host.mounts.size());
  }
}

MountedApplication& MountedApplications::At(const Attached& attached, int virtual_host, int mount) {
  const auto host_index = static_cast<size_t>(virtual_host);
  const auto mount_index = static_cast<size_t>(mount);
  CHECK(host_index < mounts_.size() && mount_index < mounts_[host_index].size(),
        "routing names a mount of the deployment");
  auto& mounted = mounts_[host_index][mount_index];
  if (!mounted) {
    const auto& host = deployment_.virtual_hosts[host_index];
    const auto& described = host.mounts[mount_index];
    mounted.reset(
        new MountedApplication{adapter_.MakeTemplate(attached, VariablesOf(host, described)),
                               python::Interned(described.callable_object.c_str())});
  }
  return *mounted;
}

wsgi::MountVariables MountedApplications::VariablesOf(const deployment::VirtualHost& virtual_host,
                                                      const deployment::Mount& mount) const {
  wsgi::MountVariables variables;
  variables.server_name = virtual_host.server_name;
  variables.server_port = virtual_host.server_port != 0 ? virtual_host.server_port : kHttpPort;
  variables.process_group = settings_.process_group;
  variables.application_group = application_group_;
  variables.callable_object = mount.callable_object;
  variables.pass_authorization = mount.pass_authorization;
  variables.is_multithreaded = settings_.threads > 1;
  variables.is_multiprocess = settings_.multiprocess;
  // A daemon process does not know which process took the connection.
  if (settings_.process_group.empty()) variables.server_pid = std::to_string(::getpid());
  return variables;
}

}  // namespace hosts::applications
