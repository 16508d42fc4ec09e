#include "hosts/command/loop_signals.h"

#include <signal.h>

namespace hosts::command {

namespace {

void OnSignal(serving::Loop& loop, int number) {
  if (number == SIGHUP) return;
  if (number == SIGUSR1) return loop.RequestLeave();
  loop.RequestStop();
}

}  // namespace

LoopSignals::LoopSignals(serving::Loop& loop)
    : signals_({SIGTERM, SIGINT, SIGUSR1, SIGHUP},
               [&loop](int number) { OnSignal(loop, number); }) {}

}  // namespace hosts::command
