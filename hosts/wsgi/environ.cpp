#include "hosts/wsgi/environ.h"

#include <algorithm>
#include <charconv>

#include "hosts/python/call.h"
#include "hosts/python/strings.h"

namespace hosts::wsgi {

using exchange::HeaderField;
using exchange::RequestHead;
using python::Attached;
using python::Check;
using python::Latin1;
using python::PythonError;
using python::Ref;
using python::Take;

namespace {

// Header names come from clients: only so many different ones are remembered.
constexpr size_t kMostKeys = 500;
constexpr size_t kLongestKept = 120;

constexpr double kMicroseconds = 1e6;

void Set(PyObject* environ, const Ref& key, PyObject* value) {
  Check(PyDict_SetItem(environ, key.get(), value));
}
void Set(PyObject* environ, const Ref& key, const Ref& value) {
  Set(environ, key, value.get());
}

void Add(PyObject* environ, const char* key, const Ref& value) {
  Set(environ, python::Interned(key), value);
}

Ref Seconds(std::int64_t microseconds) {
  return Take(PyFloat_FromDouble(static_cast<double>(microseconds) / kMicroseconds));
}

// "Accept-Encoding" -> "HTTP_ACCEPT_ENCODING", in a buffer of its own unless it is long; empty if some
// character is neither letter nor digit nor '-'.
class EnvironName {
 public:
  explicit EnvironName(std::string_view header) {
    if (header.empty()) return;
    if (header.size() > kLongestKept) long_text_.resize(kPrefix + header.size());
    char* to = std::copy_n("HTTP_", kPrefix, begin());
    for (const char c : header) {
      if (c >= 'a' && c <= 'z') {
        *to++ = static_cast<char>(c - ('a' - 'A'));
      } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
        *to++ = c;
      } else if (c == '-') {
        *to++ = '_';
      } else {
        return;
      }
    }
    size_ = kPrefix + header.size();
  }
  [[nodiscard]] std::string_view text() { return {begin(), size_}; }
  [[nodiscard]] bool is_long() const { return !long_text_.empty(); }

 private:
  static constexpr size_t kPrefix = 5;
  char* begin() { return is_long() ? long_text_.data() : text_; }

  char text_[kPrefix + kLongestKept];
  std::string long_text_;
  size_t size_ = 0;
};

bool IsOn(std::string_view text) {
  return text == "1" || (text.size() == 2 && (text[0] | 0x20) == 'o' && (text[1] | 0x20) == 'n');
}

}  // namespace

HeaderKeys::HeaderKeys(const Attached&) {
  Add("HTTP_CONTENT_TYPE", "CONTENT_TYPE", Kind::Plain);
  Add("HTTP_CONTENT_LENGTH", "CONTENT_LENGTH", Kind::ContentLength);
  Add("HTTP_AUTHORIZATION", "HTTP_AUTHORIZATION", Kind::Authorization);
  Add("HTTP_PROXY_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION", Kind::Hidden);
  Add("HTTP_PROXY", "HTTP_PROXY", Kind::Hidden);  // libraries take it for a setting (httpoxy)
}

void HeaderKeys::Add(const char* environ_name, const char* key, Kind kind) {
  keys_.emplace(environ_name, Key{python::Interned(key), kind});
}

const HeaderKeys::Key* HeaderKeys::Find(std::string_view header_name) {
  EnvironName name(header_name);
  if (name.text().empty()) return nullptr;
  const auto found = keys_.find(name.text());
  if (found != keys_.end()) return &found->second;
  if (keys_.size() >= kMostKeys || name.is_long()) {
    uncached_.name = Latin1(name.text());
    return &uncached_;
  }
  const std::string text(name.text());
  return &keys_.emplace(text, Key{python::Interned(text.c_str()), Kind::Plain}).first->second;
}

PyObject* KeptString::Get(std::string_view bytes) {
  if (!value_ || bytes != bytes_) {
    value_ = Latin1(bytes);
    bytes_ = bytes;
  }
  return value_.get();
}

