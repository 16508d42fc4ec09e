#pragma once
// Seats: the application threads of a daemon process, each with its worker and its seat at the keeper's
// board, and the way from a seat to the request that is to be interrupted.
//
// Threads: Take on an application thread, which owns what it is given; Interrupt and SetInterrupter on any.

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "hosts/applications/application_process.h"
#include "hosts/applications/interrupter.h"
#include "hosts/deployment/deployment.h"
#include "hosts/lifecycle/keeper.h"

namespace hosts::daemon {

class Seats {
 public:
  // What executes interrupts; null when there is nobody any more.
  void SetInterrupter(applications::Interrupter* interrupter);
  void Occupy(std::size_t seat, std::shared_ptr<const applications::Interruptible> worker);
  void Interrupt(const lifecycle::Inside& request);

 private:
  std::mutex mutex_;
  applications::Interrupter* interrupter_ = nullptr;
  std::vector<std::shared_ptr<const applications::Interruptible>> workers_;
};

// One application thread: what it does with a request, and what the keeper is told of it.
class SeatedWorker {
 public:
  SeatedWorker(applications::ApplicationProcess& process,
               const deployment::Deployment& deployment,
               const deployment::ProcessGroup& group,
               lifecycle::Keeper& keeper,
               Seats& seats);

  void Answer(const exchange::RequestHead& head,
              exchange::RequestBody& body,
              exchange::AnswerSink& sink);

 private:
  applications::Worker worker_;
  const deployment::Deployment& deployment_;
  const deployment::ProcessGroup& group_;
  lifecycle::Keeper& keeper_;
  lifecycle::RequestBoard::Seat& seat_;
};

}  // namespace hosts::daemon
