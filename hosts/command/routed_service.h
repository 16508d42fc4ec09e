#pragma once
// RoutedService: decides by the Deployment what becomes of each request: refused, run here, or sent
// to a daemon process.
//
// Threads: the leader's (serving/loop.h).
// Source:  LOAD-1 to -7, ERR-1, -2, -13, -14, -16.

#include "hosts/daemon/front.h"
#include "hosts/deployment/deployment.h"
#include "hosts/directives/machine.h"
#include "hosts/serving/service.h"

namespace hosts::command {

class RoutedService final : public serving::Service {
 public:
  // Both outlive the service.
  RoutedService(const deployment::Deployment& deployment, daemon::Front& front)
      : deployment_(deployment), machine_(deployment), front_(front) {}

  void Decide(exchange::RequestHead& head, serving::Decision& decision) override;
  [[nodiscard]] std::unique_ptr<serving::Forwarding> Forward(
      serving::ForwardedRequest& request) override;

 private:
  static void Refuse(const exchange::RequestHead& head,
                     serving::Decision& decision,
                     int status,
                     std::string_view why);

  const deployment::Deployment& deployment_;
  directives::Machine machine_;
  daemon::Front& front_;
};

}  // namespace hosts::command
