#include "hosts/directives/table.h"

#include <algorithm>
#include <array>

#include "hosts/directives/names.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::GroupName;
using Form = DirectiveRow::Form;

constexpr Contexts kServer{true, false, false};
constexpr Contexts kServerAndHost{true, true, false};
constexpr Contexts kHost{false, true, false};
constexpr Contexts kDirectory{false, false, true};
constexpr Contexts kEverywhere{true, true, true};

const std::vector<DirectiveRow>& Rows() {
  static const std::vector<DirectiveRow> rows = {
      // The server.
      {"ServerRoot",
       Form::Line,
       kServer,
       "DIRECTORY",
       1,
       1,
       "",
       "Where relative paths below this line begin.",
       "",
       SetServerRoot},
      {"LoadModule",
       Form::Line,
       kServer,
       "NAME FILE",
       2,
       2,
       "",
       "Accepted for the modules whose work the engine does itself; nothing is loaded.",
       "",
       SetLoadModule},
      {"Listen",
       Form::Line,
       kServer,
       "[ADDRESS:]PORT [http]",
       1,
       2,
       "",
       "An address and port to accept connections on; port 0 is any free one.",
       "",
       SetListen},
      {"User",
       Form::Line,
       kServer,
       "NAME or #ID",
       1,
       1,
       "who started the server",
       "Who the server's processes are, if the superuser started them.",
       "SEC-1",
       SetUser},
      {"Group",
       Form::Line,
       kServer,
       "NAME or #ID",
       1,
       1,
       "that of who started the server",
       "The group of users of every process, unless a process group names its own.",
       "SEC-2",
       SetGroup},
      {"ErrorLog",
       Form::Line,
       kServer,
       "FILE",
       1,
       1,
       "standard error",
       "Where the log is written.",
       "",
       SetErrorLog},
      {"StartServers",
       Form::Line,
       kServer,
       "NUMBER",
       1,
       1,
       "1",
       "How many processes the server has: they accept connections and run embedded applications.",
       "",
       SetStartServers},
      {"ThreadsPerChild",
       Form::Line,
       kServer,
       "NUMBER",
       1,
       1,
       "15",
       "Threads of each of them that run embedded applications.",
       "",
       SetThreadsPerChild},
      // Virtual hosts and directories.
      {"VirtualHost",
       Form::Section,
       kServer,
       "ADDRESS[:PORT] ...",
       1,
       kAnyNumber,
       "",
       "A site of its own: by address and port, then by name.",
       "CFG-50",
       OpenVirtualHost},
      {"ServerName",
       Form::Line,
       kServerAndHost,
       "[SCHEME://]NAME[:PORT]",
       1,
       1,
       "",
       "The name a site answers to, and by which %{SERVER} and %{RESOURCE} call it.",
       "EXP-3 EXP-6",
       SetServerName},
      {"ServerAlias",
       Form::Line,
       kHost,
       "NAME ...",
       1,
       kAnyNumber,
       "",
       "Further names of the site; * and ? stand for any text and any character.",
       "",
       SetServerAlias},
      {"Directory",
       Form::Section,
       kServerAndHost,
       "PATH",
       1,
       1,
       "",
       "Settings for scripts in the directory and below it; longer paths override shorter ones.",
       "CFG-51 LOAD-6",
       OpenDirectory},
      {"Require",
       Form::Line,
       kDirectory,
       "all granted or all denied",
       2,
       2,
       "denied",
       "Whether scripts there may be served at all.",
       "LOAD-6",
       SetRequire},
      {"Options",
       Form::Line,
       kEverywhere,
       "[+-]OPTION ...",
       1,
       kAnyNumber,
       "",
       "Accepted as Apache spells it; does not bear on scripts reached by WSGIScriptAlias.",
       "LOAD-5",
       SetOptions},
      {"AllowOverride",
       Form::Line,
       kDirectory,
       "None",
       1,
       1,
       "None",
       "Accepted for None: .htaccess files are not read.",
       "CFG-42",
       SetAllowOverride},
      // What runs where.
      {"WSGIScriptAlias",
       Form::Line,
       kServerAndHost,
       "URL-PATH FILE-OR-DIRECTORY [OPTION=VALUE ...]",
       2,
       kAnyNumber,
       "",
       "Mounts a script, or a directory of scripts, at a URL path.",
       "CFG-10 CFG-52 LOAD-1 LOAD-2 LOAD-3",
       AddMount,
       MountOptions()},
      {"WSGIDaemonProcess",
       Form::Line,
       kServerAndHost,
       "NAME [OPTION=VALUE ...]",
       1,
       kAnyNumber,
       "",
       "Declares a process group: processes that run applications and nothing else.",
       "CFG-12 CFG-5 DAEMON-7 DAEMON-8",
       DeclareProcessGroup,
       ProcessGroupOptions()},
      {"WSGIProcessGroup",
       Form::Line,
       kEverywhere,
       "NAME or %{GLOBAL}",
       1,
       1,
       "%{GLOBAL}",
       "The process group that runs scripts; %{GLOBAL} is the server's own processes.",
       "CFG-13 EXP-2",
       SetForRequests<GroupName, ReadGroupName, &RequestSettings::process_group>},
      {"WSGIApplicationGroup",
       Form::Line,
       kEverywhere,
       "NAME or %{GLOBAL}",
       1,
       1,
       "%{RESOURCE}",
       "The interpreter that scripts run in; %{GLOBAL} is the main one.",
       "CFG-14 EXP-2 EXP-4",
       SetForRequests<GroupName, ReadGroupName, &RequestSettings::application_group>},
      {"WSGICallableObject",
       Form::Line,
       kEverywhere,
       "NAME",
       1,
       1,
       "application",
       "The callable in the script.",
       "CFG-15 EXP-9",
       SetForRequests<std::string, ReadCallableObject, &RequestSettings::callable_object>},
      {"WSGIPassAuthorization",
       Form::Line,
       kEverywhere,
       "On or Off",
       1,
       1,
       "Off",
       "Whether applications see the Authorization header.",
       "CFG-20 ENV-5",
       SetForRequests<bool, ReadOnOff, &RequestSettings::pass_authorization>},
      {"WSGIChunkedRequest",
       Form::Line,
       kEverywhere,
       "On or Off",
       1,
       1,
       "Off",
       "Whether request bodies without a length are accepted.",
       "CFG-21 ERR-16",
       SetForRequests<bool, ReadOnOff, &RequestSettings::chunked_request>},
      // Python.
      {"WSGIPythonHome",
       Form::Line,
       kServer,
       "DIRECTORY",
       1,
       1,
       "",
       "The Python or virtual environment that processes run, unless python-home says otherwise.",
       "CFG-31 LOAD-30",
       SetPythonHome},
      {"WSGIPythonPath",
       Form::Line,
       kServer,
       "DIRECTORY[:DIRECTORY ...]",
       1,
       1,
       "",
       "Directories that come first in sys.path of embedded applications.",
       "CFG-31 LOAD-31",
       SetPythonPath},
      {"WSGISocketPrefix",
       Form::Line,
       kServer,
       "PATH",
       1,
       1,
       "",
       "What the sockets of process groups are named after.",
       "CFG-38",
       SetSocketPrefix},
  };
  return rows;
}

