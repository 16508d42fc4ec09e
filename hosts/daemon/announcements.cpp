#include "hosts/daemon/announcements.h"

namespace hosts::daemon {

void Announcements::SetDispatcher(applications::Dispatcher* dispatcher) {
  const std::lock_guard lock(mutex_);
  dispatcher_.store(dispatcher);
}

void Announcements::TellSignal(int number) const {
  const applications::Dispatcher* dispatcher = dispatcher_.load();
  if (dispatcher != nullptr) dispatcher->TellSignal(number);
}

void Announcements::TellEnd(std::string_view shutdown_reason) {
  const std::lock_guard lock(mutex_);
  if (applications::Dispatcher* dispatcher = dispatcher_.load()) {
    dispatcher->TellEnd(shutdown_reason);
  }
  is_end_told_ = true;
  told_.notify_all();
}

void Announcements::AwaitEnd() {
  std::unique_lock lock(mutex_);
  told_.wait(lock, [this] { return is_end_told_; });
}

}  // namespace hosts::daemon
