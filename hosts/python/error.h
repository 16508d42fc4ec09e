#pragma once
// PythonError:   an exception raised in Python, on its way up through our C++ code.
// PythonFailure: the same as text: what may leave the interpreter, and the room.
//
// Owns:    PythonError a reference into one interpreter: it dies before its Attached does.
// Fails:   Describe never: an exception that cannot be formatted is described by its type.

#include <string>
#include <string_view>
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

// One log record a line, at level error: the heading, then the traceback (LOG-4).
void LogFailure(std::string_view code, std::string_view heading, const PythonFailure& failure);

}  // namespace hosts::python
