#pragma once
// LogStream:  a Python text stream whose lines go to the log: sys.stdout, sys.stderr, wsgi.errors.
// LogContext: the request that this thread is busy with, shown in front of its lines (LOG-2).
//
// A line is one log record, H0301, at level error whatever it says (LOG-1). A partial line is kept
// by the thread that wrote it, until the newline, flush(), FlushPartialLines() or the thread's end.
// As a text stream: UTF-8, errors replaced, no file descriptor, no terminal (LOG-3).
//
// Threads: attached; partial lines and the context belong to the thread.
// Fails:   making one throws PythonError. A stream that was closed for good raises RuntimeError.

#include <string_view>

#include "hosts/base/log.h"
#include "hosts/python/python.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::python {

// One per interpreter.
[[nodiscard]] Ref MakeLogStreamType(const Attached& attached);

// name: a string that lives for ever, "<stderr>".
[[nodiscard]] Ref NewLogStream(const Attached& attached, PyObject* type, const char* name);
// Its request is over: from now on every use raises RuntimeError.
void CloseLogStream(const Attached& attached, PyObject* stream);

// Writes out what this thread has begun and not ended. Needs nothing attached.
void FlushPartialLines();

// The request that a thread answers. Views of what outlives the LogContext; what is empty is not shown,
// but for the main interpreter, which is called %{GLOBAL}.
struct LoggedRequest {
  std::string_view client;
  int client_port = 0;
  std::string_view script;
  int thread = 0;  // its number among those that answer requests
  std::string_view application_group;
  std::string_view request_id;
  int log = 0;  // which of the process's logs is its (base/log.h)
};

// While it lives, lines of this thread begin with
// "[client C:P] [script S] [thread N] [application-group G] [request R]".
class [[nodiscard]] LogContext {
 public:
  explicit LogContext(const LoggedRequest& request);
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;
  ~LogContext();  // flushes partial lines

 private:
  const base::LogChoice choice_;
};

// The current context, as it stands in front of a line; empty outside of requests.
[[nodiscard]] std::string LogPrefix();

}  // namespace hosts::python
