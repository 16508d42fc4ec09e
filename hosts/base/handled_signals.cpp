#include "hosts/base/handled_signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace hosts::base {

namespace {

// A signal handler has no other way to find its object.
std::atomic<const std::function<void(int)>*> g_on_signal{nullptr};
std::atomic<pid_t> g_owner{0};

void Handle(int number) {
  const int saved = errno;
  if (::getpid() != g_owner.load()) ::_exit(0);
  if (const auto* on_signal = g_on_signal.load()) (*on_signal)(number);
  errno = saved;
}

}  // namespace

HandledSignals::HandledSignals(std::vector<int> numbers, std::function<void(int)> on_signal)
    : numbers_(std::move(numbers)), on_signal_(std::move(on_signal)) {
  TakeBack();
}

void HandledSignals::TakeBack() {
  g_owner.store(::getpid());
  g_on_signal.store(&on_signal_);
  struct sigaction action {};
  action.sa_handler = Handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : numbers_)
    ::sigaction(number, &action, nullptr);
}

HandledSignals::~HandledSignals() {
  g_on_signal.store(nullptr);
}

}  // namespace hosts::base
