#include "hosts/python/gil_turns.h"

#include <algorithm>
#include <utility>

#include "hosts/python/thread_state.h"

extern "C" {  // gil_drop_request.c
const void* hosts_python_gil_holder();
unsigned long hosts_python_switch_interval_us();
const void* hosts_python_post_drop_request(const void* holder);
bool hosts_python_withdraw_drop_request(const void* interpreter);
}

namespace hosts::python {

GilHolder GilHolderNow() {
  return hosts_python_gil_holder();
}

std::chrono::microseconds SwitchInterval() {
  return std::chrono::microseconds(hosts_python_switch_interval_us());
}

GilTurns::GilTurns(Interpreter& main, const Attached&)
    : main_(main), thread_([this, fresh = PyThreadState_New(main.state())] { Run(fresh); }) {}

GilTurns::~GilTurns() {
  {
    const std::lock_guard lock(mutex_);
    must_stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void GilTurns::Ask(GilHolder holder) {
  const std::lock_guard lock(mutex_);
  if (holder == own_) return;  // about to let it go: nobody would be left to take it
  if (!std::exchange(is_wanted_, true)) changed_.notify_all();
  Post(holder);
}

// Who does not hold it any more is asked in vain, and who is gone is not found.
void GilTurns::Post(GilHolder holder) {
  const void* interpreter = hosts_python_post_drop_request(holder);
  if (interpreter == nullptr) return;
  if (std::find(asked_.begin(), asked_.end(), interpreter) != asked_.end()) return;
  asked_.push_back(interpreter);
}

bool GilTurns::AwaitWish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return must_stop_ || is_wanted_; });
  return is_wanted_;
}

bool GilTurns::Withdraw(const Attached&) {
  const std::lock_guard lock(mutex_);
  std::erase_if(asked_, hosts_python_withdraw_drop_request);
  if (!asked_.empty()) return false;
  is_wanted_ = false;
  return true;
}

void GilTurns::Run(PyThreadState* fresh) {
  ThreadState state(main_, fresh);
  {
    const std::lock_guard lock(mutex_);
    own_ = state.state();
  }
  while (AwaitWish()) {
    bool is_withdrawn = false;
    while (!is_withdrawn) {  // the GIL goes in between: who stands in the way may wait for it
      const Attached attached(state);
      is_withdrawn = Withdraw(attached);
    }
  }
}

}  // namespace hosts::python
