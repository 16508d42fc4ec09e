#pragma once
// LoopSignals: what signals mean to a process that serves clients: SIGTERM and SIGINT stop its loop, SIGUSR1 lets it
// leave. SIGHUP is the supervisor's: who signals all processes of a terminal means that one.
//
// Owns:    the dispositions, as HandledSignals does.
// Threads: as HandledSignals. The loop outlives it.

#include "hosts/base/handled_signals.h"
#include "hosts/serving/loop.h"

namespace hosts::command {

class LoopSignals {
 public:
  explicit LoopSignals(serving::Loop& loop);
  void TakeBack() { signals_.TakeBack(); }

 private:
  base::HandledSignals signals_;
};

}  // namespace hosts::command
