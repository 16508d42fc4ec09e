#include "hosts/base/stop_signal.h"

#include <signal.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace hosts::base {

namespace {

// A signal handler has no other way to find its object.
std::atomic<std::function<void()>*> g_on_stop{nullptr};

void Handle(int) {
  const int saved = errno;
  if (std::function<void()>* on_stop = g_on_stop.load()) (*on_stop)();
  errno = saved;
}

}  // namespace

StopOnSignals::StopOnSignals(std::function<void()> on_stop) : on_stop_(std::move(on_stop)) {
  TakeBack();
}

void StopOnSignals::TakeBack() {
  g_on_stop.store(&on_stop_);
  struct sigaction action {};
  action.sa_handler = Handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

StopOnSignals::~StopOnSignals() {
  g_on_stop.store(nullptr);
}

}  // namespace hosts::base
