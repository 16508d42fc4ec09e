#pragma once
// Announcements: the way from a signal, or from the decision to end, to the subscribers in Python; there
// before Python is, and after.
//
// Threads: any; TellSignal is async-signal-safe. Before there is a Dispatcher nobody can have subscribed.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string_view>

#include "hosts/applications/dispatcher.h"

namespace hosts::daemon {

class Announcements {
 public:
  // Null before its end.
  void SetDispatcher(applications::Dispatcher* dispatcher);
  void TellSignal(int number) const;
  void TellEnd(std::string_view shutdown_reason);
  // Until the end has been told: what makes a process end may stop its loop before.
  void AwaitEnd();

 private:
  std::mutex mutex_;  // who tells the end has it until the end is told
  std::condition_variable told_;
  bool is_end_told_ = false;
  std::atomic<applications::Dispatcher*> dispatcher_{nullptr};
};

}  // namespace hosts::daemon
