#include "hosts/command/connection_settings.h"

#include "hosts/deployment/virtual_host_choice.h"

namespace hosts::command {

ConnectionSettings::ConnectionSettings(const deployment::Deployment& deployment,
                                       serving::RequestLog* request_log)
    : deployment_(deployment), otherwise_{.request_log = request_log} {
  for (const deployment::VirtualHost& host : deployment.virtual_hosts)
    of_virtual_hosts_.push_back({.limits = host.http, .request_log = request_log});
}

const serving::HttpSettings& ConnectionSettings::For(const serving::SocketAddress& local) const {
  const auto* host = deployment::FindVirtualHost(
      deployment_, {.local_address = local.address, .local_port = local.port});
  if (host == nullptr) return otherwise_;
  return of_virtual_hosts_[static_cast<std::size_t>(host - deployment_.virtual_hosts.data())];
}

}  // namespace hosts::command
