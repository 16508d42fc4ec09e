#include "harness/command/interruption.h"

#include <signal.h>

#include <atomic>

namespace harness::command {

namespace {

std::atomic<bool> interrupted{false};  // the one thing a handler may touch
static_assert(std::atomic<bool>::is_always_lock_free);

void Remember(int /*signal_number*/) {
  interrupted = true;
}

}  // namespace

void ListenForInterruption() {
  struct sigaction action {};
  action.sa_handler = &Remember;
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    ::sigaction(signal_number, &action, nullptr);
  }
  ::signal(SIGPIPE, SIG_IGN);  // whoever read our progress may go; the run goes on
  ::signal(SIGXFSZ, SIG_IGN);  // a record that may not grow is an error that can be said
}

bool IsInterrupted() {
  return interrupted;
}

}  // namespace harness::command
