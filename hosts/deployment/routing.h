#pragma once
// Routing: (address, Host, path) -> mount, SCRIPT_NAME, PATH_INFO, group names. Pure, but for the
// question what kind of file a path names, which is passed in.
//
// Threads: const functions of values; any thread.
// Source:  LOAD-1 to LOAD-7, EXP-1 to EXP-7, ENV-6, DAEMON-7 of the rules of hosting.

#include <functional>
#include <string>
#include <string_view>

#include "hosts/deployment/deployment.h"

namespace hosts::deployment {

// What a request says about where it wants to go.
struct RequestAddress {
  std::string_view local_address;  // the IP address that accepted the connection
  int local_port = 0;
  std::string_view host;  // of the Host header or the absolute target; port removed; may be empty
  std::string_view path;  // %-decoded, query removed, dot segments resolved; begins with '/'
};

// Where it goes. The views point into the request's path or into the Deployment.
struct Route {
  const VirtualHost* virtual_host = nullptr;
  const Mount* mount = nullptr;
  std::string script_name;        // runs of slashes collapsed (ENV-6)
  std::string path_info;          // likewise
  std::string script_filename;    // the file that will be loaded
  std::string process_group;      // final names; "" is embedded
  std::string application_group;  // "" is the main interpreter
};

enum class RefusalReason {
  NoMount,            // 404
  ScriptMissing,      // 404 (ERR-1)
  ScriptIsDirectory,  // 403 (ERR-2)
  AccessDenied,       // 403 (LOAD-6)
  UnknownGroup,       // 500 (ERR-13)
  GroupNotReachable,  // 500 (ERR-14)
};

// Either a route (status 0), or the status to answer and why.
struct RoutingResult {
  Route route;
  int refused_status = 0;
  RefusalReason reason = RefusalReason::NoMount;
};

enum class FileKind { Missing, Directory, File };
using FileKindOf = std::function<FileKind(const std::string& path)>;

[[nodiscard]] RoutingResult FindRoute(const Deployment& deployment,
                                      const RequestAddress& address,
                                      const FileKindOf& kind_of);

// The virtual host that answers: best address match first, then ServerName/ServerAlias, else the
// first of that address. Null if no virtual host listens there.
[[nodiscard]] const VirtualHost* FindVirtualHost(const Deployment& deployment,
                                                 const RequestAddress& address);

// The final name of a group (EXP-2 to EXP-7). %{SERVER} and %{RESOURCE} use the configured
// ServerName and its port, never the port a client wrote (a deviation: hosts/deviations.md).
[[nodiscard]] std::string ExpandGroupName(const GroupName& name,
                                          const VirtualHost& virtual_host,
                                          std::string_view script_name,
                                          std::string_view host);

// The group named, or null.
[[nodiscard]] const ProcessGroup* FindProcessGroup(const Deployment& deployment,
                                                   std::string_view name);

}  // namespace hosts::deployment
