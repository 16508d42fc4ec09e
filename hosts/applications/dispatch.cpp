#include "hosts/applications/dispatch.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "hosts/python/call.h"
#include "hosts/python/error.h"
#include "hosts/python/strings.h"

namespace hosts::applications {

using python::Attached;
using python::PythonError;
using python::Ref;
using python::Take;

namespace {

PythonError WrongType(const char* function, std::string_view what) {
  return {
      PyExc_TypeError,
      fmt::format(
          "{}() of a dispatch script returned {}: return None, a str or bytes", function, what)};
}

std::optional<std::string> NameFrom(const char* function, PyObject* answer) {
  if (answer == Py_None) return std::nullopt;
  if (PyBytes_Check(answer) != 0) return std::string(python::BytesView(answer));
  if (PyUnicode_Check(answer) == 0) throw WrongType(function, Py_TYPE(answer)->tp_name);
  const auto text = python::Latin1View(answer);
  if (!text) throw WrongType(function, "a str with letters beyond Latin-1");
  return std::string(*text);
}

std::optional<std::string> Ask(const Attached& attached,
                               const interpreters::Script& script,
                               const char* function,
                               PyObject* environ) {
  const Ref callable = script.Global(attached, python::Interned(function).get());
  if (!callable) return std::nullopt;
  return NameFrom(function, Take(PyObject_CallOneArg(callable.get(), environ)).get());
}

}  // namespace

exchange::Choice AskDispatchScript(const Attached& attached,
                                   const interpreters::Script& script,
                                   PyObject* environ) {
  exchange::Choice choice;
  choice.process_group = Ask(attached, script, "process_group", environ);
  choice.application_group = Ask(attached, script, "application_group", environ);
  choice.callable_object = Ask(attached, script, "callable_object", environ);
  return choice;
}

}  // namespace hosts::applications
