#pragma once
// RoutedService: decides by the Deployment what becomes of each request: refused, run here, or sent
// to a daemon process.
//
// Threads: the leader's (serving/loop.h).
// Source:  LOAD-1 to -7, LOAD-20, RELOAD-1, ERR-1, -2, -13, -14, -16.

#include "hosts/command/files_of_a_round.h"
#include "hosts/daemon/front.h"
#include "hosts/deployment/deployment.h"
#include "hosts/deployment/remembered_routes.h"
#include "hosts/deployment/routing.h"
#include "hosts/serving/service.h"

namespace hosts::command {

class RoutedService final : public serving::Service {
 public:
  // All of them outlive the service.
  RoutedService(const deployment::Deployment& deployment,
                daemon::Front& front,
                const serving::Loop& loop)
      : deployment_(deployment), routes_(deployment), machine_(deployment, loop), front_(front) {}

  void Decide(exchange::RequestHead& head, serving::Decision& decision) override;
  void DecideAgain(exchange::RequestHead& head,
                   const exchange::Choice& choice,
                   serving::Decision& decision) override;
  [[nodiscard]] std::unique_ptr<serving::Forwarding> Forward(
      serving::ForwardedRequest& request) override;

 private:
  void Route(exchange::RequestHead& head,
             const deployment::DispatchChoice* choice,  // null: nobody was asked
             serving::Decision& decision);
  static void AnswerHere(const deployment::Route& route,
                         exchange::RequestHead& head,
                         serving::Decision& decision);
  void TakeOver(const deployment::Route& route,
                exchange::RequestHead& head,
                serving::Decision& decision) const;
  void LookAtScripts(const deployment::Route& route, exchange::RequestHead& head);
  static void Refuse(const exchange::RequestHead& head,
                     serving::Decision& decision,
                     int status,
                     std::string_view why);

  const deployment::Deployment& deployment_;
  deployment::RememberedRoutes routes_;
  FilesOfARound machine_;
  daemon::Front& front_;
};

}  // namespace hosts::command
