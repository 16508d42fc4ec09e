#include "hosts/command/loop_signals.h"

#include <signal.h>

#include "hosts/base/log.h"

namespace hosts::command {

namespace {

void DoNothing(int) {}

// A handler, as programs that an application starts would inherit that a signal is ignored.
void OutliveTimers() {
  struct sigaction action {};
  action.sa_handler = DoNothing;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGALRM, SIGVTALRM, SIGPROF})
    ::sigaction(number, &action, nullptr);
}

}  // namespace

LoopSignals::LoopSignals(serving::Loop& loop)
    : loop_(loop), signals_({SIGTERM, SIGINT, SIGUSR1, SIGHUP, SIGUSR2}, [this](int number) {
        OnSignal(number);
      }) {
  OutliveTimers();
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
