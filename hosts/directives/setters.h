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
base::Result<void> SetLoadModule(const Directive& directive, Scope& scope);
base::Result<void> SetListen(const Directive& directive, Scope& scope);
base::Result<void> SetUser(const Directive& directive, Scope& scope);
base::Result<void> SetGroup(const Directive& directive, Scope& scope);
base::Result<void> SetErrorLog(const Directive& directive, Scope& scope);
base::Result<void> SetStartServers(const Directive& directive, Scope& scope);
base::Result<void> SetThreadsPerChild(const Directive& directive, Scope& scope);
base::Result<void> SetPythonHome(const Directive& directive, Scope& scope);
base::Result<void> SetPythonPath(const Directive& directive, Scope& scope);
base::Result<void> SetSocketPrefix(const Directive& directive, Scope& scope);
base::Result<void> OpenVirtualHost(const Directive& directive, Scope& scope);
base::Result<void> SetServerName(const Directive& directive, Scope& scope);
base::Result<void> SetServerAlias(const Directive& directive, Scope& scope);

// setters_directory.cpp: who may be served.
base::Result<void> OpenDirectory(const Directive& directive, Scope& scope);
base::Result<void> SetRequire(const Directive& directive, Scope& scope);
base::Result<void> SetOptions(const Directive& directive, Scope& scope);
base::Result<void> SetAllowOverride(const Directive& directive, Scope& scope);

// setters_process_group.cpp: WSGIDaemonProcess.
base::Result<void> DeclareProcessGroup(const Directive& directive, Scope& scope);
[[nodiscard]] std::span<const OptionRow> ProcessGroupOptions();

// setters_mount.cpp: WSGIScriptAlias.
base::Result<void> AddMount(const Directive& directive, Scope& scope);
[[nodiscard]] std::span<const OptionRow> MountOptions();

// WSGICallableObject (EXP-9).
[[nodiscard]] base::Result<std::string> ReadCallableObject(const Word& word);

// A directive that may stand in every scope: the one word after it, into one setting.
template <typename T, base::Result<T> (*Read)(const Word&), Setting<T> RequestSettings::*member>
base::Result<void> SetForRequests(const Directive& directive, Scope& scope) {
  const base::Result<T> value = Read(directive.arguments.front());
  if (!value) return value.error();
  scope.request().*member = Written<T>{*value, OriginOf(directive.name)};
  return {};
}

// Reads the words from `first` on as options, each by its row.
base::Result<void> ApplyOptions(const Directive& directive,
                                size_t first,
                                std::span<const OptionRow> rows,
                                Scope& scope);

}  // namespace hosts::directives
