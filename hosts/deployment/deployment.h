#pragma once
// Deployment: what is to be served, as values. Which URL runs which script, in which process
// group and interpreter, loaded when.
//
// The model does not know how it was written: hosts/directives makes it from text, tests make it
// by hand. Every process of the engine holds the same Deployment, so a mount's index means the same
// thing on both sides of a daemon's channel.

#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/access_log/format.h"
#include "hosts/base/letters.h"
#include "hosts/base/log.h"
#include "hosts/base/pattern.h"
#include "hosts/deployment/http_limits.h"
#include "hosts/deployment/interpreter_settings.h"
#include "hosts/deployment/modes.h"
#include "hosts/deployment/process_timers.h"
#include "hosts/deployment/sections.h"
#include "hosts/deployment/settings.h"

namespace hosts::deployment {

// An option or directive as it was written, for those who ask what was chosen and where.
struct WrittenOption {
  std::string name;
  std::string value;
  Origin origin;
};

// The one that counts: the last of that name, in any letter case; null: it was not written.
[[nodiscard]] inline const WrittenOption* FindOption(const std::vector<WrittenOption>& options,
                                                     std::string_view name) {
  const auto found = std::find_if(options.rbegin(), options.rend(), [name](const auto& option) {
    return base::SameLetters(option.name, name);
  });
  return found == options.rend() ? nullptr : &*found;
}

// What a process of a group may use; 0: as it is inherited (CFG-95 to CFG-97).
struct ProcessLimits {
  int priority = 0;                  // its nice value
  std::uint64_t memory = 0;          // RLIMIT_DATA, bytes
  std::uint64_t virtual_memory = 0;  // RLIMIT_AS, bytes
  std::uint64_t stack = 0;           // of each thread that the engine starts, bytes
};

// The sockets of a group's processes (CFG-91 to CFG-93).
struct GroupSocket {
  std::string user;     // whose they are, name or "#id"; empty: the server's user
  int backlog = 100;    // connections that wait to be accepted
  int send_buffer = 0;  // bytes; 0: the system's
  int receive_buffer = 0;
};

// Whose the scripts of a group must be, and their directories; one of the two, or neither (SEC-9).
struct ScriptOwner {
  std::optional<uid_t> user;
  std::optional<gid_t> group;
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
  // Names or "#id"; nullopt: those that the user has (SEC-3).
  std::optional<std::vector<std::string>> supplementary_groups;
  std::optional<mode_t> umask;
  std::filesystem::path chroot;             // empty: the system's root (SEC-6)
  std::filesystem::path home;               // inside it
  std::filesystem::path working_directory;  // what home comes to (SEC-4)
  std::string lang;                         // CFG-67; empty: inherited
  std::string locale;
  std::filesystem::path python_home;
  std::vector<std::string> python_path;
  Setting<std::filesystem::path> python_eggs;
  Setting<double> switch_interval;  // seconds
  std::string display_name;         // %{GROUP} is expanded already
  ProcessLimits limits;
  GroupSocket socket;
  ScriptOwner script_owner;
  // Between the server and the processes.
  std::chrono::seconds connect_timeout{15};  // to reach one (CFG-84)
  std::chrono::seconds socket_timeout{0};    // of a single wait for one (CFG-85); 0: Timeout
  std::chrono::seconds client_timeout{
      0};  // of a wait for the client to read (CFG-87); 0: socket_timeout
  std::chrono::milliseconds flush_delay{5};  // of an answer's piece, for the next one (CFG-88)
  ProcessTimers timers;
  std::uint64_t header_buffer_size = 32768;  // of a line of an answer's head (CFG-90)
  // ServerName of the virtual host it was declared in; nullopt: declared for the whole server
  // (DAEMON-7). An empty string is a virtual host without a ServerName.
  std::optional<std::string> server_name;
  int error_log = 0;  // its virtual host's: index in Deployment::error_logs (LOG-5)
  std::vector<WrittenOption> options;  // all that were written, in order
  Origin origin;
};

// What ErrorLog and LogLevel come to, of the server or of a virtual host.
struct ErrorLog {
  std::filesystem::path file;                   // empty: standard error
  base::LogLevel level = base::LogLevel::Info;  // what is less is left out
  Origin origin;                                // of the ErrorLog
};

// What string hashes are made from; nothing: random in each process.
using HashSeed = std::optional<std::uint32_t>;

// How Python starts, in every process, and how it ends there (CFG-54).
struct PythonStart {
  Setting<int> optimize;
  std::vector<Written<std::string>> warnings;  // in the order in which they were written
  Setting<HashSeed> hash_seed;
  Setting<bool> dont_write_bytecode;
  Setting<bool> destroy_interpreters;  // nobody says: they are
};

// The server's own processes: where embedded applications run and connections are accepted.
struct ServerProcesses {
  int processes = 1;
  int threads = 15;
  std::filesystem::path python_home;
  std::vector<std::string> python_path;
  Setting<std::filesystem::path> python_eggs;
  PythonStart python;                // of all processes
  InterpreterSettings interpreters;  // of all interpreters, where no container says otherwise
  std::string user;
  std::string group;
  std::vector<WrittenOption> options;  // directives of the server that bear on hosting, in order
};

// Directives of other modules: kept and counted, not obeyed.
struct ForeignUse {
  std::string name;
  std::string module;
  std::string effect;  // how it may change an answer; empty: not at all
  int count = 0;
  Origin first;
};

// A URL bound to a script, or to a directory of scripts: WSGIScriptAlias and WSGIScriptAliasMatch.
struct Mount {
  // "/", "/accounts"; a trailing slash only for "/" or as written; never a run of slashes. With a
  // pattern: the regular expression.
  std::string url;
  std::optional<base::Regex> pattern;  // WSGIScriptAliasMatch (LOAD-4)
  std::filesystem::path target;        // LOAD-3; with a pattern it may contain $1
  PathSettings options;                // CFG-52: they beat whatever the scopes say
  bool preload = false;                // PRELOAD-1
  Origin origin;
};

// A URL bound to files that are no scripts, unless a handler makes them some: Alias, AliasMatch.
// Consulted before the mounts, whatever the order of the lines (LOAD-1).
struct FileAlias {
  std::string url;
  std::optional<base::Regex> pattern;
  std::string target;
  Origin origin;
};

// An access log: which requests it has a line for, and what that says.
struct AccessLog {
  std::filesystem::path file;
  access_log::Format format;
  std::string variable;        // only of requests that have it; empty: of all
  bool is_for_others = false;  // of those that do not
  std::optional<expressions::Expression> condition;
  Origin origin;
};

struct VirtualHost {
  std::string address = "*";  // "*", or an IP address
  int port = 0;               // 0: every port
  std::string server_name;    // without port
  int server_port = 0;        // the port written in ServerName, or 0
  std::vector<std::string> aliases;
  Setting<std::string> document_root;
  // What holds everywhere in it: the main server's settings, then its own (CFG-50).
  std::vector<PathSettings> layers;
  // The main server's and its own, in the order in which they are merged (CFG-51).
  std::vector<Section> sections;
  bool may_have_override_files = false;  // some section allows .htaccess files
  std::vector<FileAlias> file_aliases;
  // In the order in which they are tried (LOAD-1): its own, then those of the main server, which
  // every virtual host has (CFG-50).
  std::vector<Mount> mounts;
  int error_log = 0;  // index in Deployment::error_logs (LOG-2)
  HttpLimits http;    // of connections to its address, while they have named no other host
  std::shared_ptr<const std::vector<AccessLog>> access_logs;  // null: none
  Origin origin;
  Origin server_name_origin;  // of the host, or of the main server whose name it bears
};

// A script that is loaded when a process starts: by an alias with both options (PRELOAD-1) or by
// WSGIImportScript (PRELOAD-3).
struct PreloadedScript {
  std::string process_group = {};  // "" is the server's own processes
  std::string application_group = {};
  std::string script = {};
  bool is_import = false;  // by WSGIImportScript
  Origin origin = {};
};

struct Listen {
  std::string address = "0.0.0.0";
  int port = 80;  // 0: any free port
  Origin origin;
};

struct Deployment {
  std::vector<Listen> listens;
  int listen_backlog = 511;                // connections that wait to be accepted, on each
  std::vector<VirtualHost> virtual_hosts;  // the first that fits an address is its default
  std::vector<PreloadedScript> preloads;   // in the order of the configuration (PRELOAD-5)
  // Some request could be answered in the server's own processes: they need Python.
  bool may_run_embedded = false;
  bool restrict_embedded = false;  // RESTRICT-1
  bool is_case_sensitive = true;   // WSGICaseSensitivity: EXP-7, LOAD-8
  std::vector<ProcessGroup> process_groups;
  ServerProcesses server;
  std::vector<InterpreterOptions> interpreter_options;
  PythonAbilities python;  // which no configuration says: who runs it does
  std::vector<ForeignUse> foreign;
  std::vector<WrittenOption> not_obeyed;  // understood, and not done by the engine yet
  std::vector<std::string> override_file_names{".htaccess"};  // the first that exists is read
  std::vector<ErrorLog> error_logs{1};                        // the first is the server's
  std::filesystem::path socket_prefix;  // WSGISocketPrefix; empty: the system's runtime directory
};

// Of that virtual host; the server's where there is none of this number.
[[nodiscard]] inline int ErrorLogOf(const Deployment& deployment, int virtual_host) {
  const auto index = static_cast<std::size_t>(virtual_host);
  return virtual_host >= 0 && index < deployment.virtual_hosts.size()
             ? deployment.virtual_hosts[index].error_log
             : 0;
}

}  // namespace hosts::deployment
