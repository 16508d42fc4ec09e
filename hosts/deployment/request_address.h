#pragma once
// RequestAddress: what a request says about where it wants to go; views of the request.
// DispatchChoice: what a dispatch script said about it (LOAD-20).

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hosts::deployment {

// What a dispatch script chose instead of what is configured, not expanded yet (LOAD-20).
struct DispatchChoice {
  std::optional<std::string> process_group = {};
  std::optional<std::string> application_group = {};
  std::optional<std::string> callable_object = {};
};

// What a request says about where it wants to go.
struct RequestAddress {
  std::string_view local_address = {};  // the IP address that accepted the connection
  int local_port = 0;
  std::string_view host =
      {};  // of the Host header or the absolute target; port removed; may be empty
  std::string_view path = {};  // %-decoded, query removed, dot segments resolved; begins with '/'
  std::string_view method = "GET";
  std::string_view remote_address = {};
  std::string_view protocol = "HTTP/1.1";
  std::string_view target = {};  // of the request line, as it was written
  std::string_view query = {};   // behind the '?', undecoded
  int host_port = 0;             // written behind the host's name; 0: none
  int remote_port = 0;
  // The value of the first header whose name fits, or nullopt; null: there are none.
  std::function<std::optional<std::string_view>(const std::function<bool(std::string_view)>&)>
      header = {};
  const DispatchChoice* choice = nullptr;  // null: no dispatch script was asked
};

}  // namespace hosts::deployment
