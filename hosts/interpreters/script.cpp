#include "hosts/interpreters/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hosts/base/files.h"
#include "hosts/base/letters.h"
#include "hosts/base/log.h"
#include "hosts/python/call.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/strings.h"
#include "hosts/python/versions.h"

namespace hosts::interpreters {

using python::Attached;
using python::PythonError;
using python::Ref;
using python::Take;

namespace {

constexpr std::int64_t kNanosecondsInAMicrosecond = 1000;

base::DatedText ReadSource(const Attached& attached, const std::string& path) {
  auto source = [&] {
    const python::GilReleased released(attached);
    return base::ReadDatedFile(path);
  }();
  if (!source) throw PythonError(PyExc_OSError, source.error().Text());
  return std::move(source).value();
}

// What is executed under this name next gets a module of its own.
void DropModule(PyObject* name) {
  if (PyDict_DelItem(PyImport_GetModuleDict(), name) == 0) return;
  PythonError error;
  if (!error.Is(PyExc_KeyError)) throw std::move(error);  // an application has dropped it
}

// Not through the import system: the file is found by path, keeps no .pyc, and need not end in .py
// (LOAD-9). Coding cookies are honoured. A module whose execution fails is taken out of sys.modules.
std::shared_ptr<const Script> Execute(const Attached& attached,
                                      const std::string& path,
                                      PyObject* module_name) {
  const base::DatedText source = ReadSource(attached, path);
  const Ref file_name = python::FileName(path);
  const Ref code = Take(
      Py_CompileStringObject(source.text.c_str(), file_name.get(), Py_file_input, nullptr, -1));
  Ref module =
      Take(PyImport_ExecCodeModuleObject(module_name, code.get(), file_name.get(), nullptr));
  if (PyModule_Check(module.get()) == 0) {
    throw PythonError(PyExc_TypeError, "the script put something else than a module in its place");
  }
  return std::make_shared<Script>(attached, path, std::move(module), source.changed_at_ns);
}

// Null when there is none.
Ref GlobalOf(PyObject* module, PyObject* name) {
  Ref value = Ref::Steal(python::NewItem(PyModule_GetDict(module), name));
  if (!value && PyErr_Occurred() != nullptr) throw PythonError();
  return value;
}

// The extension that does not load in this interpreter, in CPython's words, somewhere in the chain, as applications wrap what
// they cannot import; empty: it is something else that failed.
std::string RefusedExtension(const python::PythonFailure& failure) {
  constexpr std::string_view kModule = "module ";
  constexpr std::string_view kWords = " does not support loading in subinterpreters";
  for (const std::string& line : failure.lines) {
    const auto words = line.find(kWords);
    const auto module = words == std::string::npos ? words : line.rfind(kModule, words);
    if (module == std::string::npos) continue;
    const auto name = module + kModule.size();
    return line.substr(name, words - name);
  }
  return "";
}

}  // namespace

Ref ModuleName(const Attached&, std::string_view path) {
  const Ref md5 = Take(PyImport_ImportModule("_md5"));
  const Ref hash = Take(PyObject_CallMethod(
      md5.get(), "md5", "y#", path.data(), static_cast<Py_ssize_t>(path.size())));
  const Ref digits = Take(PyObject_CallMethod(hash.get(), "hexdigest", nullptr));
  return Take(PyUnicode_FromFormat("_mod_wsgi_%U", digits.get()));
}

// ---- Script ----

Script::Script(const Attached&, std::string path, Ref module, std::int64_t changed_at_ns)
    : path_(std::move(path)),
      module_(std::move(module)),
      changed_at_ns_(changed_at_ns),
      mtime_name_(python::Interned("__mtime__")),
      mtime_(Take(PyLong_FromLongLong(changed_at_ns / kNanosecondsInAMicrosecond))),
      reload_required_name_(python::Interned("reload_required")) {
  python::Check(PyDict_SetItem(PyModule_GetDict(module_.get()), mtime_name_.get(), mtime_.get()));
}

Ref Script::Global(const Attached&, PyObject* name) const {
  return GlobalOf(module_.get(), name);
}

bool Script::IsOutdated(const Attached& attached, const Sight& sight) const {
  try {
    return HasFileChanged(attached, sight) ||
           (!sight.asked_for.empty() && SaysSo(attached, sight.asked_for));
  } catch (const PythonError& error) {
    python::LogFailure(
        "H0340",
        fmt::format("Asking whether '{}' is to be reloaded failed: it is not", path_),
        error.Describe(attached));
    return false;
  }
}

bool Script::HasFileChanged(const Attached& attached, const Sight& sight) const {
  const Ref mtime = GlobalOf(module_.get(), mtime_name_.get());
  if (!mtime) return true;
  if (mtime.get() != mtime_.get() &&
      python::Check(PyObject_RichCompareBool(mtime.get(), mtime_.get(), Py_EQ)) == 0) {
    return true;
  }
  if (sight.changed_at_ns == changed_at_ns_) return false;
  // Nobody has looked, or somebody who looked before the file was loaded, or who sees other files.
  const python::GilReleased released(attached);
  return base::ChangedAtNs(path_) != changed_at_ns_;
}

bool Script::SaysSo(const Attached&, std::string_view asked_for) const {
  const Ref function = GlobalOf(module_.get(), reload_required_name_.get());
  if (!function) return false;
  const Ref argument = python::FileName(asked_for);
  const Ref said = Take(PyObject_CallOneArg(function.get(), argument.get()));
  return python::Check(PyObject_IsTrue(said.get())) != 0;
}

// ---- Scripts ----

std::shared_ptr<const Script> Scripts::Find(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  const auto found = loaded_.find(path);
  return found == loaded_.end() ? nullptr : found->second;
}

// There is none under this path.
void Scripts::Keep(std::string path, std::shared_ptr<const Script> script) {
  const std::lock_guard lock(mutex_);
  loaded_.emplace(std::move(path), std::move(script));
}

// The caller holds it, too: it does not end under the lock.
void Scripts::Forget(std::string_view path) {
  const std::lock_guard lock(mutex_);
  const auto found = loaded_.find(path);
  if (found != loaded_.end()) loaded_.erase(found);
}

void Scripts::NameExtensions(const std::string& path) {
  const Ref modules = Take(PyDict_Copy(PyImport_GetModuleDict()));
  PyObject* name = nullptr;
  PyObject* module = nullptr;
  for (Py_ssize_t at = 0; PyDict_Next(modules.get(), &at, &name, &module) != 0;) {
    if (PyUnicode_Check(name) == 0 || !python::WantsGil(module)) continue;
    const auto [extension, is_new] = named_extensions_.insert(python::TextOf(name));
    if (!is_new) continue;
    base::Log(base::LogLevel::Warning,
              "H0345",
              "{}The extension '{}' does not declare that it can do without a GIL; imported for "
              "'{}' in a "
              "process that has none (WSGIFreeThreading On)",
              python::LogPrefix(),
              *extension,
              path);
  }
}

Scripts::Loaded Scripts::Load(const Attached& attached,
                              std::string_view path,
                              const std::shared_ptr<const Script>& outdated) {
  // What it was the last to hold may run Python code at its end: not under the lock.
  std::shared_ptr<const Script> forgotten;
  std::unique_lock lock(loading_, std::defer_lock);
  {
    const python::GilReleased released(attached);
    lock.lock();
  }
  auto script = Find(path);
  if (script != nullptr && script != outdated) return {std::move(script), true};
  auto loaded_path = std::string(path);
  base::Log(base::LogLevel::Info,
            "H0303",
            "{} WSGI script '{}'",
            outdated ? "Reloading" : "Loading",
            loaded_path);
  try {
    const Ref name =
        ModuleName(attached, is_case_sensitive_ ? loaded_path : base::Lowered(loaded_path));
    if (script != nullptr) {
      forgotten = std::move(script);
      Forget(loaded_path);
    }
    if (outdated) DropModule(name.get());
    script = Execute(attached, loaded_path, name.get());
    Keep(loaded_path, script);
    if (names_extensions_) NameExtensions(loaded_path);
    return {std::move(script), false};
  } catch (const PythonError& error) {
    if (exit_ == Exit::IsAnEnd && error.Is(PyExc_SystemExit))
      return {.script = nullptr, .has_exited = true};
    const auto failure = error.Describe(attached);
    python::LogFailure(
        "H0304", fmt::format("Failed to execute Python script file '{}'", loaded_path), failure);
    const std::string refused = refused_extensions_.empty() ? "" : RefusedExtension(failure);
    if (!refused.empty()) {
      base::Log(base::LogLevel::Error,
                "H0344",
                "{}Python refuses the extension '{}': {}",
                python::LogPrefix(),
                refused,
                refused_extensions_);
    }
    return {};
  }
}

}  // namespace hosts::interpreters
