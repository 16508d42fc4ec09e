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
}

}  // namespace hosts::daemon
