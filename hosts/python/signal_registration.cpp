#include "hosts/python/signal_registration.h"

#include "hosts/base/log.h"
#include "hosts/python/call.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/strings.h"

namespace hosts::python {

namespace {

constexpr const char* kReplaceSignal = R"(
import os, signal as module
real, process, own_process = module.signal, os.getpid, os.getpid()
def signal(signalnum, handler):
    if process() != own_process:
        return real(signalnum, handler)
    import operator, traceback
    tell(f"Callback registration for signal {operator.index(signalnum)} ignored.")
    for entry in traceback.format_stack()[:-1]:
        for line in entry.splitlines():
            tell(line)
    return handler
signal.__module__, signal.__doc__ = real.__module__, real.__doc__
module.signal = signal
)";

PyObject* Tell(PyObject*, PyObject* line) {
  return Trampoline([&](const Attached&) {
    base::Log(base::LogLevel::Info, "H0322", "{}{}", LogPrefix(), TextOf(line));
    return None();
  });
}

PyMethodDef tell_method{"tell", Tell, METH_O, nullptr};

}  // namespace

void RestrictSignalRegistration(const Attached&) {
  const Ref names = Take(PyDict_New());
  const Ref tell = Take(PyCFunction_New(&tell_method, nullptr));
  Check(PyDict_SetItemString(names.get(), "tell", tell.get()));
  Check(PyDict_SetItemString(names.get(), "__builtins__", PyEval_GetBuiltins()));
  Take(PyRun_String(kReplaceSignal, Py_file_input, names.get(), names.get())).reset();
}

}  // namespace hosts::python
