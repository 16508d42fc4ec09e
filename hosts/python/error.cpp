#include "hosts/python/error.h"

#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/strings.h"
#include "hosts/python/versions.h"

namespace hosts::python {

namespace {

void AppendLines(std::string_view text, std::vector<std::string>& lines) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// What traceback.format_exception says; empty if that fails itself.
std::vector<std::string> Format(PyObject* exception) {
  std::vector<std::string> lines;
  const Ref module = Ref::Steal(PyImport_ImportModule("traceback"));
  if (!module) return lines;
  const Ref parts =
      Ref::Steal(PyObject_CallMethod(module.get(), "format_exception", "O", exception));
  if (!parts || PyList_Check(parts.get()) == 0) return lines;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(parts.get()); ++i) {
    AppendLines(TextOf(PyList_GET_ITEM(parts.get(), i)), lines);
  }
  return lines;
}

}  // namespace

PythonError::PythonError() : exception_(Ref::Steal(TakeRaisedException())) {
  CHECK(exception_, "a C API function failed without setting an exception");
}

PythonError::PythonError(PyObject* type, const std::string& message) {
  PyErr_SetString(type, message.c_str());
  exception_ = Ref::Steal(TakeRaisedException());
}

bool PythonError::Is(PyObject* type) const {
  return PyErr_GivenExceptionMatches(exception_.get(), type) != 0;
}

PythonFailure PythonError::Describe(const Attached&) const {
  PythonFailure failure{Py_TYPE(exception_.get())->tp_name, Format(exception_.get())};
  if (failure.lines.empty()) {
    PyErr_Clear();  // the exception that stopped the formatting says less than the first one
    failure.lines.push_back(failure.type + ": (its traceback could not be formatted)");
  }
  return failure;
}

void PythonError::Restore() && {
  SetRaisedException(exception_.release());
}

void LogFailure(std::string_view code, std::string_view heading, const PythonFailure& failure) {
  const std::string prefix = LogPrefix();
  base::Log(base::LogLevel::Error, code, "{}{}", prefix, heading);
  for (const std::string& line : failure.lines) {
    base::Log(base::LogLevel::Error, code, "{}{}", prefix, line);
  }
}

}  // namespace hosts::python
