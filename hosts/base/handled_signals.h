#pragma once
// HandledSignals: signals call a function, from the signal handler itself.
//
// A handler and not a blocked signal with signalfd: a blocked signal would stay blocked in every
// program that an application starts. A child that the application forks inherits the handlers, but
// not the process that they are about: there such a signal ends the child (DAEMON-67).
//
// Owns:    the dispositions, for the life of the process; the last one made wins.
// Threads: made before threads are started. The function runs in a signal handler: it may only store
//          to atomics and write() to descriptors.

#include <functional>
#include <vector>

namespace hosts::base {

class HandledSignals {
 public:
  HandledSignals(std::vector<int> numbers, std::function<void(int)> on_signal);
  HandledSignals(const HandledSignals&) = delete;
  HandledSignals& operator=(const HandledSignals&) = delete;
  ~HandledSignals();  // later signals are ignored
  // All of them are this object's again, whoever has taken them.
  void TakeBack();

 private:
  const std::vector<int> numbers_;
  const std::function<void(int)> on_signal_;
};

}  // namespace hosts::base
