#include "hosts/daemon/seats.h"

#include <chrono>
#include <utility>

#include "hosts/base/log.h"
#include "hosts/daemon/noted_exchange.h"

namespace hosts::daemon {

namespace {

std::chrono::microseconds WaitedFor(const exchange::RequestHead& head) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now) -
         std::chrono::microseconds(head.received_at_us);
}

}  // namespace

void Seats::SetInterrupter(applications::Interrupter* interrupter) {
  const std::lock_guard lock(mutex_);
  interrupter_ = interrupter;
}

void Seats::Occupy(std::size_t seat, std::shared_ptr<const applications::Interruptible> worker) {
  const std::lock_guard lock(mutex_);
  if (workers_.size() <= seat) workers_.resize(seat + 1);
  workers_[seat] = std::move(worker);
}

void Seats::Interrupt(const lifecycle::Inside& request) {
  const std::lock_guard lock(mutex_);
  const bool is_known = request.seat < workers_.size() && workers_[request.seat] != nullptr;
  if (interrupter_ != nullptr && is_known)
    interrupter_->Interrupt(workers_[request.seat], request.turn);
}

SeatedWorker::SeatedWorker(applications::ApplicationProcess& process,
                           const deployment::Deployment& deployment,
                           const deployment::ProcessGroup& group,
                           lifecycle::Keeper& keeper,
                           Seats& seats)
    : worker_(process),
      deployment_(deployment),
      group_(group),
      keeper_(keeper),
      seat_(keeper.TakeSeat()) {
  seats.Occupy(seat_.number(), worker_.interruptible());
}

void SeatedWorker::Answer(const exchange::RequestHead& head,
                          exchange::RequestBody& body,
                          exchange::AnswerSink& sink) {
  const auto longest_wait = group_.timers.queue_timeout;
  if (longest_wait.count() > 0 && WaitedFor(head) > longest_wait) {  // DAEMON-44
    const base::LogChoice choice(deployment::ErrorLogOf(deployment_, head.virtual_host));
    base::Log(base::LogLevel::Error,
              "H0132",
              "{} {} waited longer than the {} s of queue-timeout; it is not run",
              head.method,
              head.target,
              longest_wait.count());
    worker_.Refuse(sink, 504);  // ERR-28
    return;
  }
  using Activity = lifecycle::Keeper::Activity;
  const lifecycle::Presence presence(
      keeper_, seat_, head.ignores_activity ? Activity::Ignored : Activity::Counts);
  const std::uint64_t turn = keeper_.interrupts() ? presence.turn() : 0;
  if (!keeper_.watches_activity() || head.ignores_activity)
    return worker_.Answer(head, body, sink, turn);
  NotedBody noted_body(body, keeper_);
  NotedSink noted_sink(sink, keeper_);
  worker_.Answer(head, noted_body, noted_sink, turn);
}

}  // namespace hosts::daemon
