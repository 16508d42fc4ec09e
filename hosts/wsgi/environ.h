#pragma once
// EnvironTemplate: the part of environ that is the same for all requests of one mount in one
//                  interpreter, prepared once; each request gets a copy with its own part added.
// HeaderKeys:      the environ keys of request headers, made once per interpreter, or once per thread where threads run side by side.
// KeptString:      the last value of a variable that seldom changes, so that it is seldom made anew.
//
// Every CGI value is a native string: bytes decoded as Latin-1 (ENV-1). Headers become HTTP_NAME
// when their name is letters, digits and '-' (ENV-4); repeated ones are joined with ", ".
//
// Owns:    Python objects of one interpreter: ends attached to it.
// Threads: attached, one at a time: where there is no GIL, each thread has its own.
// Fails:   with PythonError.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hosts/exchange/request.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"
#include "hosts/wsgi/names.h"

namespace hosts::wsgi {

// What is known of a mount before any request.
struct MountVariables {
  std::string server_name;                        // when the request names no host
  int server_port = 80;                           // when it names no port (EXP-6)
  std::optional<std::string> document_root = "";  // nullopt: there is none to be told
  std::string process_group;
  std::string application_group;
  std::string callable_object;
  std::string handler = "wsgi-script";
  std::string handler_script;       // empty: the URL's own file is the script
  bool pass_authorization = false;  // ENV-5
  bool is_multithreaded = false;
  bool is_multiprocess = false;
  std::string server_pid;  // empty: the head of each request says it
};

// What belongs to a request and is in neither its head nor its mount.
struct RequestVariables {
  std::string_view request_id;
  int thread_id = 1;  // request threads count from 1
  // Seconds since the epoch; daemon_start is 0 when embedded (ENV-31).
  double daemon_start = 0;
  double application_start = 0;
  // Borrowed. No input: nobody may read the body.
  PyObject* input = nullptr;
  PyObject* errors = nullptr;
};

class HeaderKeys {
 public:
  enum class Kind { Plain, ContentLength, Authorization, Hidden };
  struct Key {
    python::Ref name;
    Kind kind = Kind::Plain;
  };
  explicit HeaderKeys(const python::Attached& attached);

  // The key for a header, null when it is not shown at all. The reference is good until the next
  // call.
  [[nodiscard]] const Key* Find(std::string_view header_name);

 private:
  void Add(const char* environ_name, const char* key, Kind kind);
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, Key, Hash, std::equal_to<>> keys_;
  Key uncached_;
};

class KeptString {
 public:
  // Borrowed: good until the next call.
  [[nodiscard]] PyObject* Get(std::string_view bytes);
  [[nodiscard]] PyObject* GetFileName(std::string_view path);  // ENV-1's exception
  [[nodiscard]] PyObject* GetNumber(int number);

 private:
  python::Ref value_;
  std::string bytes_;
  int number_ = -1;
};

class EnvironTemplate {
 public:
  EnvironTemplate(const python::Attached& attached,
                  const Names& names,
                  HeaderKeys& header_keys,
                  PyObject* file_wrapper_type,
                  MountVariables variables);

  [[nodiscard]] python::Ref Make(const python::Attached& attached,
                                 const exchange::RequestHead& head,
                                 const RequestVariables& request);

 private:
  void AddConstants(PyObject* file_wrapper_type);
  void AddRequestLine(PyObject* environ, const exchange::RequestHead& head);
  void AddConnection(PyObject* environ, const exchange::RequestHead& head);
  void AddEngineVariables(PyObject* environ,
                          const exchange::RequestHead& head,
                          const RequestVariables& request);
  void AddHeaders(PyObject* environ, const exchange::RequestHead& head);
  void AddVariables(PyObject* environ, const exchange::RequestHead& head);
  [[nodiscard]] bool IsShown(const HeaderKeys::Key* key, const exchange::RequestHead& head) const;

  const Names& names_;
  HeaderKeys& header_keys_;
  MountVariables variables_;
  python::Ref constants_;
  KeptString method_;
  KeptString protocol_;
  KeptString script_name_;
  KeptString script_filename_;
  KeptString server_name_;
  KeptString server_port_;
  KeptString server_address_;
  KeptString listener_port_;
  KeptString remote_address_;
  KeptString remote_port_;
  KeptString server_pid_;
  python::Ref zero_;
};

}  // namespace hosts::wsgi
