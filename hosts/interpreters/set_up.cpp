#include "hosts/interpreters/set_up.h"

#include "hosts/python/call.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/restricted_stream.h"
#include "hosts/python/signal_registration.h"
#include "hosts/python/strings.h"

namespace hosts::interpreters {

using python::Attached;
using python::Check;
using python::Ref;
using python::Take;

namespace {

constexpr const char* kArrangePath = R"(
import site, sys
sys.argv = ["mod_wsgi"]
for entries in python_paths:
    known = list(sys.path)
    for entry in entries:
        site.addsitedir(entry)
    sys.path[:] = [entry for entry in sys.path if entry not in known] + known
if home:
    sys.path.insert(0, home)
)";

constexpr const char* kSetEggCache = R"(
import os
if os.environ.get("PYTHON_EGG_CACHE") != egg_cache:  # others may look at it while it is written
    os.environ["PYTHON_EGG_CACHE"] = egg_cache
)";

// preexec_fn= of subprocess is Python code in a child as well, which Python itself refuses in a sub-interpreter; nothing else
// that fork_exec is given can be called. Where subprocess has been imported already, it has a name of its own for it.
constexpr const char* kRefuseFork = R"python(
import os, posix, sys, _posixsubprocess
def error_of(name, instead):
    return RuntimeError(
        name + " in a process with several interpreters would leave a child that dies or hangs: use "
        + instead + ", or a process group of its own with application-group=%{GLOBAL}")
def refused(name):
    def fork():
        raise error_of("os." + name + "()", "subprocess")
    fork.__name__ = name
    return fork
for name in ("fork", "forkpty"):
    setattr(os, name, refused(name))
    setattr(posix, name, refused(name))
def without_preexec_fn(fork_exec):
    def wrapped(*arguments):
        if any(map(callable, arguments)):
            raise error_of("preexec_fn= of subprocess", "its other arguments")
        return fork_exec(*arguments)
    wrapped.__name__ = "fork_exec"
    return wrapped
if is_main:
    _posixsubprocess.fork_exec = without_preexec_fn(_posixsubprocess.fork_exec)
    if hasattr(sys.modules.get("subprocess"), "_fork_exec"):
        sys.modules["subprocess"]._fork_exec = _posixsubprocess.fork_exec
)python";

void Run(const char* source, const Ref& names) {
  Check(PyDict_SetItemString(names.get(), "__builtins__", PyEval_GetBuiltins()));
  Take(PyRun_String(source, Py_file_input, names.get(), names.get())).reset();
}

void Set(const Ref& names, const char* name, const Ref& value) {
  Check(PyDict_SetItemString(names.get(), name, value.get()));
}

Ref ListOf(const deployment::Paths& paths) {
  Ref list = Take(PyList_New(0));
  for (const std::string& path : paths) {
    Check(PyList_Append(list.get(), python::FileName(path).get()));
  }
  return list;
}

// Each in front of the ones before it (LOAD-31, LOAD-32).
void ArrangePath(const PoolSettings& settings, const deployment::InterpreterChoices& choices) {
  const Ref names = Take(PyDict_New());
  const Ref python_paths = Take(PyList_New(0));
  Check(PyList_Append(python_paths.get(), ListOf(settings.python_path).get()));
  for (const auto& paths : choices.python_paths) {
    Check(PyList_Append(python_paths.get(), ListOf(paths.value).get()));
  }
  Set(names, "python_paths", python_paths);
  Set(names, "home", python::FileName(settings.home.native()));
  Run(kArrangePath, names);
}

void ReplaceStreams(const Attached& attached, const deployment::InterpreterChoices& choices) {
  using python::StandardStream;
  const Ref type = python::MakeLogStreamType(attached);
  const Ref out = python::NewLogStream(attached, type.get(), "<stdout>");
  const Ref errors = python::NewLogStream(attached, type.get(), "<stderr>");
  Check(PySys_SetObject("stdout", out.get()));
  Check(PySys_SetObject("stderr", errors.get()));
  if (choices.is_stdout_restricted()) python::RestrictStream(attached, StandardStream::Output);
  if (choices.is_stdin_restricted()) python::RestrictStream(attached, StandardStream::Input);
}

void SetEggCache(const PoolSettings& settings) {
  if (settings.egg_cache.empty()) return;
  const Ref names = Take(PyDict_New());
  Set(names, "egg_cache", python::FileName(settings.egg_cache.native()));
  Run(kSetEggCache, names);
}

}  // namespace

void SetUp(const Attached& attached,
           const PoolSettings& settings,
           const deployment::InterpreterChoices& choices) {
  ReplaceStreams(attached, choices);
  ArrangePath(settings, choices);
  SetEggCache(settings);
  if (choices.is_signal_restricted(settings.threads_per_process)) {
    python::RestrictSignalRegistration(attached);
  }
}

void SetSwitchInterval(const Attached&, double seconds) {
  const Ref sys = Take(PyImport_ImportModule("sys"));
  Take(PyObject_CallMethod(sys.get(), "setswitchinterval", "d", seconds)).reset();
}

void RefuseFork(const Attached&) {
  const Ref names = Take(PyDict_New());
  const bool is_main = PyInterpreterState_Get() == PyInterpreterState_Main();
  Check(PyDict_SetItemString(names.get(), "is_main", is_main ? Py_True : Py_False));
  Run(kRefuseFork, names);
}

}  // namespace hosts::interpreters
