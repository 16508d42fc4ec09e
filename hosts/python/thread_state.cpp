#include "hosts/python/thread_state.h"

#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/deadline.h"
#include "hosts/python/versions.h"

namespace hosts::python {

namespace {

// Before 3.12 CPython knows only who holds the GIL, not whether it is this thread.
thread_local bool something_is_attached = false;

thread_local GilWaits* waits = nullptr;  // null: nobody counts

void Attach(PyThreadState* state) {
  CHECK(!something_is_attached, "a thread attaches one thread state at a time");
  if (waits == nullptr) {
    PyEval_RestoreThread(state);
  } else {
    const auto asked = base::Clock::now();
    PyEval_RestoreThread(state);
    waits->Note(base::Clock::now() - asked);
  }
  something_is_attached = true;
  SetCurrentOnFile(state);
}

PyThreadState* Detach() {
  something_is_attached = false;
  return PyEval_SaveThread();
}

}  // namespace

GilWaits::GilWaits() : before_(std::exchange(waits, this)) {}

GilWaits::~GilWaits() {
  waits = before_;
}

ThreadState::ThreadState(Interpreter& interpreter)
    : ThreadState(interpreter, PyThreadState_New(interpreter.state())) {}

ThreadState::ThreadState(Interpreter& interpreter, PyThreadState* adopted)
    : standing_(interpreter.Register(adopted)) {}

ThreadState::~ThreadState() {
  CHECK(owner_ == std::this_thread::get_id(), "a ThreadState ends on the thread that made it");
  if (standing_->is_deleted) return;
  Attach(standing_->state);
  PyThreadState_Clear(standing_->state);
  standing_->is_deleted = true;
  something_is_attached = false;
  PyThreadState_DeleteCurrent();
}

Attached::Attached(ThreadState& thread_state) : standing_(thread_state.standing_.get()) {
  CHECK(thread_state.owner_ == std::this_thread::get_id(),
        "a ThreadState is attached on the thread that made it");
  CHECK(!standing_->is_deleted, "the interpreter of this ThreadState has ended");
  Attach(standing_->state);
  standing_->is_in_use.store(true, std::memory_order_relaxed);
}

Attached Attached::InCallback() {
  CHECK(CurrentState() != nullptr, "Python called us with nothing attached");
  return Attached();
}

Attached::~Attached() {
  if (standing_ == nullptr) return;
  standing_->is_in_use.store(false, std::memory_order_relaxed);
  if (!standing_->is_of_main)
    TakeOffFile(standing_->state);  // who ends the interpreter may delete it
  Detach();
}

// The thread may be one of Python's own, which attached itself: the flag is kept either way.
GilReleased::GilReleased(const Attached&) : state_(Detach()) {}

GilReleased::~GilReleased() {
  Attach(state_);
}

}  // namespace hosts::python
