#include <algorithm>
#include <array>

#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;

constexpr NumberRange kProcesses{1, 65533};
constexpr NumberRange kThreads{1, 65533};

// Modules whose work the engine does itself, so that a line which loads them changes nothing.
constexpr std::array<std::string_view, 6> kModulesBuiltIn = {"wsgi_module",
                                                             "authz_core_module",
                                                             "unixd_module",
                                                             "mpm_event_module",
                                                             "mpm_worker_module",
                                                             "mpm_prefork_module"};

Result<void> ReadPathInto(std::filesystem::path& path, const Word& word, const Scope& scope) {
  const Result<std::filesystem::path> read = ReadPath(word, scope.settings.server_root);
  if (!read) return read.error();
  path = *read;
  return {};
}

Result<void> ReadNumberInto(int& number, const Word& word, NumberRange range) {
  const Result<int> read = ReadNumber(word, range);
  if (!read) return read.error();
  number = *read;
  return {};
}

}  // namespace

Result<void> SetServerRoot(const Directive& directive, Scope& scope) {
  const Result<std::filesystem::path> root = ReadPath(directive.arguments.front(), {});
  if (!root) return root.error();
  scope.settings.server_root = *root;
  return {};
}

Result<void> SetLoadModule(const Directive& directive, Scope& /*scope*/) {
  const Word& module = directive.arguments.front();
  if (std::ranges::find(kModulesBuiltIn, module.text) != kModulesBuiltIn.end()) return {};
  return Refuse(module,
                "{} cannot be loaded: the engine has no modules; remove the line",
                Shown(module.text));
}

Result<void> SetListen(const Directive& directive, Scope& scope) {
  const Word& where = directive.arguments.front();
  const Result<deployment::Listen> listen = ReadListen(where);
  if (!listen) return listen.error();
  if (directive.arguments.size() > 1 && !SameName(directive.arguments[1].text, "http")) {
    return Refuse(directive.arguments[1],
                  "the protocol {} is not offered: http is the only one",
                  Shown(directive.arguments[1].text));
  }
  for (const deployment::Listen& other : scope.settings.listens) {
    const bool is_same = other.address == listen->address && other.port == listen->port;
    if (is_same && listen->port != 0) {
      return Refuse(where,
                    "{} is listened on already, by line {}: remove one of the two",
                    Shown(where.text),
                    other.origin.line);
    }
  }
  scope.settings.listens.push_back(*listen);
  return {};
}

Result<void> SetUser(const Directive& directive, Scope& scope) {
  const Result<std::string> user = ReadUser(directive.arguments.front());
  if (!user) return user.error();
  scope.settings.server.user = *user;
  return {};
}

Result<void> SetGroup(const Directive& directive, Scope& scope) {
  const Result<std::string> group = ReadUnixGroup(directive.arguments.front());
  if (!group) return group.error();
  scope.settings.server.group = *group;
  return {};
}

Result<void> SetErrorLog(const Directive& directive, Scope& scope) {
  const Word& log = directive.arguments.front();
  if (log.text.starts_with('|') || log.text == "syslog" || log.text.starts_with("syslog:")) {
    return Refuse(log,
                  "{}: programs and syslog are not offered yet: write the path of a file",
                  Shown(log.text));
  }
  return ReadPathInto(scope.settings.error_log, log, scope);
}

Result<void> SetStartServers(const Directive& directive, Scope& scope) {
  return ReadNumberInto(scope.settings.server.processes, directive.arguments.front(), kProcesses);
}

Result<void> SetThreadsPerChild(const Directive& directive, Scope& scope) {
  return ReadNumberInto(scope.settings.server.threads, directive.arguments.front(), kThreads);
}

Result<void> SetPythonHome(const Directive& directive, Scope& scope) {
  return ReadPathInto(scope.settings.server.python_home, directive.arguments.front(), scope);
}

Result<void> SetPythonPath(const Directive& directive, Scope& scope) {
  const auto paths = ReadPathList(directive.arguments.front(), scope.settings.server_root);
  if (!paths) return paths.error();
  scope.settings.server.python_path = *paths;
  return {};
}

Result<void> SetSocketPrefix(const Directive& directive, Scope& scope) {
  return ReadPathInto(scope.settings.socket_prefix, directive.arguments.front(), scope);
}

Result<void> OpenVirtualHost(const Directive& directive, Scope& scope) {
  HostSettings host;
  host.origin = OriginOf(directive.name);
  for (const Word& word : directive.arguments) {
    const Result<HostAddress> address = ReadHostAddress(word);
    if (!address) return address.error();
    host.addresses.push_back(*address);
  }
  scope.host_index = scope.settings.hosts.size();
  scope.settings.hosts.push_back(std::move(host));
  return {};
}

Result<void> SetServerName(const Directive& directive, Scope& scope) {
  const Result<ServerName> name = ReadServerName(directive.arguments.front());
  if (!name) return name.error();
  scope.host().server_name = Written<ServerName>{*name, OriginOf(directive.name)};
  return {};
}

Result<void> SetServerAlias(const Directive& directive, Scope& scope) {
  for (const Word& alias : directive.arguments) {
    scope.host().aliases.push_back(alias.text);
  }
  return {};
}

}  // namespace hosts::directives
