#pragma once
// Routing: (address, Host, path) -> what answers: a script with its SCRIPT_NAME, PATH_INFO, process
// group and interpreter; a file; or a refusal. Pure, but for what is asked of the file system, which
// is passed in. The engine and `explain` both use it: what one says the other does.
//
// Threads: const functions of values; any thread.
// Source:  LOAD-1 to LOAD-7, EXP-1 to EXP-10, ENV-6, CFG-52, CFG-53, CFG-56, DAEMON-7, RESTRICT-1
//          to RESTRICT-3, LOAD-20, SEC-6, SEC-9.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/deployment/deployment.h"
#include "hosts/deployment/groups.h"
#include "hosts/deployment/request_address.h"
#include "hosts/deployment/surroundings.h"
#include "hosts/deployment/virtual_host_choice.h"

namespace hosts::deployment {

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
  const ProcessGroup* group = nullptr;  // null: embedded, or the request goes no further
  // Set: this script chooses, in the interpreter of dispatch_group. Without RequestAddress::choice
  // it is still to be asked, and nobody looked whether the groups may be used.
  const Written<DispatchScript>* dispatch_script = nullptr;
  std::string dispatch_group;
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
  FileUnreachable,    // 403 (SEC-7)
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
  OutsideRoot,        // 502 (SEC-6, ERR-24)
  ScriptOwner,        // 403 (SEC-9, ERR-29)
};

// Either a route (status 0), or the status to answer and why; the route then says how far it came.
struct RoutingResult {
  Route route;
  int refused_status = 0;
  RefusalReason reason = RefusalReason::NoMount;
  // It followed from address, port, host and path alone, and from what the surroundings said: no
  // matter who asks, by what method, with what headers.
  bool is_for_everybody = false;
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

}  // namespace hosts::deployment
