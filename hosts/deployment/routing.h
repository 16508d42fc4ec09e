#pragma once
// Routing: (address, Host, path) -> what answers: a script with its SCRIPT_NAME, PATH_INFO, process
// group and interpreter; a file; or a refusal. Pure, but for what is asked of the file system, which
// is passed in. The engine and `explain` both use it: what one says the other does.
//
// Threads: const functions of values; any thread.
// Source:  LOAD-1 to LOAD-7, EXP-1 to EXP-10, ENV-6, CFG-52, CFG-53, CFG-56, DAEMON-7, RESTRICT-1
//          to RESTRICT-3.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/deployment/deployment.h"

namespace hosts::deployment {

// What a request says about where it wants to go.
struct RequestAddress {
  std::string_view local_address;  // the IP address that accepted the connection
  int local_port = 0;
  std::string_view host;  // of the Host header or the absolute target; port removed; may be empty
  std::string_view path;  // %-decoded, query removed, dot segments resolved; begins with '/'
  std::string_view method = "GET";
  std::string_view remote_address = {};
  std::string_view protocol = "HTTP/1.1";
  // The value of the first header whose name fits, or nullopt; null: there are none.
  std::function<std::optional<std::string_view>(const std::function<bool(std::string_view)>&)>
      header = {};
};

enum class FileKind { Missing, Directory, File };

// What routing asks of the machine.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  [[nodiscard]] virtual FileKind KindOf(const std::string& path) = 0;
  // A variable of the server's own environment.
  [[nodiscard]] virtual std::optional<std::string> Variable(const std::string& name) = 0;
  // Whether processes started here may become other users (SEC-1).
  [[nodiscard]] virtual bool is_superuser() { return true; }
  // Null: .htaccess files are not read.
  [[nodiscard]] virtual OverrideFiles* override_files() { return nullptr; }
};

enum class Answer {
  Script,  // a WSGI script
  File,    // a file that is no script
  Slash,   // a redirect to the same URL with a slash at its end: it is a directory
};

// Where it goes. The pointers point into the Deployment.
struct Route {
  Answer answer = Answer::Script;
  const VirtualHost* virtual_host = nullptr;
  const Mount* mount = nullptr;           // null: not reached by one, but by a handler
  const FileAlias* file_alias = nullptr;  // null: not reached by one
  const Written<HandlerScript>* handler_script = nullptr;
  std::string handler;            // "wsgi-script", or the name of a handler script
  std::string script_name;        // runs of slashes collapsed (ENV-6)
  std::string path_info;          // likewise
  std::string script_filename;    // the file that the URL was mapped to
  std::string script;             // the file that is loaded: the same, or the handler script
  std::string process_group;      // final names; "" is embedded
  std::string application_group;  // "" is the main interpreter
  std::string callable_object;
  bool pass_authorization = false;
  bool chunked_request = false;
  std::vector<std::pair<std::string, std::string>> variables;  // SetEnv and its kin
  MergedSettings merged;  // what decided it: the values with their lines
  // The settings that decided about the groups, after the mount's options (CFG-52); null: default.
  const Written<GroupName>* process_group_setting = nullptr;
  const Written<GroupName>* application_group_setting = nullptr;
};

enum class RefusalReason {
  NoVirtualHost,      // 404
  NoMount,            // 404
  FileMissing,        // 404: a file that is no script
  ScriptMissing,      // 404 (ERR-1)
  ScriptIsDirectory,  // 403 (ERR-2)
  FileIsDirectory,    // 403: without a file that answers for it
  AccessDenied,       // 403 (LOAD-6)
  AccessNotJudged,    // 403: the demand is another module's
  NoExecCgi,          // 403 (LOAD-5)
  ForeignHandler,     // 404: SetHandler gives the mount's script to another module
  NoPathInfo,         // 404 (LOAD-7)
  OverrideFile,       // 500 (CFG-42)
  EmbeddedForbidden,  // 500 (RESTRICT-1)
  GroupForbidden,     // 500 (RESTRICT-2)
  UnknownGroup,       // 500 (ERR-13)
  GroupNotReachable,  // 500 (ERR-14)
};

// Either a route (status 0), or the status to answer and why; the route then says how far it came.
struct RoutingResult {
  Route route;
  int refused_status = 0;
  RefusalReason reason = RefusalReason::NoMount;
};

[[nodiscard]] RoutingResult FindRoute(const Deployment& deployment,
                                      const RequestAddress& address,
                                      Surroundings& surroundings);

// For those who ask about a mount and not about a URL: the route of a request to it, as if its
// target, whatever it is, were the script; refused only for what is configured.
[[nodiscard]] RoutingResult FindRouteOf(const Deployment& deployment,
                                        const VirtualHost& virtual_host,
                                        const Mount& mount,
                                        const RequestAddress& address,
                                        Surroundings& surroundings);

// "the script does not exist": the rest of a sentence about the request.
[[nodiscard]] std::string_view InWords(RefusalReason reason);

// The virtual host that answers: best address match first, then ServerName/ServerAlias, else the
// first of that address. Null if no virtual host listens there.
[[nodiscard]] const VirtualHost* FindVirtualHost(const Deployment& deployment,
                                                 const RequestAddress& address);

using LookupVariable = std::function<std::optional<std::string>(const std::string& name)>;

// The final name of a group (EXP-2 to EXP-8). %{SERVER} and %{RESOURCE} use the configured
// ServerName and its port, never the port a client wrote (a deviation: hosts/deviations.md).
[[nodiscard]] std::string ExpandGroupName(const GroupName& name,
                                          const VirtualHost& virtual_host,
                                          std::string_view script_name,
                                          std::string_view host,
                                          const LookupVariable& variable = {});

// The group named, or null.
[[nodiscard]] const ProcessGroup* FindProcessGroup(const Deployment& deployment,
                                                   std::string_view name);

// DAEMON-7: a group of the whole server serves every virtual host, another one those of its name.
[[nodiscard]] bool MayUse(const VirtualHost& virtual_host, const ProcessGroup& group);

}  // namespace hosts::deployment
