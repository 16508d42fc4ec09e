#pragma once
// Interpreter: the main interpreter, or a sub-interpreter with modules of its own; of these, one that shares main's GIL
//              (a legacy one), or one with a GIL of its own (an isolated one).
//
// The main one comes with the Runtime and ends with it. A sub-interpreter is made by MakeSub and
// ended by End, both called with nothing attached by a thread that has a ThreadState of main.
// interpreters.md says in which order thread states go, and why; and what "the GIL" guards where there are several:
// never more than one interpreter's objects, and nothing of the process.
//
// Owns:    of a sub-interpreter, the PyInterpreterState and its creation state.
// Threads: MakeSub and End one at a time; everything else any.
// Fails:   MakeSub with a Result; End says when running threads kept the interpreter alive.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/python/python.h"

namespace hosts::python {

class Attached;
class ThreadState;

// What an interpreter and a ThreadState know of a PyThreadState together: whoever deletes it says
// so here.
struct Standing {
  PyThreadState* state = nullptr;
  bool is_of_main = false;
  std::atomic<bool> is_in_use{false};  // inside an Attached, be its GIL released or not
  std::atomic<bool> is_deleted{false};
};

enum class Gil { OfMain, Own };

class Interpreter {
 public:
  // Gil::Own: Unsupported where Python has no such (versions.h, kHasOwnGils).
  [[nodiscard]] static base::Result<std::unique_ptr<Interpreter>> MakeSub(ThreadState& main,
                                                                          Gil gil = Gil::OfMain);
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;
  ~Interpreter() = default;  // ends nothing: that is End, or the Runtime

  enum class Ended { Destroyed, KeptAliveByThreads };
  // Runs the atexit handlers and destroys a sub-interpreter. Deletes thread states that were left
  // over. One that still has threads of its own running cannot be destroyed: its handlers are run,
  // and it stays until the process ends; one with a GIL of its own is held still.
  [[nodiscard]] Ended End(ThreadState& main);

  // Takes the GIL of one that has its own, for good: from now on no Python code runs in it. Where there is no GIL its threads are
  // stopped. The process is about to exit: the thread that does so goes with it. With nothing attached. Of one interpreter only
  // where there is no GIL: who is stopped so keeps CPython's list of interpreters from everybody.
  void HoldStill();

  [[nodiscard]] bool is_main() const { return is_main_; }
  [[nodiscard]] bool has_own_gil() const { return gil_ == Gil::Own; }
  [[nodiscard]] std::int64_t id() const { return id_; }  // CPython's; 0 is main
  [[nodiscard]] PyInterpreterState* state() const { return state_; }

 private:
  friend class Runtime;
  friend class ThreadState;
  Interpreter(PyThreadState* creation_state, Gil gil);
  [[nodiscard]] Ended EndAttached(const Attached& attached, PyThreadState* own);
  [[nodiscard]] std::shared_ptr<Standing> Register(PyThreadState* state);
  void DeleteLeftovers();
  void MarkAllDeleted();
  [[nodiscard]] bool HasOtherThreads(PyThreadState* own) const;

  PyInterpreterState* state_;
  PyThreadState* creation_state_;  // null for main: the Runtime's ThreadState has it
  bool is_main_;
  Gil gil_;
  std::int64_t id_;
  std::mutex standings_mutex_;
  std::vector<std::shared_ptr<Standing>> standings_;
};

}  // namespace hosts::python