PyObject* KeptString::GetFileName(std::string_view path) {
  if (!value_ || path != bytes_) {
    value_ = python::FileName(path);
    bytes_ = path;
  }
  return value_.get();
}

PyObject* KeptString::GetNumber(int number) {
  if (!value_ || number != number_) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    value_ = Latin1({digits, static_cast<size_t>(end - digits)});
    number_ = number;
  }
  return value_.get();
}

EnvironTemplate::EnvironTemplate(const Attached&,
                                 const Names& names,
                                 HeaderKeys& header_keys,
                                 PyObject* file_wrapper_type,
                                 MountVariables variables)
    : names_(names),
      header_keys_(header_keys),
      variables_(std::move(variables)),
      constants_(Take(PyDict_New())),
      zero_(Take(PyFloat_FromDouble(0))) {
  AddConstants(file_wrapper_type);
}

void EnvironTemplate::AddConstants(PyObject* file_wrapper_type) {
  PyObject* const environ = constants_.get();
  const Ref yes = Ref::Share(Py_True);
  const Ref no = Ref::Share(Py_False);
  Add(environ, "SERVER_SOFTWARE", Latin1("wsgilab-host"));
  Add(environ, "REQUEST_SCHEME", Latin1("http"));
  if (variables_.document_root)
    Add(environ, "DOCUMENT_ROOT", python::FileName(*variables_.document_root));
  for (const char* key : {"CONTEXT_PREFIX", "CONTEXT_DOCUMENT_ROOT"}) {
    Add(environ, key, Latin1(""));
  }
  Add(environ, "wsgi.version", Take(Py_BuildValue("ii", 1, 0)));
  Add(environ, "wsgi.url_scheme", Latin1("http"));
  Add(environ, "wsgi.multithread", variables_.is_multithreaded ? yes : no);
  Add(environ, "wsgi.multiprocess", variables_.is_multiprocess ? yes : no);
  Add(environ, "wsgi.run_once", no);  // ENV-23 needs maximum-requests, which is not supported
  Add(environ, "wsgi.file_wrapper", Ref::Share(file_wrapper_type));
  Add(environ, "wsgi.input_terminated", yes);
  Add(environ, "mod_wsgi.version", Take(Py_BuildValue("iii", 6, 0, 5)));
  Add(environ, "mod_wsgi.process_group", Latin1(variables_.process_group));
  Add(environ, "mod_wsgi.application_group", Latin1(variables_.application_group));
  Add(environ, "mod_wsgi.callable_object", Latin1(variables_.callable_object));
  Add(environ, "mod_wsgi.request_handler", Latin1(variables_.handler));
  Add(environ, "mod_wsgi.handler_script", Latin1(variables_.handler_script));
  if (!variables_.server_pid.empty()) {
    Add(environ, "mod_wsgi.server_pid", Latin1(variables_.server_pid));
  }
}

Ref EnvironTemplate::Make(const Attached&,
                          const RequestHead& head,
                          const RequestVariables& request) {
  Ref environ = Take(PyDict_Copy(constants_.get()));
  AddRequestLine(environ.get(), head);
  AddConnection(environ.get(), head);
  AddEngineVariables(environ.get(), head, request);
  AddHeaders(environ.get(), head);
  AddVariables(environ.get(), head);
  if (request.input != nullptr) Set(environ.get(), names_.wsgi_input, request.input);
  Set(environ.get(), names_.wsgi_errors, request.errors);
  return environ;
}

void EnvironTemplate::AddRequestLine(PyObject* environ, const RequestHead& head) {
  const Ref path_info = Latin1(head.path_info);
  PyObject* const script_name = script_name_.Get(head.script_name);
  Set(environ, names_.request_method, method_.Get(head.method));
  Set(environ, names_.request_uri, Latin1(head.target));
  Set(environ, names_.query_string, Latin1(head.query));
  if (head.forwarded_script_name) {
    const Ref forwarded = Latin1(*head.forwarded_script_name);
    Set(environ, names_.script_name, forwarded);
    Add(environ, "mod_wsgi.mount_point", forwarded);
  } else {
    Set(environ, names_.script_name, script_name);
  }
  Set(environ, names_.path_info, path_info);
  Set(environ, names_.engine_script_name, script_name);
  Set(environ, names_.engine_path_info, path_info);
  Set(environ, names_.script_filename, script_filename_.GetFileName(head.script_filename));
  Set(environ,
      names_.server_protocol,
      protocol_.Get(head.version_minor == 0 ? "HTTP/1.0" : "HTTP/1.1"));
}

