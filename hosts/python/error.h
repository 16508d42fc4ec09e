#pragma once
// PythonError:      an exception raised in Python, on its way up through our C++ code.
// PythonFailure:    the same as text: what may leave the interpreter, and the room.
// PendingException: puts an exception aside while clean-up code calls Python.
//
// Owns:    PythonError and PendingException a reference into one interpreter: they die before its
//          Attached does.
// Fails:   Describe never: an exception that cannot be formatted is described by its type.

#include <string>
#include <vector>

#include "hosts/python/python.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::python {

struct PythonFailure {
  std::string type;                // "ValueError"
  std::vector<std::string> lines;  // the traceback as Python prints it, without line ends
};

class PythonError {
 public:
  // Takes the exception that is set; there must be one.
  PythonError();
  // A new exception of a builtin type, e.g. PyExc_ValueError.
  PythonError(PyObject* type, const std::string& message);

  [[nodiscard]] PyObject* exception() const { return exception_.get(); }
  [[nodiscard]] bool Is(PyObject* type) const;
  [[nodiscard]] PythonFailure Describe(const Attached& attached) const;
  // Sets it again, for Python to see.
  void Restore() &&;

 private:
  Ref exception_;
};

class [[nodiscard]] PendingException {
 public:
  PendingException();
  PendingException(const PendingException&) = delete;
  PendingException& operator=(const PendingException&) = delete;
  ~PendingException();

 private:
  PyObject* exception_;
};

}  // namespace hosts::python
