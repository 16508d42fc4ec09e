#include "hosts/python/log_stream.h"

#include <fmt/format.h>

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/log.h"
#include "hosts/python/call.h"
#include "hosts/python/heap_type.h"
#include "hosts/python/strings.h"

namespace hosts::python {

namespace {

struct Stream {
  explicit Stream(const char* its_name) : name(its_name) {}
  const char* name;
  std::atomic<bool> is_closed{false};  // asked by any thread that has it
};

struct PartialLine {
  const void* stream;
  std::string text;
};

// What belongs to a thread and not to any object: which request it answers, what it left unsaid.
struct ThreadLog {
  std::optional<LoggedRequest> request;
  std::vector<PartialLine> partial_lines;

  ThreadLog() = default;
  ThreadLog(const ThreadLog&) = delete;
  ThreadLog& operator=(const ThreadLog&) = delete;
  ~ThreadLog() { Flush(); }
  void Flush();
  std::string& PartialLineOf(const void* stream);
};

thread_local ThreadLog thread_log;

void LogOneLine(std::string_view line) {
  base::Log(base::LogLevel::Error, "H0301", "{}{}", LogPrefix(), line);
}

void ThreadLog::Flush() {
  for (const PartialLine& line : partial_lines) {
    if (!line.text.empty()) LogOneLine(line.text);
  }
  partial_lines.clear();
}

std::string& ThreadLog::PartialLineOf(const void* stream) {
  for (PartialLine& line : partial_lines) {
    if (line.stream == stream) return line.text;
  }
  return partial_lines.emplace_back(PartialLine{stream, {}}).text;
}

void FlushStream(const void* stream) {
  for (PartialLine& line : thread_log.partial_lines) {
    if (line.stream == stream && !line.text.empty()) LogOneLine(std::exchange(line.text, {}));
  }
}

void WriteText(const void* stream, std::string_view text) {
  std::string& partial = thread_log.PartialLineOf(stream);
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    LogOneLine(partial.empty() ? text.substr(0, end) : partial.append(text.substr(0, end)));
    partial.clear();
    text.remove_prefix(end + 1);
  }
  partial.append(text);
}

void RequireOpen(PyObject* self) {
  if (BodyOf<Stream>(self).is_closed) {
    throw PythonError(PyExc_RuntimeError, "wsgi.errors was used after its request had ended");
  }
}

void WriteObject(PyObject* self, PyObject* text) {
  if (PyUnicode_Check(text) == 0) {
    throw PythonError(PyExc_TypeError,
                      fmt::format("a log stream takes str, not {}", Py_TYPE(text)->tp_name));
  }
  const Ref bytes = Take(PyUnicode_AsEncodedString(text, "utf-8", "replace"));
  WriteText(self, BytesView(bytes.get()));
}

PyObject* Write(PyObject* self, PyObject* text) {
  return Trampoline([&](const Attached&) {
    RequireOpen(self);
    WriteObject(self, text);
    return Take(PyLong_FromSsize_t(PyUnicode_GET_LENGTH(text)));
  });
}

PyObject* WriteLines(PyObject* self, PyObject* lines) {
  return Trampoline([&](const Attached&) {
    RequireOpen(self);
    const Ref iterator = Take(PyObject_GetIter(lines));
    while (const Ref line = Ref::Steal(PyIter_Next(iterator.get())))
      WriteObject(self, line.get());
    if (PyErr_Occurred() != nullptr) throw PythonError();
    return None();
  });
}

PyObject* Flush(PyObject* self, PyObject*) {
  return Trampoline([&](const Attached&) {
    RequireOpen(self);
    FlushStream(self);
    return None();
  });
}

// Like the streams it stands for, it outlives an application's wish to close it.
PyObject* Close(PyObject* self, PyObject* none) {
  return Flush(self, none);
}

PyObject* FileNumber(PyObject*, PyObject*) {
  PyErr_SetString(PyExc_OSError, "a log stream has no file descriptor");
  return nullptr;
}

PyObject* No(PyObject*, PyObject*) {
  return Py_NewRef(Py_False);
}
PyObject* Yes(PyObject*, PyObject*) {
  return Py_NewRef(Py_True);
}

PyMethodDef stream_methods[] = {
    {"write", Write, METH_O, nullptr},
    {"writelines", WriteLines, METH_O, nullptr},
    {"flush", Flush, METH_NOARGS, nullptr},
    {"close", Close, METH_NOARGS, nullptr},
    {"fileno", FileNumber, METH_NOARGS, nullptr},
    {"isatty", No, METH_NOARGS, nullptr},
    {"readable", No, METH_NOARGS, nullptr},
    {"seekable", No, METH_NOARGS, nullptr},
    {"writable", Yes, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyObject* Text(const char* text) {
  return PyUnicode_InternFromString(text);
}
PyObject* GetEncoding(PyObject*, void*) {
  return Text("utf-8");
}
PyObject* GetErrors(PyObject*, void*) {
  return Text("replace");
}
PyObject* GetMode(PyObject*, void*) {
  return Text("w");
}
PyObject* GetName(PyObject* self, void*) {
  return Text(BodyOf<Stream>(self).name);
}
PyObject* GetNewlines(PyObject*, void*) {
  return Py_NewRef(Py_None);
}
PyObject* GetLineBuffering(PyObject*, void*) {
  return Py_NewRef(Py_True);
}
PyObject* GetClosed(PyObject* self, void*) {
  return PyBool_FromLong(BodyOf<Stream>(self).is_closed ? 1 : 0);
}

PyGetSetDef stream_attributes[] = {
    {"encoding", GetEncoding, nullptr, nullptr, nullptr},
    {"errors", GetErrors, nullptr, nullptr, nullptr},
    {"mode", GetMode, nullptr, nullptr, nullptr},
    {"name", GetName, nullptr, nullptr, nullptr},
    {"newlines", GetNewlines, nullptr, nullptr, nullptr},
    {"line_buffering", GetLineBuffering, nullptr, nullptr, nullptr},
    {"closed", GetClosed, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

}  // namespace

Ref MakeLogStreamType(const Attached&) {
  return MakeType<Stream>("mod_wsgi.Log",
                          {{Py_tp_methods, stream_methods}, {Py_tp_getset, stream_attributes}},
                          Py_TPFLAGS_DISALLOW_INSTANTIATION);
}

Ref NewLogStream(const Attached&, PyObject* type, const char* name) {
  return NewInstance<Stream>(type, name);
}

void CloseLogStream(const Attached&, PyObject* stream) {
  BodyOf<Stream>(stream).is_closed = true;
}

void FlushPartialLines() {
  if (!thread_log.partial_lines.empty()) thread_log.Flush();
}

LogContext::LogContext(const LoggedRequest& request) : choice_(request.log) {
  thread_log.request = request;
}

LogContext::~LogContext() {
  FlushPartialLines();
  thread_log.request.reset();
}

std::string LogPrefix() {
  if (!thread_log.request) return {};
  const LoggedRequest& request = *thread_log.request;
  std::string prefix;
  if (!request.client.empty()) {
    prefix += fmt::format("[client {}:{}] ", request.client, request.client_port);
  }
  if (!request.script.empty()) prefix += fmt::format("[script {}] ", request.script);
  const std::string_view group = request.application_group;
  prefix += fmt::format(
      "[thread {}] [application-group {}] ", request.thread, group.empty() ? "%{GLOBAL}" : group);
  if (!request.request_id.empty()) prefix += fmt::format("[request {}] ", request.request_id);
  return prefix;
}

}  // namespace hosts::python
