#pragma once
// ConnectionSettings: what holds for a connection before its first request names a host: the
// settings of the virtual host that is its address's default.
//
// Owns:    the settings; connections keep references to them.
// Threads: const functions from any thread.

#include <vector>

#include "hosts/deployment/deployment.h"
#include "hosts/serving/http_connection.h"
#include "hosts/serving/listener.h"

namespace hosts::command {

class ConnectionSettings {
 public:
  // The log is null, or outlives every connection.
  ConnectionSettings(const deployment::Deployment& deployment, serving::RequestLog* request_log);

  [[nodiscard]] const serving::HttpSettings& For(const serving::SocketAddress& local) const;

 private:
  const deployment::Deployment& deployment_;
  const serving::HttpSettings otherwise_;
  std::vector<serving::HttpSettings> of_virtual_hosts_;  // as the deployment numbers them
};

}  // namespace hosts::command
