#include "hosts/python/interpreter.h"

#include <algorithm>
#include <chrono>
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

base::Result<std::unique_ptr<Interpreter>> Interpreter::MakeSub(ThreadState& main) {
  const Attached attached(main);
  if (kTracemallocStopsCreation && TracemallocTraces()) {
    return base::Error{base::ErrorKind::Unsupported,
                       "tracemalloc is tracing, and Python " PY_VERSION
                       " would hang: call tracemalloc.start() only after every application group "
                       "has been used, or use one process for each"};
  }
  PyThreadState* creation = NewLegacyInterpreter();
  if (creation == nullptr) {
    PyErr_Clear();
    return base::Error{base::ErrorKind::System, "Python could not make a sub-interpreter"};
  }
  auto made = std::unique_ptr<Interpreter>(new Interpreter(creation));
  PyThreadState_Swap(main.state());
  return made;
}

Interpreter::Interpreter(PyThreadState* creation_state)
    : state_(PyThreadState_GetInterpreter(creation_state)),
      creation_state_(state_ == PyInterpreterState_Main() ? nullptr : creation_state),
      is_main_(state_ == PyInterpreterState_Main()),
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

bool Interpreter::HasOtherThreads(PyThreadState* own) const {
  for (auto* state = PyInterpreterState_ThreadHead(state_); state != nullptr;
       state = PyThreadState_Next(state)) {
    if (state != own) return true;
  }
  return false;
}

Interpreter::Ended Interpreter::End(ThreadState& main) {
  CHECK(!is_main_, "the main interpreter ends with the Runtime");
  const Attached attached(main);
  PyThreadState* own = PyThreadState_New(state_);
  CHECK(own != nullptr, "CPython had no memory for a thread state");
  PyThreadState_Swap(own);
  SetCurrentOnFile(own);
  DeleteLeftovers();
  RunThreadingExits(attached);
  WaitForThreads(attached, [&] { return !HasOtherThreads(own); });
  Ended ended = Ended::Destroyed;
  if (HasOtherThreads(own)) {
    RunAtexitHandlers(attached);
    FlushStandardStreams(attached);
    ended = Ended::KeptAliveByThreads;
  } else {
    Py_EndInterpreter(own);
  }
  PyThreadState_Swap(main.state());
  SetCurrentOnFile(main.state());
  return ended;
}

}  // namespace hosts::python
