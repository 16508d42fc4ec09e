#pragma once
// GilWatch: takes the main interpreter's GIL once a second and lets it go again; says when it had it. A
// process in which that does not succeed any more is of no use (DAEMON-37). Where less than two seconds are patience
// enough it takes it twice as often as they end: who waits for no GIL is never late.
//
// Order:   ends before the ApplicationProcess. While the GIL cannot be had, its end waits: who wants to
//          be sure has somebody that ends the process by force.
// Owns:    its thread.
// Threads: made and destroyed on the thread that started the process; `on_taken` is called on its own.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "hosts/applications/application_process.h"

namespace hosts::applications {

class GilWatch {
 public:
  GilWatch(ApplicationProcess& process,
           std::chrono::nanoseconds patience,
           std::function<void()> on_taken);
  GilWatch(const GilWatch&) = delete;
  GilWatch& operator=(const GilWatch&) = delete;
  ~GilWatch();

 private:
  void Run();

  ApplicationProcess& process_;
  const std::chrono::nanoseconds between_;
  const std::function<void()> on_taken_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool must_stop_ = false;
  std::thread thread_;
};

}  // namespace hosts::applications