constexpr std::array<std::string_view, 71> kNotOffered = {"WSGIScriptAliasMatch",
                                                          "WSGIImportScript",
                                                          "WSGIDispatchScript",
                                                          "WSGIHandlerScript",
                                                          "WSGIScriptReloading",
                                                          "WSGIErrorOverride",
                                                          "WSGIMapHEADToGET",
                                                          "WSGIIgnoreActivity",
                                                          "WSGIEnableSendfile",
                                                          "WSGITrustedProxies",
                                                          "WSGITrustedProxyHeaders",
                                                          "WSGIPassApacheRequest",
                                                          "WSGIRestrictProcess",
                                                          "WSGIRestrictEmbedded",
                                                          "WSGIPythonEggs",
                                                          "WSGIPythonOptimize",
                                                          "WSGIPythonWarnings",
                                                          "WSGIPythonHashSeed",
                                                          "WSGIDontWriteBytecode",
                                                          "WSGIRestrictStdin",
                                                          "WSGIRestrictStdout",
                                                          "WSGIRestrictSignal",
                                                          "WSGISwitchInterval",
                                                          "WSGIPerInterpreterGIL",
                                                          "WSGIFreeThreading",
                                                          "WSGIInterpreterOptions",
                                                          "WSGIDestroyInterpreter",
                                                          "WSGISocketRotation",
                                                          "WSGIAcceptMutex",
                                                          "WSGICaseSensitivity",
                                                          "WSGIServerMetrics",
                                                          "WSGITelemetryService",
                                                          "WSGITelemetryOptions",
                                                          "WSGISlowRequests",
                                                          "WSGIAccessScript",
                                                          "WSGIAuthUserScript",
                                                          "WSGIAuthGroupScript",
                                                          "WSGIGroupAuthoritative",
                                                          "AcceptPathInfo",
                                                          "AddHandler",
                                                          "Alias",
                                                          "Allow",
                                                          "CustomLog",
                                                          "Define",
                                                          "Deny",
                                                          "DirectoryIndex",
                                                          "DirectoryMatch",
                                                          "DocumentRoot",
                                                          "Files",
                                                          "Header",
                                                          "HostnameLookups",
                                                          "IfDefine",
                                                          "IfModule",
                                                          "Include",
                                                          "IncludeOptional",
                                                          "KeepAlive",
                                                          "KeepAliveTimeout",
                                                          "LimitRequestBody",
                                                          "Location",
                                                          "LocationMatch",
                                                          "LogFormat",
                                                          "LogLevel",
                                                          "Order",
                                                          "PidFile",
                                                          "Redirect",
                                                          "RequestHeader",
                                                          "RewriteEngine",
                                                          "ServerAdmin",
                                                          "SetEnv",
                                                          "SSLEngine",
                                                          "Timeout"};

