#include "hosts/interpreters/set_up.h"

#include "hosts/python/call.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/strings.h"

namespace hosts::interpreters {

using python::Attached;
using python::Check;
using python::Ref;
using python::Take;

namespace {

// The version of mod_wsgi whose behaviour this engine follows (the baseline of the rules of
// hosting). Applications that look at mod_wsgi.version decide by it what they may use, so it says
// what we behave like, not how old we are.
constexpr int kFollowedVersion[] = {6, 0, 5};

constexpr const char* kArrangePath = R"(
import site, sys
sys.argv = ["mod_wsgi"]
known = list(sys.path)
for entry in python_path:
    site.addsitedir(entry)
added = [entry for entry in sys.path if entry not in known]
sys.path[:] = ([home] if home else []) + added + known
)";

constexpr const char* kRefuseFork = R"(
import os, posix
def refused(name):
    def fork():
        raise RuntimeError(
            "os." + name + "() in a process with several interpreters would leave a child that dies "
            "or hangs: use subprocess, or a process group of its own with application-group=%{GLOBAL}")
    fork.__name__ = name
    return fork
for name in ("fork", "forkpty"):
    setattr(os, name, refused(name))
    setattr(posix, name, refused(name))
)";

void Run(const char* source, const Ref& names) {
  Check(PyDict_SetItemString(names.get(), "__builtins__", PyEval_GetBuiltins()));
  Take(PyRun_String(source, Py_file_input, names.get(), names.get())).reset();
}

void Set(const Ref& names, const char* name, const Ref& value) {
  Check(PyDict_SetItemString(names.get(), name, value.get()));
}

void ArrangePath(const InterpreterSettings& settings) {
  const Ref names = Take(PyDict_New());
  const Ref entries = Take(PyList_New(0));
  for (const std::string& entry : settings.python_path) {
    Check(PyList_Append(entries.get(), python::FileName(entry).get()));
  }
  Set(names, "python_path", entries);
  Set(names, "home", python::FileName(settings.home.native()));
  Run(kArrangePath, names);
}

void ReplaceStreams(const Attached& attached) {
  const Ref type = python::MakeLogStreamType(attached);
  const Ref out = python::NewLogStream(attached, type.get(), "<stdout>");
  const Ref errors = python::NewLogStream(attached, type.get(), "<stderr>");
  Check(PySys_SetObject("stdout", out.get()));
  Check(PySys_SetObject("stderr", errors.get()));
}

Ref NewModule(const char* name) {
  Ref module = Take(PyModule_New(name));
  Check(PyDict_SetItemString(PyImport_GetModuleDict(), name, module.get()));
  return module;
}

void AddModules(const std::string& application_group, const InterpreterSettings& settings) {
  const Ref module = NewModule("mod_wsgi");
  const auto add = [&](const char* name, const Ref& value) {
    Check(PyObject_SetAttrString(module.get(), name, value.get()));
  };
  add("version",
      Take(Py_BuildValue("iii", kFollowedVersion[0], kFollowedVersion[1], kFollowedVersion[2])));
  add("process_group", python::Latin1(settings.process_group));
  add("application_group", python::Latin1(application_group));
  add("maximum_processes", Take(PyLong_FromLong(settings.maximum_processes)));
  add("threads_per_process", Take(PyLong_FromLong(settings.threads_per_process)));
  NewModule("apache").reset();
}

}  // namespace

void SetUp(const Attached& attached,
           const std::string& application_group,
           const InterpreterSettings& settings) {
  ReplaceStreams(attached);
  AddModules(application_group, settings);
  ArrangePath(settings);
}

void RefuseFork(const Attached&) {
  Run(kRefuseFork, Take(PyDict_New()));
}

}  // namespace hosts::interpreters
