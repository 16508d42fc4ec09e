#include "hosts/interpreters/script.h"

#include <fmt/format.h>

#include "hosts/base/files.h"
#include "hosts/base/letters.h"
#include "hosts/base/log.h"
#include "hosts/python/call.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/strings.h"

namespace hosts::interpreters {

using python::Attached;
using python::PythonError;
using python::Ref;
using python::Take;

namespace {

std::string ReadSource(const Attached& attached, const std::string& path) {
  auto source = [&] {
    const python::GilReleased released(attached);
    return base::ReadFile(path);
  }();
  if (!source) throw PythonError(PyExc_OSError, source.error().Text());
  return std::move(source).value();
}

// Not through the import system: the file is found by path, keeps no .pyc, and need not end in .py
// (LOAD-9). Coding cookies are honoured. A module whose execution fails is taken out of sys.modules.
Ref Execute(const Attached& attached, const std::string& path, const std::string& named_by) {
  const std::string source = ReadSource(attached, path);
  const Ref file_name = python::FileName(path);
  const Ref code =
      Take(Py_CompileStringObject(source.c_str(), file_name.get(), Py_file_input, nullptr, -1));
  const Ref name = ModuleName(attached, named_by);
  return Take(PyImport_ExecCodeModuleObject(name.get(), code.get(), file_name.get(), nullptr));
}

}  // namespace

Ref ModuleName(const Attached&, std::string_view path) {
  const Ref md5 = Take(PyImport_ImportModule("_md5"));
  const Ref hash = Take(PyObject_CallMethod(
      md5.get(), "md5", "y#", path.data(), static_cast<Py_ssize_t>(path.size())));
  const Ref digits = Take(PyObject_CallMethod(hash.get(), "hexdigest", nullptr));
  return Take(PyUnicode_FromFormat("_mod_wsgi_%U", digits.get()));
}

Script::Script(std::string path, Ref module) : path_(std::move(path)), module_(std::move(module)) {}

Ref Script::Global(const Attached&, PyObject* name) const {
  PyObject* value = PyDict_GetItemWithError(PyModule_GetDict(module_.get()), name);
  if (value == nullptr && PyErr_Occurred() != nullptr) throw PythonError();
  return Ref::Share(value);
}

const Script* Scripts::Find(std::string_view path) const {
  const auto found = loaded_.find(path);
  return found == loaded_.end() ? nullptr : found->second.get();
}

const Script* Scripts::FindOrLoad(const Attached& attached, std::string_view path) {
  if (const Script* script = Find(path)) return script;
  std::unique_lock lock(loading_, std::defer_lock);
  {
    const python::GilReleased released(attached);
    lock.lock();
  }
  if (const Script* script = Find(path)) return script;
  auto loaded_path = std::string(path);
  base::Log(base::LogLevel::Info, "H0303", "Loading Python script file '{}'", loaded_path);
  try {
    const auto named_by = is_case_sensitive_ ? loaded_path : base::Lowered(loaded_path);
    auto script = std::make_unique<Script>(loaded_path, Execute(attached, loaded_path, named_by));
    return (loaded_[std::move(loaded_path)] = std::move(script)).get();
  } catch (const PythonError& error) {
    python::LogFailure("H0304",
                       fmt::format("Failed to execute Python script file '{}'", loaded_path),
                       error.Describe(attached));
    return nullptr;
  }
}

}  // namespace hosts::interpreters