// The place a directive stands in, as messages call it.
struct Place {
  std::string_view name;
  bool Contexts::*context;
};

constexpr std::array<Place, 3> kPlaces = {{{"the server's part of the file", &Contexts::server},
                                           {"<VirtualHost>", &Contexts::virtual_host},
                                           {"<Directory>", &Contexts::directory}}};

const Place& PlaceOf(const Scope& scope) {
  if (scope.is_in_directory) return kPlaces[2];
  return scope.host_index == Scope::kMainServer ? kPlaces[0] : kPlaces[1];
}

base::Error RefuseName(const Word& name) {
  const auto not_offered = std::ranges::find_if(
      kNotOffered, [&name](std::string_view known) { return SameName(known, name.text); });
  if (not_offered != kNotOffered.end()) {
    return Refuse(name, "known directive, not offered yet: {}: remove it", *not_offered);
  }
  std::vector<std::string_view> names;
  for (const DirectiveRow& row : Rows()) {
    names.push_back(row.name);
  }
  const auto nearest = NearestName(name.text, names);
  if (!nearest) return Refuse(name, "unknown directive {}: remove it", Shown(name.text));
  return Refuse(name, "unknown directive {}: did you mean {}?", Shown(name.text), *nearest);
}

Result<void> CheckPlace(const DirectiveRow& row, const Directive& directive, const Scope& scope) {
  const Place& here = PlaceOf(scope);
  if (row.allowed_in.*here.context) return {};
  std::string allowed;
  for (const Place& place : kPlaces) {
    if (!(row.allowed_in.*place.context)) continue;
    allowed += allowed.empty() ? "" : " or ";
    allowed += place.name;
  }
  return Refuse(
      directive.name, "{} is not allowed in {}: it belongs into {}", row.name, here.name, allowed);
}

std::string Usage(const DirectiveRow& row) {
  return row.form == Form::Section ? fmt::format("<{} {}>", row.name, row.arguments)
                                   : fmt::format("{} {}", row.name, row.arguments);
}

Result<void> CheckForm(const DirectiveRow& row, const Directive& directive) {
  const bool should_be_section = row.form == Form::Section;
  if (directive.is_section != should_be_section) {
    return Refuse(directive.name,
                  "{} is {}: write {}",
                  row.name,
                  should_be_section ? "a section" : "not a section",
                  Usage(row));
  }
  const size_t count = directive.arguments.size();
  if (count < row.fewest_arguments) {
    return Refuse(directive.name, "{} needs more: write {}", row.name, Usage(row));
  }
  if (count <= row.most_arguments) return {};
  const Word& excess = directive.arguments[row.most_arguments];
  if (excess.text.starts_with('#')) {
    return Refuse(excess, "a comment needs a line of its own");
  }
  return Refuse(
      excess, "{} is more than {} takes: write {}", Shown(excess.text), row.name, Usage(row));
}

Result<void> Apply(const std::vector<Directive>& body, const Scope& outer);

Result<void> Apply(const Directive& directive, const Scope& outer) {
  const DirectiveRow* row = FindDirective(directive.name.text);
  if (row == nullptr) return RefuseName(directive.name);
  if (const auto place = CheckPlace(*row, directive, outer); !place) return place.error();
  if (const auto form = CheckForm(*row, directive); !form) return form.error();
  Scope inside = outer;
  if (const auto set = row->set(directive, inside); !set) return set.error();
  return Apply(directive.body, inside);
}

Result<void> Apply(const std::vector<Directive>& body, const Scope& outer) {
  for (const Directive& directive : body) {
    const Result<void> applied = Apply(directive, outer);
    if (!applied) return applied.error();
  }
  return {};
}

}  // namespace

std::span<const DirectiveRow> DirectiveTable() {
  return Rows();
}

std::span<const std::string_view> DirectivesNotOffered() {
  return kNotOffered;
}

const DirectiveRow* FindDirective(std::string_view name) {
  const auto found = std::ranges::find_if(
      Rows(), [name](const DirectiveRow& row) { return SameName(row.name, name); });
  return found == Rows().end() ? nullptr : &*found;
}

Result<Settings> ApplyTable(const std::vector<Directive>& tree) {
  Settings settings;
  const Result<void> applied = Apply(tree, Scope{settings});
  if (!applied) return applied.error();
  return settings;
}

}  // namespace hosts::directives
