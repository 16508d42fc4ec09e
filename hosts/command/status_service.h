#pragma once
// StatusService: answers GET and HEAD of / and /status.json with what the boards say at that moment.
//
// Where only this machine reaches the page, only names of this machine do: a browser that a stranger's page
// sends here under another name is refused (421).
//
// Threads: the leader's (serving/service.h).
// Fails:   with 404, 405, 421.

#include <memory>

#include "hosts/serving/service.h"
#include "hosts/status/boards.h"

namespace hosts::command {

class StatusService final : public serving::Service {
 public:
  enum class Hosts { OfThisMachine, Any };
  // The boards outlive it.
  StatusService(const status::Boards& boards, Hosts hosts) : boards_(boards), hosts_(hosts) {}

  void Decide(exchange::RequestHead& head, serving::Decision& decision) override;
  [[nodiscard]] std::unique_ptr<serving::Forwarding> Forward(
      serving::ForwardedRequest& request) override;

 private:
  [[nodiscard]] exchange::AnswerHead HeadFor(const exchange::RequestHead& head,
                                             std::string& body) const;

  const status::Boards& boards_;
  const Hosts hosts_;
};

}  // namespace hosts::command
