#include "hosts/command/loop_signals.h"

#include <signal.h>

#include "hosts/base/log.h"

namespace hosts::command {

LoopSignals::LoopSignals(serving::Loop& loop)
    : loop_(loop), signals_({SIGTERM, SIGINT, SIGUSR1, SIGHUP, SIGUSR2}, [this](int number) {
        OnSignal(number);
      }) {
  loop_.OnTick([this] { TellDiscarded(); });
}

// In a signal handler.
void LoopSignals::OnSignal(int number) {
  if (number == SIGHUP || number == SIGUSR2) {
    discarded_ = number;
  } else if (number == SIGUSR1) {
    loop_.RequestLeave();
  } else {
    loop_.RequestStop();
  }
}

void LoopSignals::TellDiscarded() {
  const int number = discarded_.exchange(0);
  if (number == 0) return;
  base::Log(base::LogLevel::Info,
            "H0119",
            "Signal {} to a process of the server is discarded: the supervisor's are obeyed",
            number);
}

}  // namespace hosts::command
