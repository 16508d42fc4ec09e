#pragma once
// StopOnSignals: SIGTERM and SIGINT call a function, from the signal handler itself.
//
// A handler and not a blocked signal with signalfd: a blocked signal would stay blocked in every
// program that an application starts.
//
// Owns:    the two dispositions, for the life of the process; the last one made wins.
// Threads: made before threads are started. The function runs in a signal handler: it may only store
//          to atomics and write() to descriptors.

#include <functional>

namespace hosts::base {

class StopOnSignals {
 public:
  explicit StopOnSignals(std::function<void()> on_stop);
  StopOnSignals(const StopOnSignals&) = delete;
  StopOnSignals& operator=(const StopOnSignals&) = delete;
  ~StopOnSignals();  // later signals are ignored
  // Both signals are this object's again, whoever has taken them.
  void TakeBack();

 private:
  std::function<void()> on_stop_;
};

}  // namespace hosts::base
