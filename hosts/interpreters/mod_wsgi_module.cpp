#include "hosts/interpreters/mod_wsgi_module.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "hosts/base/log.h"
#include "hosts/interpreters/metrics_functions.h"
#include "hosts/interpreters/mod_wsgi_source.h"
#include "hosts/python/call.h"
#include "hosts/python/error.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/shared_capsule.h"
#include "hosts/python/strings.h"

namespace hosts::interpreters {

using python::Attached;
using python::Check;
using python::PythonError;
using python::Ref;
using python::Take;
using python::Trampoline;

namespace {

// The version of mod_wsgi whose behaviour this engine follows (the baseline of the rules of
// hosting). Applications that look at mod_wsgi.version decide by it what they may use, so it says
// what we behave like, not how old we are.
constexpr int kFollowedVersion[] = {6, 0, 5};

ActiveRequests& ActiveOf(PyObject* capsule) {
  return python::InCapsule<ActiveRequests>(capsule);
}

PyObject* RequestData(PyObject* capsule, PyObject*) {
  return Trampoline([capsule](const Attached& attached) {
    CurrentRequest* request = CurrentRequest::OfThisThread(ActiveOf(capsule));
    if (request == nullptr) {
      throw PythonError(PyExc_RuntimeError, "this thread is not inside a request");
    }
    return request->Data(attached);
  });
}

PyObject* Active(PyObject* capsule, PyObject*) {
  return Trampoline([capsule](const Attached& attached) {
    Ref all = Take(PyDict_New());
    for (const auto& [id, data] : ActiveOf(capsule).All(attached)) {
      Check(PyDict_SetItem(all.get(), python::Latin1(id).get(), data.get()));
    }
    return all;
  });
}

// Apache's level for one of the module logging (API-5); none: less than anything that is shown.
std::optional<base::LogLevel> LevelOf(long number) {
  constexpr std::pair<long, base::LogLevel> kLevels[] = {{50, base::LogLevel::Critical},
                                                         {40, base::LogLevel::Error},
                                                         {30, base::LogLevel::Warning},
                                                         {20, base::LogLevel::Info},
                                                         {10, base::LogLevel::Debug}};
  for (const auto& [least, level] : kLevels) {
    if (number >= least) return level;
  }
  return std::nullopt;
}

// _log(level, text): what a LogHandler writes.
PyObject* LogRecord(PyObject*, PyObject* arguments) {
  return Trampoline([arguments](const Attached&) {
    long number = 0;
    PyObject* text = nullptr;
    Check(PyArg_ParseTuple(arguments, "lU", &number, &text) != 0 ? 0 : -1);
    const auto level = LevelOf(number);
    if (!level || !base::IsLogged(*level)) return python::None();
    const Ref bytes = Take(PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace"));
    const std::string prefix = python::LogPrefix();
    std::string_view rest(PyBytes_AS_STRING(bytes.get()),
                          static_cast<size_t>(PyBytes_GET_SIZE(bytes.get())));
    while (true) {
      const size_t end = rest.find('\n');
      base::Log(*level, "H0342", "{}{}", prefix, rest.substr(0, end));
      if (end == std::string_view::npos) return python::None();
      rest.remove_prefix(end + 1);
    }
  });
}

PyMethodDef log_method = {"_log", LogRecord, METH_VARARGS, nullptr};
PyMethodDef request_data_method = {"request_data",
                                   RequestData,
                                   METH_NOARGS,
                                   "What belongs to the request of this thread: a dict."};
PyMethodDef active_method = {"_active", Active, METH_NOARGS, nullptr};

void AddFunctions(PyObject* module, const std::shared_ptr<ActiveRequests>& active) {
  const Ref capsule = python::CapsuleOf(active);
  for (PyMethodDef* method : {&request_data_method, &active_method, &log_method}) {
    const Ref function = Take(PyCFunction_New(method, capsule.get()));
    Check(PyObject_SetAttrString(module, method->ml_name, function.get()));
  }
}

Ref NewModule(const char* name) {
  Ref module = Take(PyModule_New(name));
  Check(PyDict_SetItemString(PyImport_GetModuleDict(), name, module.get()));
  return module;
}

}  // namespace

ModWsgiModule::ModWsgiModule(const Attached& attached,
                             const std::string& application_group,
                             const PoolSettings& settings)
    : active_(std::make_shared<ActiveRequests>()) {
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
  add("RequestTimeout",
      Take(PyErr_NewException("mod_wsgi.RequestTimeout", PyExc_BaseException, nullptr)));
  PyObject* names = PyModule_GetDict(module.get());
  Check(PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()));
  Take(PyRun_String(kModuleSource, Py_file_input, names, names)).reset();
  AddFunctions(module.get(), active_);
  AddMetricsFunctions(attached, module, settings.metrics);
  events_ = Take(PyObject_GetAttrString(module.get(), "event_callbacks"));
  shutdown_ = Take(PyObject_GetAttrString(module.get(), "shutdown_callbacks"));
  signals_ = Take(PyObject_GetAttrString(module.get(), "signal_callbacks"));
  NewModule("apache").reset();
}

PyObject* ModWsgiModule::ListOf(Subscribers which) const {
  if (which == Subscribers::Shutdown) return shutdown_.get();
  return which == Subscribers::Signals ? signals_.get() : events_.get();
}

bool ModWsgiModule::has(const Attached&, Subscribers which) const {
  return PyList_GET_SIZE(ListOf(which)) > 0;
}

void ModWsgiModule::Publish(const Attached& attached,
                            Subscribers which,
                            const char* name,
                            const Ref& payload) const {
  try {
    const Ref callbacks = Take(PySequence_Tuple(ListOf(which)));  // they may subscribe others
    const Ref arguments = Take(Py_BuildValue("(s)", name));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(callbacks.get()); ++i) {
      const Ref more = Ref::Steal(
          PyObject_Call(PyTuple_GET_ITEM(callbacks.get(), i), arguments.get(), payload.get()));
      if (more && PyDict_Check(more.get()) != 0) {
        Check(PyDict_Update(payload.get(), more.get()));
      }
      if (!more) {
        python::LogFailure("H0313",
                           fmt::format("A subscriber of mod_wsgi failed at {}", name),
                           PythonError().Describe(attached));
      }
    }
  } catch (const PythonError& error) {
    python::LogFailure(
        "H0313", fmt::format("{} could not be published", name), error.Describe(attached));
  }
}

}  // namespace hosts::interpreters
