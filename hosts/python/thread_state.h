#pragma once
// ThreadState: the standing of one operating-system thread in one interpreter.
// Attached:    the scope in which that thread may touch Python objects.
// GilReleased: a scope within, around something that blocks, in which it may not.
// GilWaits:    counts how often, and how long, its thread waits for the GIL while it lives.
//
// A PyThreadState belongs to the thread that made it. An extension that calls PyGILState_Ensure()
// gets the state CPython has on file for the thread. So a worker makes the one for the main
// interpreter first, keeps every ThreadState until it ends, attaches one at a time, and each
// attach writes the state on file (interpreters.md).
//
// Owns:    one PyThreadState.
// Threads: made, attached and destroyed on one thread; checked in every build.
// Python:  constructing a ThreadState needs nothing attached and attaches nothing.
// Fails:   never; out of memory inside CPython is a CHECK.

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include "hosts/python/interpreter.h"
#include "hosts/python/python.h"

namespace hosts::python {

class ThreadState {
 public:
  explicit ThreadState(Interpreter& interpreter);
  ThreadState(const ThreadState&) = delete;
  ThreadState& operator=(const ThreadState&) = delete;
  // Attaches itself to clear itself. Does nothing if the interpreter's end has deleted it.
  ~ThreadState();

  [[nodiscard]] PyThreadState* state() const { return standing_->state; }

 private:
  friend class Attached;
  friend class GilTurns;
  friend class Runtime;
  ThreadState(Interpreter& interpreter, PyThreadState* adopted);
  std::shared_ptr<Standing> standing_;
  std::thread::id owner_ = std::this_thread::get_id();
};

// While an Attached lives, this thread is attached to the interpreter, and holds its GIL if it has one.
//
// Functions that touch Python take a `const Attached&` first: who holds one may call them, who
// does not cannot, and no comment has to say so.
class [[nodiscard]] Attached {
 public:
  explicit Attached(ThreadState& thread_state);  // nothing else may be attached here
  // For functions that Python calls: proof of what is attached anyway. Ends nothing.
  static Attached InCallback();
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;
  ~Attached();
  // The interpreter ended while attached, or is never to be let go again.
  void Forget() { standing_ = nullptr; }

 private:
  Attached() = default;
  Standing* standing_ = nullptr;
};

// Of what this house attaches; what Python's own code lets go and takes again is not seen. The innermost one of
// a thread counts.
class [[nodiscard]] GilWaits {
 public:
  GilWaits();
  GilWaits(const GilWaits&) = delete;
  GilWaits& operator=(const GilWaits&) = delete;
  ~GilWaits();

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds total() const { return total_; }
  void Note(std::chrono::nanoseconds wait) {
    ++count_;
    total_ += wait;
  }

 private:
  GilWaits* const before_;
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds total_{0};
};

class [[nodiscard]] GilReleased {
 public:
  explicit GilReleased(const Attached& attached);
  GilReleased(const GilReleased&) = delete;
  GilReleased& operator=(const GilReleased&) = delete;
  ~GilReleased();

 private:
  PyThreadState* state_;
};

}  // namespace hosts::python
