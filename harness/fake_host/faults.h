#pragma once
// Faults: how the fake host is told to misbehave, e.g. "slow-start=300,drop-every=10".
//
// Fails:   an unknown fault is InvalidInput that lists the known ones.

#include <chrono>
#include <string_view>

#include "hosts/base/result.h"

namespace harness::fake_host {

struct Faults {
  std::chrono::milliseconds slow_start{0};  // slow-start=MS
  bool never_ready = false;                 // never-ready
  bool garbage_ready = false;               // garbage-ready: a ready line that is no JSON
  int exit_at_start = -1;                   // exit-at-start=CODE
  int die_after = 0;                        // die-after=N: SIGKILLs itself at request N
  bool ignore_stop = false;                 // ignore-stop: SIGTERM does nothing
  bool leave_child = false;                 // leave-child: an orphan in a session of its own
  bool leave_socket = false;                // leave-socket: a unix socket where it runs
  bool wrong_body = false;                  // wrong-body
  int drop_every = 0;                       // drop-every=N: closes instead of answering
  int swap_token_every = 0;  // swap-token-every=N: gives back that of the request before
  int stall_every = 0;       // stall-every=N: that answer comes 50 ms late
  int leak_kib = 0;      // leak=KIB: keeps so much of every request, and never looks at it again
  bool hang = false;     // hang: accepts and never answers
  bool rubbish = false;  // rubbish: its answers are no HTTP
  bool deaf_worker = false;  // deaf-worker: names a process among its workers that never answers
  bool one_by_one = false;   // one-by-one: says that it has one thread
  bool wrong_place = false;  // wrong-place: its placement is not the one asked for
};

[[nodiscard]] hosts::base::Result<Faults> ParseFaults(std::string_view text);

}  // namespace harness::fake_host
