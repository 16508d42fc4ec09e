#include "hosts/python/interpreter.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <system_error>
#include <thread>

#include "hosts/base/check.h"
#include "hosts/python/ending.h"
#include "hosts/python/thread_state.h"
#include "hosts/python/versions.h"

namespace hosts::python {

namespace {

// tracemalloc is one for the process, but each interpreter imports its own module of it.
bool TracemallocTraces() {
  PyObject* module = PyImport_ImportModule("_tracemalloc");
  PyObject* answer =
      module == nullptr ? nullptr : PyObject_CallMethod(module, "is_tracing", nullptr);
  const bool traces = answer != nullptr && PyObject_IsTrue(answer) == 1;
  Py_XDECREF(answer);
  Py_XDECREF(module);
  PyErr_Clear();  // a Python without tracemalloc does not trace
  return traces;
}

}  // namespace

base::Result<std::unique_ptr<Interpreter>> Interpreter::MakeSub(ThreadState& main, Gil gil) {
  const Attached attached(main);
  if (kTracemallocStopsCreation && TracemallocTraces()) {
    return base::Error{base::ErrorKind::Unsupported,
                       "tracemalloc is tracing, and Python " PY_VERSION
                       " would hang: call tracemalloc.start() only after every application group "
                       "has been used, or use one process for each"};
  }
  const NewInterpreter created =
      gil == Gil::Own ? NewIsolatedInterpreter() : NewLegacyInterpreter();
  if (created.first == nullptr) {
    PyErr_Clear();
    const bool is_unknown = gil == Gil::Own && !kHasOwnGils;
    return base::Error{is_unknown ? base::ErrorKind::Unsupported : base::ErrorKind::System,
                       created.why_not};
  }
  auto made = std::unique_ptr<Interpreter>(new Interpreter(created.first, gil));
  PyThreadState_Swap(
      main.state());  // lets go of the new one's GIL, and takes main's, where these are two
  return made;
}

Interpreter::Interpreter(PyThreadState* creation_state, Gil gil)
    : state_(PyThreadState_GetInterpreter(creation_state)),
      creation_state_(state_ == PyInterpreterState_Main() ? nullptr : creation_state),
      is_main_(state_ == PyInterpreterState_Main()),
      gil_(gil),
      id_(PyInterpreterState_GetID(state_)) {}

std::shared_ptr<Standing> Interpreter::Register(PyThreadState* state) {
  CHECK(state != nullptr, "CPython had no memory for a thread state");
  auto standing = std::make_shared<Standing>();
  standing->state = state;
  standing->is_of_main = is_main_;
  const std::lock_guard lock(standings_mutex_);
  std::erase_if(standings_, [](const auto& other) { return other->is_deleted.load(); });
  standings_.push_back(standing);
  return standing;
}

// Clearing runs destructors of thread-local objects: the lock is not held meanwhile.
void Interpreter::DeleteLeftovers() {
  std::vector<std::shared_ptr<Standing>> leftovers;
  {
    const std::lock_guard lock(standings_mutex_);
    leftovers.swap(standings_);
  }
  for (const auto& standing : leftovers) {
    if (standing->is_deleted || standing->is_in_use) continue;
    standing->is_deleted = true;
    PyThreadState_Clear(standing->state);
    PyThreadState_Delete(standing->state);
  }
  PyThreadState_Clear(creation_state_);
  PyThreadState_Delete(creation_state_);
  creation_state_ = nullptr;
}

void Interpreter::MarkAllDeleted() {
  const std::lock_guard lock(standings_mutex_);
  for (const auto& standing : standings_)
    standing->is_deleted = true;
}

// While nobody can come or go.
bool Interpreter::HasOtherThreads(PyThreadState* own) const {
  struct Look {
    PyInterpreterState* interpreter;
    PyThreadState* own;
    bool is_found;
  } look{state_, own, false};
  WithOthersStopped(
      [](void* argument) {
        auto& wanted = *static_cast<Look*>(argument);
        for (auto* state = PyInterpreterState_ThreadHead(wanted.interpreter); state != nullptr;
             state = PyThreadState_Next(state)) {
          wanted.is_found = wanted.is_found || state != wanted.own;
        }
      },
      &look);
  return look.is_found;
}

Interpreter::Ended Interpreter::End(ThreadState& main) {
  CHECK(!is_main_, "the main interpreter ends with the Runtime");
  Ended ended = Ended::Destroyed;
  {
    const Attached attached(main);
    PyThreadState* own = PyThreadState_New(state_);
    CHECK(own != nullptr, "CPython had no memory for a thread state");
    PyThreadState_Swap(own);
    SetCurrentOnFile(own);
    ended = EndAttached(attached, own);
    PyThreadState_Swap(main.state());
    SetCurrentOnFile(main.state());
  }
  if (ended == Ended::KeptAliveByThreads && has_own_gil()) HoldStill();
  return ended;
}

Interpreter::Ended Interpreter::EndAttached(const Attached& attached, PyThreadState* own) {
  DeleteLeftovers();
  RunThreadingExits(attached);
  WaitForThreads(attached, [&] { return !HasOtherThreads(own); });
  if (!HasOtherThreads(own)) {
    Py_EndInterpreter(own);
    return Ended::Destroyed;
  }
  RunAtexitHandlers(attached);
  FlushStandardStreams(attached);
  return Ended::KeptAliveByThreads;
}

namespace {
// `held`: a promise, which is kept first.
[[noreturn]] void StayForEver(void* held) {
  static_cast<std::promise<void>*>(held)->set_value();
  while (true)
    ::pause();
}
}  // namespace

// On a thread of its own, as a thread holds one GIL at a time. Who has a GIL of its own is in a process that has GILs, whatever
// its Python could do: nothing is stopped there, as who is stopped has CPython's list of interpreters (interpreters.md).
void Interpreter::HoldStill() {
  CHECK(has_own_gil() || is_main_, "another one shares main's GIL");
  auto is_held = std::make_shared<std::promise<void>>();
  try {
    std::thread([this, is_held] {
      ThreadState state(*this);
      const Attached attached(state);
      if (has_own_gil()) StayForEver(is_held.get());
      WithOthersStopped(StayForEver, is_held.get());
    }).detach();
  } catch (const std::system_error&) {
    return;  // no memory for a thread: its own run until the process has gone
  }
  is_held->get_future().wait();
}

}  // namespace hosts::python
