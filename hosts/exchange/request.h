#pragma once
// Request: what a client asked, after parsing and routing; independent of transport and of Python.
// RequestBody: its body, read by whoever answers.
//
// Views point into the buffer of the connection or channel that brought the request and are good
// until the answer is finished.
//
// Threads: one thread at a time: the one that answers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"

namespace hosts::exchange {

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

struct RequestHead {
  std::string_view method;
  std::string_view target;  // as on the request line, query included (REQUEST_URI)
  std::string_view query;   // after '?', undecoded
  int version_minor = 1;    // HTTP/1.x
  std::vector<HeaderField> headers;
  std::optional<std::uint64_t> content_length;
  bool is_chunked = false;
  // The connection.
  std::string_view remote_address;
  int remote_port = 0;
  std::string_view local_address;
  int local_port = 0;
  std::string_view host_name;  // of Host or the absolute target; without port, lower case
  int host_port = 0;           // 0: none written

  // Where routing sent it (hosts/deployment/routing.h).
  int virtual_host = 0;  // index in the Deployment
  int error_log = 0;     // its own, in the server: index in Deployment::error_logs
  std::string_view script_name;
  std::string_view path_info;
  // What a trusted proxy calls the script's place in its own URLs: SCRIPT_NAME instead (ENV-41).
  std::optional<std::string_view> forwarded_script_name;
  std::string_view script_filename;  // the file of the URL
  std::string_view script;           // the file that is loaded: the same, or a handler script
  std::string_view handler = "wsgi-script";
  std::string_view callable_object = "application";
  bool pass_authorization = false;
  std::vector<HeaderField> variables;  // of the configuration (SetEnv), for environ
  std::string_view process_group;
  std::string_view application_group;
  // Set: no answer is wanted yet, but what this script chooses (AnswerSink::Choose); it is run in the
  // interpreter of dispatch_group. Never seen by a daemon.
  std::string_view dispatch_script;
  std::string_view dispatch_group;
  // WSGIScriptReloading: a script that has changed since it was loaded is loaded again. When the files
  // were last changed, in nanoseconds since the epoch, as the server saw them after the request had
  // come; 0: nobody has looked (RELOAD-1).
  bool reloads_scripts = false;
  bool ignores_activity =
      false;  // WSGIIgnoreActivity: does not count for inactivity-timeout (DAEMON-34)
  std::int64_t script_changed_at_ns = 0;
  std::int64_t dispatch_changed_at_ns = 0;

  bool may_send_files = false;  // WSGIEnableSendfile: file_wrapper may hand its file over (RESP-20)
  int server_pid = 0;           // of the server's process with the connection; 0: this one (ENV-30)

  std::int64_t received_at_us = 0;  // since the epoch: when the request head was complete
  std::int64_t queued_at_us = 0;    // since the epoch: when a daemon's front sent it; 0 embedded
};

class RequestBody {
 public:
  virtual ~RequestBody() = default;

  // Bytes of the body that are here already, decoded. Good until the next call.
  [[nodiscard]] virtual std::string_view buffered() const = 0;
  // Takes the first `size` of them away.
  virtual void Consume(size_t size) = 0;
  // Waits for more: true when something was added, false at the end of the body.
  // Blocks; call it with no interpreter attached. Fails when the client left or is too slow.
  [[nodiscard]] virtual base::Result<bool> Fill() = 0;
};

}  // namespace hosts::exchange