void EnvironTemplate::AddConnection(PyObject* environ, const RequestHead& head) {
  PyObject* const server_address = server_address_.Get(head.local_address);
  Set(environ, names_.server_addr, server_address);
  Set(environ, names_.listener_host, server_address);
  Set(environ, names_.listener_port, listener_port_.GetNumber(head.local_port));
  Set(environ, names_.remote_addr, remote_address_.Get(head.remote_address));
  Set(environ, names_.remote_port, remote_port_.GetNumber(head.remote_port));
  std::string_view server_name = head.host_name;
  if (server_name.empty()) server_name = variables_.server_name;
  if (server_name.empty()) server_name = head.local_address;
  Set(environ, names_.server_name, server_name_.Get(server_name));
  Set(environ,
      names_.server_port,
      server_port_.GetNumber(head.host_port != 0 ? head.host_port : variables_.server_port));
}

void EnvironTemplate::AddEngineVariables(PyObject* environ,
                                         const RequestHead& head,
                                         const RequestVariables& request) {
  Set(environ, names_.request_id, Latin1(request.request_id));
  Set(environ, names_.request_start, Seconds(head.received_at_us));
  Set(environ,
      names_.queue_start,
      head.queued_at_us == 0 ? zero_.share() : Seconds(head.queued_at_us));
  Set(environ,
      names_.daemon_start,
      request.daemon_start == 0 ? zero_.share() : Take(PyFloat_FromDouble(request.daemon_start)));
  Set(environ, names_.application_start, Take(PyFloat_FromDouble(request.application_start)));
  Set(environ, names_.thread_id, Take(PyLong_FromLong(request.thread_id)));
  if (head.server_pid != 0) {
    Set(environ, names_.server_pid, server_pid_.GetNumber(head.server_pid));
  }
}

bool EnvironTemplate::IsShown(const HeaderKeys::Key* key, const RequestHead& head) const {
  if (key == nullptr) return false;
  switch (key->kind) {
    case HeaderKeys::Kind::Plain:
      return true;
    case HeaderKeys::Kind::ContentLength:
      return !head.is_chunked;  // INP-8
    case HeaderKeys::Kind::Authorization:
      return variables_.pass_authorization;
    case HeaderKeys::Kind::Hidden:
      return false;
  }
  return false;
}

void EnvironTemplate::AddHeaders(PyObject* environ, const RequestHead& head) {
  for (const HeaderField& field : head.headers) {
    const HeaderKeys::Key* key = header_keys_.Find(field.name);
    if (!IsShown(key, head)) continue;
    const Ref value = Latin1(field.value);
    const Py_ssize_t size = PyDict_Size(environ);
    PyObject* const in_environ = PyDict_SetDefault(environ, key->name.get(), value.get());
    if (in_environ == nullptr) throw PythonError();
    const bool is_first = PyDict_Size(environ) > size;
    if (is_first || key->kind == HeaderKeys::Kind::ContentLength) continue;
    Set(environ, key->name, Take(PyUnicode_FromFormat("%U, %U", in_environ, value.get())));
  }
}

// ENV-7: they do not replace what the request itself says. HTTPS tells the scheme and is not shown
// (ENV-21).
void EnvironTemplate::AddVariables(PyObject* environ, const RequestHead& head) {
  for (const HeaderField& variable : head.variables) {
    const Ref value = Latin1(variable.value);
    if (variable.name == "HTTPS") {
      if (IsOn(variable.value)) Add(environ, "wsgi.url_scheme", Latin1("https"));
      continue;
    }
    const Ref name = Latin1(variable.name);
    if (PyDict_SetDefault(environ, name.get(), value.get()) == nullptr) throw PythonError();
  }
}

}  // namespace hosts::wsgi
