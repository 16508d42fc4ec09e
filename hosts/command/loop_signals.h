#pragma once
// LoopSignals: what signals mean to a process that serves clients: SIGTERM and SIGINT stop its loop, SIGUSR1 lets it
// leave. SIGHUP is the supervisor's: who signals all processes of a terminal means that one. It and SIGUSR2 are
// discarded, which the log says within a second (API-3). A timer that an embedded application sets and has no handler
// for (signal.alarm) does not end it, as everybody's clients are here (suites/isolation/discoveries.md, 16).
//
// Owns:    the dispositions, as HandledSignals does.
// Threads: as HandledSignals. The loop outlives it, but is not run when it is gone.

#include <atomic>

#include "hosts/base/handled_signals.h"
#include "hosts/serving/loop.h"

namespace hosts::command {

class LoopSignals {
 public:
  explicit LoopSignals(serving::Loop& loop);
  void TakeBack() { signals_.TakeBack(); }

 private:
  void OnSignal(int number);
  void TellDiscarded();

  serving::Loop& loop_;
  std::atomic<int> discarded_{0};  // the last that nobody has told of; 0: none
  base::HandledSignals signals_;
};

}  // namespace hosts::command
