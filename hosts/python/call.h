#pragma once
// Take, Check: from the C API's null and -1 to a PythonError.
// Trampoline:  around every function that Python calls: from a PythonError back to null.
//
// Threads: attached.
// Fails:   Take and Check throw PythonError; a Trampoline lets nothing through. An exception that
//          is no PythonError ends the process: it is a bug, or memory has run out.

#include <utility>

#include "hosts/python/error.h"
#include "hosts/python/python.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::python {

// Takes over a new reference.
[[nodiscard]] inline Ref Take(PyObject* object) {
  if (object == nullptr) throw PythonError();
  return Ref::Steal(object);
}

// For functions that answer -1 when they raised.
inline int Check(int answer) {
  if (answer < 0) throw PythonError();
  return answer;
}

// body(attached) -> Ref.
template <typename Body>
[[nodiscard]] PyObject* Trampoline(Body&& body) noexcept {
  try {
    return std::forward<Body>(body)(Attached::InCallback()).release();
  } catch (PythonError& error) {
    std::move(error).Restore();
    return nullptr;
  }
}

[[nodiscard]] inline Ref None() {
  return Ref::Share(Py_None);
}

}  // namespace hosts::python
