#include "suites/hosts_under_test/repeatedly.h"

#include <utility>

#include "hosts/base/deadline.h"

namespace suites::hosts_under_test {

Repeatedly::Repeatedly(std::chrono::milliseconds between, std::function<void()> action)
    : between_(between), action_(std::move(action)), thread_([this] { Run(); }) {}

void Repeatedly::Stop() {
  {
    const std::lock_guard lock(mutex_);
    must_stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Repeatedly::Run() {
  auto due = hosts::base::Clock::now();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_until(lock, due, [this] { return must_stop_; })) {
    lock.unlock();
    action_();
    due += between_;
    lock.lock();
  }
}

}  // namespace suites::hosts_under_test
