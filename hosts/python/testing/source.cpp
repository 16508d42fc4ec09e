#include "hosts/python/testing/source.h"

#include "hosts/python/call.h"
#include "hosts/python/strings.h"

namespace hosts::python::testing {

namespace {

Ref RunIn(const std::string& source, int start) {
  PyObject* globals = PyModule_GetDict(PyImport_AddModule("__main__"));
  return Take(PyRun_String(source.c_str(), start, globals, globals));
}

}  // namespace

void Execute(const Attached&, const std::string& statements) {
  RunIn(statements, Py_file_input).reset();
}

std::string Say(const Attached& attached, const std::string& expression) {
  return TextOf(Evaluate(attached, expression).get());
}

Ref Evaluate(const Attached&, const std::string& expression) {
  return RunIn(expression, Py_eval_input);
}

}  // namespace hosts::python::testing
