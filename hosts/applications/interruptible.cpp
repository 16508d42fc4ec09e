#include "hosts/applications/interruptible.h"

#include <fmt/format.h>

#include "hosts/base/log.h"
#include "hosts/python/call.h"
#include "hosts/python/error.h"
#include "hosts/python/strings.h"

namespace hosts::applications {

using python::Attached;
using python::PythonError;
using python::Ref;
using python::Take;

namespace {

// Innermost last, as in a traceback.
constexpr const char* kFormatStack = R"(
import traceback
lines = "".join(traceback.format_stack(frame)).splitlines()
)";

// Where a thread is in this interpreter; null: nowhere. sys._current_frames() would look into every interpreter, and
// those that have a GIL of their own run on meanwhile.
Ref FrameOf(const Attached&, unsigned long thread) {
  for (auto* state = PyInterpreterState_ThreadHead(PyInterpreterState_Get()); state != nullptr;
       state = PyThreadState_Next(state)) {
    if (state->thread_id != thread) continue;
    Ref frame = Ref::Steal(reinterpret_cast<PyObject*>(PyThreadState_GetFrame(state)));
    if (frame) return frame;
  }
  return {};
}

void LogStack(const Attached& attached, unsigned long thread) {
  const Ref frame = FrameOf(attached, thread);
  if (!frame) return;
  const Ref names = Take(PyDict_New());
  python::Check(PyDict_SetItemString(names.get(), "__builtins__", PyEval_GetBuiltins()));
  python::Check(PyDict_SetItemString(names.get(), "frame", frame.get()));
  Take(PyRun_String(kFormatStack, Py_file_input, names.get(), names.get())).reset();
  const Ref text = Take(PyMapping_GetItemString(names.get(), "lines"));
  const Ref lines = Take(PySequence_Tuple(text.get()));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(lines.get()); ++i) {
    base::Log(
        base::LogLevel::Info, "H0326", "{}", python::TextOf(PyTuple_GET_ITEM(lines.get(), i)));
  }
}

}  // namespace

Interruptible::Interruptible() : thread_(PyThread_get_thread_ident()) {}

void Interruptible::Begin(const Attached&, std::uint64_t turn, std::string_view application_group) {
  const std::lock_guard lock(mutex_);
  turn_ = turn;
  application_group_ = application_group;
}

void Interruptible::End(const Attached&) {
  {
    const std::lock_guard lock(mutex_);
    turn_ = 0;
  }
  PyThreadState_SetAsyncExc(thread_, nullptr);
}

std::optional<std::string> Interruptible::ApplicationGroupOf(std::uint64_t turn) const {
  const std::lock_guard lock(mutex_);
  if (turn_ != turn) return std::nullopt;
  return application_group_;
}

bool Interruptible::Interrupt(const Attached& attached, std::uint64_t turn, Stack stack) const {
  try {
    if (stack == Stack::IsLogged) LogStack(attached, thread_);
    const Ref module = Take(PyImport_ImportModule("mod_wsgi"));
    const Ref type = Take(PyObject_GetAttrString(module.get(), "RequestTimeout"));
    // Who ends the request waits for the lock, and takes back what is set under it. Nothing of Python else happens meanwhile.
    const std::lock_guard lock(mutex_);
    return turn_ == turn && PyThreadState_SetAsyncExc(thread_, type.get()) > 0;
  } catch (const PythonError& error) {
    python::LogFailure("H0327", "A request could not be interrupted", error.Describe(attached));
    return false;
  }
}

}  // namespace hosts::applications
