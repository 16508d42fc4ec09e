#include "hosts/applications/interrupter.h"

#include <utility>

#include "hosts/applications/process_state.h"
#include "hosts/base/log.h"

namespace hosts::applications {

Interrupter::Interrupter(ApplicationProcess& process)
    : process_(process), thread_([this] { Run(); }) {}

Interrupter::~Interrupter() {
  {
    const std::lock_guard lock(mutex_);
    must_stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Interrupter::Interrupt(std::shared_ptr<const Interruptible> worker, std::uint64_t turn) {
  {
    const std::lock_guard lock(mutex_);
    orders_.push_back({std::move(worker), turn});
  }
  changed_.notify_all();
}

void Interrupter::Execute(const Order& order, interpreters::WorkerStates& states) const {
  const auto group = order.worker->ApplicationGroupOf(order.turn);
  if (!group) return;
  const auto place = states.Enter(*group);
  if (!place) return;  // logged
  const python::Attached attached(*place->state);
  const auto stack = process_.state_->runtime->is_without_gil()
                         ? Interruptible::Stack::IsNotToBeRead
                         : Interruptible::Stack::IsLogged;
  if (order.worker->Interrupt(attached, order.turn, stack)) {
    base::Log(base::LogLevel::Warning,
              "H0325",
              "Interrupting a request of application group '{}' that takes too long",
              *group);
  }
}

void Interrupter::Run() {
  interpreters::WorkerStates states(*process_.state_->pool,
                                    interpreters::WorkerStates::Thread::Other);
  std::unique_lock lock(mutex_);
  while (!must_stop_) {
    const std::vector<Order> orders = std::exchange(orders_, {});
    lock.unlock();
    for (const Order& order : orders)
      Execute(order, states);
    lock.lock();
    changed_.wait(lock, [this] { return must_stop_ || !orders_.empty(); });
  }
}

}  // namespace hosts::applications
