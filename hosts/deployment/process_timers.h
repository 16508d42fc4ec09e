#pragma once
// ProcessTimers: what ends a process of a group, or a request in it. Whole seconds; 0 is never, where
// nothing else is said. Beside them what follows from several of them: who obeys them and who explains them
// asks here.
//
// Source: CFG-73 to CFG-83 and CFG-86; defaults of mod_wsgi 6.0.

#include <chrono>

namespace hosts::deployment {

struct ProcessTimers {
  using Seconds = std::chrono::seconds;
  int maximum_requests = 0;       // until the process is replaced (DAEMON-31)
  Seconds restart_interval{0};    // since its start (DAEMON-32)
  Seconds cpu_time_limit{0};      // of the processor, since its start (DAEMON-33)
  Seconds inactivity_timeout{0};  // since it last had something to do (DAEMON-34)
  Seconds request_timeout{0};     // of one request, times 1 + ln(threads) (DAEMON-35)
  Seconds interrupt_timeout{0};   // for a request to end by RequestTimeout (DAEMON-36)
  Seconds deadlock_timeout{300};  // without the GIL of the main interpreter (DAEMON-37)
  Seconds startup_timeout{0};     // from the first request to the first script (DAEMON-38)
  Seconds graceful_timeout{15};   // of a drain (DAEMON-39)
  Seconds eviction_timeout{0};    // of a drain for SIGUSR1; 0: graceful_timeout (DAEMON-40)
  Seconds shutdown_timeout{5};    // from the end's beginning to _exit(); 0: no limit (DAEMON-41)
  Seconds queue_timeout{0};       // from the client's request to a thread (DAEMON-44)
};

// How old a request may become: with more threads one request is less of the process (DAEMON-35).
[[nodiscard]] std::chrono::duration<double> OverdueAfter(const ProcessTimers& timers, int threads);

// From this age on nobody waits for a request any more, whatever the threads (DAEMON-35).
[[nodiscard]] ProcessTimers::Seconds StaleAfter(const ProcessTimers& timers);

// How long restart-interval, and SIGUSR1, wait for requests; 0: as long as they take.
[[nodiscard]] ProcessTimers::Seconds DrainAtRestart(const ProcessTimers& timers);
[[nodiscard]] ProcessTimers::Seconds DrainAtSignal(const ProcessTimers& timers);

// The time of the processor after which the kernel kills who has not ended by itself (DAEMON-33).
[[nodiscard]] ProcessTimers::Seconds KilledAfterCpuTime(const ProcessTimers& timers);

}  // namespace hosts::deployment
