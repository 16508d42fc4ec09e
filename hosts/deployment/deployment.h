#pragma once
// Deployment: what is to be served, as values. Which URL runs which script, in which process
// group and interpreter, loaded when.
//
// The model does not know how it was written: hosts/directives makes it from text, tests make it
// by hand. Every process of the engine holds the same Deployment, so a mount's index means the same
// thing on both sides of a daemon's channel.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hosts/deployment/modes.h"

namespace hosts::deployment {

// The line that decided something; line 0 is "default".
struct Origin {
  std::string file;
  int line = 0;
};

// A group name as configured (EXP-1 to EXP-5). Global is the empty name: embedded mode, or the main
// interpreter.
struct GroupName {
  enum class Kind { Global, Literal, Server, Resource, Host };
  Kind kind = Kind::Global;
  std::string literal;  // Kind::Literal only
  bool operator==(const GroupName&) const = default;
};

// One row of WSGIDaemonProcess (CFG-60 to CFG-98). Absent options are empty or nullopt; user, group
// and python_home are the server's then.
struct ProcessGroup {
  std::string name;
  int processes = 1;
  bool processes_written = false;  // ENV-22: writing it at all makes wsgi.multiprocess true
  int threads = 15;
  std::string user;   // name or "#id"
  std::string group;  // name or "#id"
  std::optional<mode_t> umask;
  std::filesystem::path home;
  std::filesystem::path python_home;
  std::vector<std::string> python_path;
  std::string display_name;  // %{GROUP} is expanded already
  // ServerName of the virtual host it was declared in; nullopt: declared for the whole server
  // (DAEMON-7). An empty string is a virtual host without a ServerName.
  std::optional<std::string> server_name;
  Origin origin;
};

// The server's own processes: where embedded applications run and connections are accepted.
struct ServerProcesses {
  int processes = 1;
  int threads = 15;
  std::filesystem::path python_home;
  std::vector<std::string> python_path;
  std::string user;
  std::string group;
};

// A URL prefix bound to a script, with everything that decides where it runs settled but the parts
// that depend on the request.
struct Mount {
  // "/", "/accounts"; a trailing slash only for "/" or as written; never a run of slashes.
  std::string url;
  std::filesystem::path target;  // script file, or a directory of scripts (LOAD-3)
  GroupName process_group;
  GroupName application_group{GroupName::Kind::Resource, {}};
  std::string callable_object = "application";
  bool pass_authorization = false;
  bool chunked_request = false;
  bool access_granted = false;  // some Directory section grants the script's directory (LOAD-6)
  bool preload = false;         // PRELOAD-1
  Origin origin;
  Origin process_group_origin;
  Origin application_group_origin;
};

struct VirtualHost {
  std::string address = "*";  // "*", or an IP address
  int port = 0;               // 0: every port
  std::string server_name;    // without port
  int server_port = 0;        // the port written in ServerName, or 0
  std::vector<std::string> aliases;
  // In the order in which they are tried (LOAD-1): its own, then those of the main server, which
  // every virtual host has (CFG-50). What preloads them meets the same script and groups again.
  std::vector<Mount> mounts;
  Origin origin;
};

struct Listen {
  std::string address = "0.0.0.0";
  int port = 80;  // 0: any free port
  Origin origin;
};

struct Deployment {
  std::vector<Listen> listens;
  std::vector<VirtualHost> virtual_hosts;  // the first that fits an address is its default
  std::vector<ProcessGroup> process_groups;
  ServerProcesses server;
  std::filesystem::path error_log;      // empty: standard error
  std::filesystem::path socket_prefix;  // WSGISocketPrefix; empty: the system's runtime directory
};

}  // namespace hosts::deployment
