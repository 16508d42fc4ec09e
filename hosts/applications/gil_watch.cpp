#include "hosts/applications/gil_watch.h"

#include <algorithm>
#include <utility>

#include "hosts/applications/process_state.h"
#include "hosts/python/thread_state.h"

namespace hosts::applications {

namespace {
constexpr std::chrono::nanoseconds kBetween = std::chrono::seconds(1);
}

GilWatch::GilWatch(ApplicationProcess& process,
                   std::chrono::nanoseconds patience,
                   std::function<void()> on_taken)
    : process_(process),
      between_(std::min(kBetween, patience / 2)),
      on_taken_(std::move(on_taken)),
      thread_([this] { Run(); }) {}

GilWatch::~GilWatch() {
  {
    const std::lock_guard lock(mutex_);
    must_stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void GilWatch::Run() {
  python::ThreadState state(process_.state_->runtime->main());
  Stay stay(process_.state_->stays);
  std::unique_lock lock(mutex_);
  while (!must_stop_) {
    lock.unlock();
    {
      const Staying staying(stay);
      process_.state_->NoteHeldUp();  // a loop in another interpreter is no deadlock
      const python::Attached attached(state);
    }
    on_taken_();
    lock.lock();
    changed_.wait_for(lock, between_, [this] { return must_stop_; });
  }
}

}  // namespace hosts::applications
