#pragma once
// Setters: the function behind each row of the table. A setter reads its arguments and writes one
// thing into the scope; the table has checked already where the directive stands and how many
// arguments it has.

#include <span>

#include "hosts/base/result.h"
#include "hosts/directives/arguments.h"
#include "hosts/directives/settings.h"
#include "hosts/directives/table.h"

namespace hosts::directives {

// setters_server.cpp: the server and its virtual hosts.
base::Result<void> SetServerRoot(const Directive& directive, Scope& scope);
base::Result<void> SetListen(const Directive& directive, Scope& scope);
base::Result<void> SetUser(const Directive& directive, Scope& scope);
base::Result<void> SetGroup(const Directive& directive, Scope& scope);
base::Result<void> SetStartServers(const Directive& directive, Scope& scope);
base::Result<void> SetThreadsPerChild(const Directive& directive, Scope& scope);
base::Result<void> SetSocketPrefix(const Directive& directive, Scope& scope);
base::Result<void> SetRestrictEmbedded(const Directive& directive, Scope& scope);
base::Result<void> SetCaseSensitivity(const Directive& directive, Scope& scope);
base::Result<void> OpenVirtualHost(const Directive& directive, Scope& scope);
base::Result<void> SetServerName(const Directive& directive, Scope& scope);
base::Result<void> SetServerAlias(const Directive& directive, Scope& scope);
base::Result<void> SetDocumentRoot(const Directive& directive, Scope& scope);

// setters_http.cpp: how large a request may be, how slow a client, how long a connection is kept.
base::Result<void> SetLimitRequestLine(const Directive& directive, Scope& scope);
base::Result<void> SetLimitRequestFieldSize(const Directive& directive, Scope& scope);
base::Result<void> SetLimitRequestFields(const Directive& directive, Scope& scope);
base::Result<void> SetTimeout(const Directive& directive, Scope& scope);
base::Result<void> SetKeepAlive(const Directive& directive, Scope& scope);
base::Result<void> SetKeepAliveTimeout(const Directive& directive, Scope& scope);
base::Result<void> SetMaxKeepAliveRequests(const Directive& directive, Scope& scope);
base::Result<void> SetListenBacklog(const Directive& directive, Scope& scope);
base::Result<void> SetRequestReadTimeout(const Directive& directive, Scope& scope);
[[nodiscard]] base::Result<std::uint64_t> ReadBodyLimit(const Word& word);

// setters_log.cpp: the log, and what is written about requests.
base::Result<void> SetErrorLog(const Directive& directive, Scope& scope);
base::Result<void> SetLogLevel(const Directive& directive, Scope& scope);
base::Result<void> SetLogFormat(const Directive& directive, Scope& scope);
base::Result<void> AddCustomLog(const Directive& directive, Scope& scope);
base::Result<void> AddGlobalLog(const Directive& directive, Scope& scope);
// When all lines are read: gives every log the format that it names.
base::Result<void> FindLogFormats(Settings& settings);

// setters_python.cpp: how Python starts, and what is said of interpreters.
base::Result<void> SetPythonHome(const Directive& directive, Scope& scope);
base::Result<void> SetPythonPath(const Directive& directive, Scope& scope);
base::Result<void> SetPythonEggs(const Directive& directive, Scope& scope);
base::Result<void> AddPythonWarning(const Directive& directive, Scope& scope);
base::Result<void> OpenInterpreterOptions(const Directive& directive, Scope& scope);

// setters_directory.cpp: sections, and who may be served there.
base::Result<void> OpenDirectory(const Directive& directive, Scope& scope);
base::Result<void> OpenDirectoryMatch(const Directive& directive, Scope& scope);
base::Result<void> OpenFiles(const Directive& directive, Scope& scope);
base::Result<void> OpenFilesMatch(const Directive& directive, Scope& scope);
base::Result<void> OpenLocation(const Directive& directive, Scope& scope);
base::Result<void> OpenLocationMatch(const Directive& directive, Scope& scope);
base::Result<void> OpenIf(const Directive& directive, Scope& scope);
base::Result<void> OpenElseIf(const Directive& directive, Scope& scope);
base::Result<void> OpenElse(const Directive& directive, Scope& scope);
base::Result<void> SetRequire(const Directive& directive, Scope& scope);
base::Result<void> ReadRequireSection(const Directive& directive, Scope& scope);
base::Result<void> SetOldAccess(const Directive& directive, Scope& scope);
base::Result<void> SetOptions(const Directive& directive, Scope& scope);
base::Result<void> SetAllowOverride(const Directive& directive, Scope& scope);
base::Result<void> SetAllowOverrideList(const Directive& directive, Scope& scope);
base::Result<void> SetAccessFileName(const Directive& directive, Scope& scope);
base::Result<void> SetAcceptPathInfo(const Directive& directive, Scope& scope);

// setters_variables.cpp: variables of requests, and handlers.
base::Result<void> SetVariable(const Directive& directive, Scope& scope);
base::Result<void> UnsetVariable(const Directive& directive, Scope& scope);
base::Result<void> PassVariable(const Directive& directive, Scope& scope);
base::Result<void> SetVariableIf(const Directive& directive, Scope& scope);
base::Result<void> SetVariableIfNoCase(const Directive& directive, Scope& scope);
base::Result<void> SetVariableIfExpression(const Directive& directive, Scope& scope);
base::Result<void> SetVariableByBrowser(const Directive& directive, Scope& scope);
base::Result<void> SetVariableByBrowserNoCase(const Directive& directive, Scope& scope);
base::Result<void> SetHandler(const Directive& directive, Scope& scope);
base::Result<void> AddHandler(const Directive& directive, Scope& scope);
base::Result<void> SetDirectoryIndex(const Directive& directive, Scope& scope);
base::Result<void> AddType(const Directive& directive, Scope& scope);
base::Result<void> RemoveHandler(const Directive& directive, Scope& scope);

// setters_process_group.cpp: WSGIDaemonProcess.
base::Result<void> DeclareProcessGroup(const Directive& directive, Scope& scope);
[[nodiscard]] std::span<const OptionRow> ProcessGroupOptions();

// setters_mount.cpp: what runs which script.
base::Result<void> AddMount(const Directive& directive, Scope& scope);
base::Result<void> AddMountByPattern(const Directive& directive, Scope& scope);
[[nodiscard]] std::span<const OptionRow> MountOptions();
base::Result<void> AddFileAlias(const Directive& directive, Scope& scope);
base::Result<void> AddFileAliasByPattern(const Directive& directive, Scope& scope);
base::Result<void> AddImportScript(const Directive& directive, Scope& scope);
[[nodiscard]] std::span<const OptionRow> ImportOptions();
base::Result<void> AddHandlerScript(const Directive& directive, Scope& scope);
[[nodiscard]] std::span<const OptionRow> HandlerScriptOptions();
base::Result<void> SetDispatchScript(const Directive& directive, Scope& scope);
[[nodiscard]] std::span<const OptionRow> DispatchOptions();

// WSGICallableObject (EXP-9), WSGIRestrictProcess (RESTRICT-2), WSGIMapHEADToGET.
[[nodiscard]] base::Result<deployment::CallableName> ReadCallableObject(const Word& word);
[[nodiscard]] base::Result<deployment::HeadMapping> ReadHeadMapping(const Word& word);
base::Result<void> SetRestrictProcess(const Directive& directive, Scope& scope);
base::Result<void> AddTrustedProxies(const Directive& directive, Scope& scope);
base::Result<void> AddTrustedProxyHeaders(const Directive& directive, Scope& scope);

// So many of a kind are more than any site has, and fewer than would take seconds to read.
inline constexpr size_t kMostOfAKind = 20'000;
template <typename List>
base::Result<void> CheckRoom(const List& list, const Directive& directive) {
  if (list.size() < kMostOfAKind) return {};
  return Refuse(directive.name,
                "more than {} of {}: is this the right file?",
                kMostOfAKind,
                directive.name.text);
}

// A directive of the server that is checked and kept as it is written.
void Keep(const Directive& directive, Scope& scope);
template <base::Result<void> (*Check)(const Word&)>
base::Result<void> CheckAndKeep(const Directive& directive, Scope& scope) {
  for (const Word& word : directive.arguments) {
    if (const base::Result<void> checked = Check(word); !checked) return checked.error();
  }
  Keep(directive, scope);
  return {};
}

// UseCanonicalName: kept for those who ask.
base::Result<void> SetCanonicalName(const Directive& directive, Scope& scope);

// Nothing to do: the engine does not have what this is about.
inline base::Result<void> Accept(const Directive& /*directive*/, Scope& /*scope*/) {
  return {};
}

// A directive that may stand in every scope: the one word after it, into one setting.
template <typename T, base::Result<T> (*Read)(const Word&), Setting<T> PathSettings::*member>
base::Result<void> SetForRequests(const Directive& directive, Scope& scope) {
  const base::Result<T> value = Read(directive.arguments.front());
  if (!value) return value.error();
  scope.path().*member = Written<T>{*value, OriginOf(directive.name)};
  return {};
}

// A directive about Python: the one word after it, for every process.
template <typename T,
          base::Result<T> (*Read)(const Word&),
          Setting<T> deployment::PythonStart::*member>
base::Result<void> SetForPython(const Directive& directive, Scope& scope) {
  const base::Result<T> value = Read(directive.arguments.front());
  if (!value) return value.error();
  scope.settings.server.python.*member = Written<T>{*value, OriginOf(directive.name)};
  return {};
}

// The same for interpreters: all, or those of the container it stands in.
template <typename T,
          base::Result<T> (*Read)(const Word&),
          Setting<T> deployment::InterpreterSettings::*member>
base::Result<void> SetForInterpreters(const Directive& directive, Scope& scope) {
  const base::Result<T> value = Read(directive.arguments.front());
  if (!value) return value.error();
  scope.interpreters().*member = Written<T>{*value, OriginOf(directive.name)};
  return {};
}

// Reads the words from `first` on as options, each by its row.
base::Result<void> ApplyOptions(const Directive& directive,
                                size_t first,
                                std::span<const OptionRow> rows,
                                Scope& scope);

}  // namespace hosts::directives
