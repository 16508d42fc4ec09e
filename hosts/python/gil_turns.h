#pragma once
// GilTurns: makes whoever holds the GIL let go of it, in whatever interpreter, so that those who wait get a turn.
//
// Python asks the holder by itself, but 3.11 puts the request where only the interpreter of the one who waits
// looks for it: a loop in one interpreter starves all others (suites/isolation/discoveries.md, 2). Here the
// request is put where the holder looks.
//
// A holder that was asked does not go on before somebody else has had the GIL. So nothing is asked for without
// somebody who is going to take it: a thread of this object, which lets it go at once. And it takes all requests
// back before it does: one that nobody waits behind any more would hold up for ever whoever comes to that
// interpreter by a swap of thread states (Interpreter::End).
//
// Order:   ends after all interpreters but main.
// Owns:    its thread, with a thread state in main; what has been asked for.
// Threads: made and destroyed on any, with nothing attached at the end; Ask on any, and it waits for nothing.
// Python:  of use where kDropRequestsGoAstray (versions.h); elsewhere GilHolderNow() is null.
// Fails:   the constructor throws std::system_error when there is no thread to be had.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "hosts/python/interpreter.h"
#include "hosts/python/thread_state.h"

namespace hosts::python {

// Who holds the GIL: to compare, never to look into. Null: nobody.
using GilHolder = const void*;
[[nodiscard]] GilHolder GilHolderNow();

// How long Python lets one hold the GIL whom others wait for (sys.setswitchinterval).
[[nodiscard]] std::chrono::microseconds SwitchInterval();

class GilTurns {
 public:
  // The state of its thread is made here, with the GIL: while tracemalloc traces, 3.11 makes none without.
  GilTurns(Interpreter& main, const Attached& attached);
  GilTurns(const GilTurns&) = delete;
  GilTurns& operator=(const GilTurns&) = delete;
  ~GilTurns();  // waits until it has had the GIL

  // To be asked again as long as it holds the GIL, as who holds it may have changed meanwhile.
  void Ask(GilHolder holder);

 private:
  void Run(PyThreadState* fresh);
  void Post(GilHolder holder);
  bool AwaitWish();                         // false: there will be none
  bool Withdraw(const Attached& attached);  // false: not all, as somebody stands in the way

  Interpreter& main_;
  std::mutex mutex_;  // held for moments: its thread holds it with the GIL
  std::condition_variable changed_;
  GilHolder own_ = nullptr;  // the thread's state
  bool is_wanted_ = false;   // the thread takes the GIL, or is about to
  bool must_stop_ = false;
  std::vector<const void*> asked_;  // interpreters
  std::thread thread_;
};

}  // namespace hosts::python
