#pragma once
// DropRequester: sees to it that no interpreter keeps the GIL from the others, where Python does not
// (python/gil_turns.h).
//
// While a request is inside for long it looks, once a switch interval, who holds the GIL. Whoever held it at the
// look before, too, is made to let go of it. So others wait about as long as in a process with one interpreter.
// Whether anybody waits cannot be seen, as most wait inside Python; a turn that nobody wanted costs microseconds.
// When nobody is inside for long, or those who are wait for something else than Python, it sleeps until
// NoteHeldUp().
//
// Order:   made when there is an interpreter beside main; ends after all of those, and before main.
// Owns:    its thread, which never waits for the GIL; the GilTurns, which do.
// Threads: made and destroyed on any, with nothing attached at the end; NoteHeldUp on any, and it does not wait.
// Fails:   the constructor throws std::system_error when there is no thread to be had.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "hosts/applications/stays.h"
#include "hosts/python/gil_turns.h"
#include "hosts/python/interpreter.h"

namespace hosts::applications {

class DropRequester {
 public:
  DropRequester(python::Interpreter& main, const python::Attached& attached, Stays& stays);
  DropRequester(const DropRequester&) = delete;
  DropRequester& operator=(const DropRequester&) = delete;
  ~DropRequester();

  // A request is inside for longer than most.
  void NoteHeldUp();

 private:
  void Run();
  void LookWhileSomebodyIsInside(std::unique_lock<std::mutex>& lock);

  python::GilTurns turns_;
  Stays& stays_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> is_noted_{false};  // somebody is held up whom no look has seen yet
  bool must_stop_ = false;
  std::thread thread_;
};

}  // namespace hosts::applications
