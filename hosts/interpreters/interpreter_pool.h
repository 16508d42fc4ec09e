#pragma once
// HostedInterpreter: an interpreter with its application group's name and its scripts.
// InterpreterPool:   application group -> HostedInterpreter, made on first use (INTERP-1, INTERP-2).
// WorkerStates:      the ThreadStates of one thread, one per interpreter it has entered, main's first.
//
// Interpreters are made one at a time, under a lock that is only ever waited for with nothing
// attached; each lives until the pool ends.
//
// Owns:    the pool its interpreters; WorkerStates its thread states, so it ends before the pool.
// Threads: WorkerStates lives on one thread; Enter is called with nothing attached. The pool is made
//          and ended on the thread that started the Runtime.
// Fails:   Enter with a Result when the interpreter could not be made; the next call tries again.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/interpreters/mod_wsgi_module.h"
#include "hosts/interpreters/script.h"
#include "hosts/interpreters/set_up.h"
#include "hosts/python/interpreter.h"
#include "hosts/python/runtime.h"
#include "hosts/python/thread_state.h"

namespace hosts::interpreters {

// What a room above keeps with each interpreter; destroyed attached to it, before it ends.
class Companion {
 public:
  virtual ~Companion() = default;
};

class HostedInterpreter {
 public:
  [[nodiscard]] const std::string& application_group() const { return application_group_; }
  [[nodiscard]] python::Interpreter& interpreter() { return *interpreter_; }
  [[nodiscard]] Scripts& scripts() { return *scripts_; }
  [[nodiscard]] Companion& companion() { return *companion_; }
  [[nodiscard]] ModWsgiModule& module() { return *module_; }

 private:
  friend class InterpreterPool;
  std::string application_group_;
  std::unique_ptr<python::Interpreter> owned_;  // null for main: the Runtime's
  python::Interpreter* interpreter_ = nullptr;
  std::unique_ptr<Scripts> scripts_;
  std::unique_ptr<Companion> companion_;
  std::unique_ptr<ModWsgiModule> module_;
};

class InterpreterPool {
 public:
  // Throws PythonError when it cannot.
  using MakeCompanion =
      std::function<std::unique_ptr<Companion>(const python::Attached&, const HostedInterpreter&)>;

  // Sets up the main interpreter, whose name is "".
  [[nodiscard]] static base::Result<std::unique_ptr<InterpreterPool>> Make(
      python::Runtime& runtime, PoolSettings settings, MakeCompanion make_companion);
  InterpreterPool(const InterpreterPool&) = delete;
  InterpreterPool& operator=(const InterpreterPool&) = delete;
  ~InterpreterPool();  // ends the sub-interpreters

  // No Python code runs any more in interpreters with a GIL of their own; for main's the Runtime sees to it. The process
  // is about to exit.
  void HoldStill();

  // Of all interpreters that are there. Any thread, with nothing attached.
  [[nodiscard]] std::vector<std::string> application_groups();

 private:
  friend class WorkerStates;
  using StatePointer = std::unique_ptr<python::ThreadState>;
  struct Made {
    HostedInterpreter* interpreter = nullptr;
    StatePointer state;  // set when the call made the interpreter: what it was set up with
  };

  InterpreterPool(python::Runtime& runtime, PoolSettings settings, MakeCompanion make_companion);
  [[nodiscard]] base::Result<Made> FindOrMake(const std::string& group, python::ThreadState& main);
  [[nodiscard]] base::Result<Made> MakeSub(const std::string& group, python::ThreadState& main);
  [[nodiscard]] base::Result<void> SetUpAttached(python::ThreadState& state,
                                                 HostedInterpreter& hosted,
                                                 const deployment::InterpreterChoices& choices);
  void SetInterval(const python::Attached& attached,
                   const HostedInterpreter& hosted,
                   const deployment::InterpreterChoices& choices) const;
  void RefuseForkInMain(const python::Attached& attached);
  void DropContents(HostedInterpreter& hosted, python::ThreadState& state);
  void EndSub(HostedInterpreter& hosted);

  python::Runtime& runtime_;
  PoolSettings settings_;
  MakeCompanion make_companion_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<HostedInterpreter>, std::less<>> interpreters_;
};

class WorkerStates {
 public:
  // On the thread that started the Runtime, main's thread state is the Runtime's own.
  enum class Thread { Starting, Other };
  WorkerStates(InterpreterPool& pool, Thread thread);
  WorkerStates(const WorkerStates&) = delete;
  WorkerStates& operator=(const WorkerStates&) = delete;
  ~WorkerStates() = default;

  struct Place {
    HostedInterpreter* interpreter = nullptr;
    python::ThreadState* state = nullptr;
  };
  [[nodiscard]] base::Result<Place> Enter(std::string_view application_group);

 private:
  InterpreterPool& pool_;
  std::unique_ptr<python::ThreadState> own_main_;
  python::ThreadState* main_;
  struct Entered {
    Place place;
    std::unique_ptr<python::ThreadState> state;  // null for main
  };
  std::vector<Entered> entered_;
};

}  // namespace hosts::interpreters
