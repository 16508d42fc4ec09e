#include <algorithm>
#include <array>

#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;

constexpr size_t kMostListens = 1'000;
constexpr NumberRange kProcesses{1, 65533};
constexpr NumberRange kThreads{1, 65533};

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

Result<void> SetListen(const Directive& directive, Scope& scope) {
  const Word& where = directive.arguments.front();
  const Result<deployment::Listen> listen = ReadListen(where);
  if (!listen) return listen.error();
  const bool has_protocol = directive.arguments.size() > 1;
  if (has_protocol && !SameLetters(directive.arguments[1].text, "http") &&
      !SameLetters(directive.arguments[1].text, "https")) {
    return Refuse(directive.arguments[1],
                  "{} is not a protocol: write http or https",
                  Shown(directive.arguments[1].text));
  }
  if (scope.settings.listens.size() == kMostListens) {
    return Refuse(
        where, "more than {} addresses to listen on: is this the right file?", kMostListens);
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
  Keep(directive, scope);
  return {};
}

Result<void> SetGroup(const Directive& directive, Scope& scope) {
  const Result<std::string> group = ReadUnixGroup(directive.arguments.front());
  if (!group) return group.error();
  scope.settings.server.group = *group;
  Keep(directive, scope);
  return {};
}

Result<void> SetStartServers(const Directive& directive, Scope& scope) {
  Keep(directive, scope);
  return ReadNumberInto(scope.settings.server.processes, directive.arguments.front(), kProcesses);
}

Result<void> SetThreadsPerChild(const Directive& directive, Scope& scope) {
  Keep(directive, scope);
  return ReadNumberInto(scope.settings.server.threads, directive.arguments.front(), kThreads);
}

Result<void> SetSocketPrefix(const Directive& directive, Scope& scope) {
  return ReadPathInto(scope.settings.socket_prefix, directive.arguments.front(), scope);
}

void Keep(const Directive& directive, Scope& scope) {
  std::string value;
  for (const Word& word : directive.arguments) {
    if (!value.empty()) value += ' ';
    value += word.text;
  }
  scope.settings.server.options.push_back(
      {directive.name.text, std::move(value), OriginOf(directive.name)});
}

Result<void> SetCanonicalName(const Directive& directive, Scope& scope) {
  Keep(directive, scope);
  return {};
}

Result<void> SetRestrictEmbedded(const Directive& directive, Scope& scope) {
  const Result<bool> on = ReadOnOff(directive.arguments.front());
  if (!on) return on.error();
  scope.settings.restrict_embedded = Written<bool>{*on, OriginOf(directive.name)};
  Keep(directive, scope);
  return {};
}

Result<void> SetCaseSensitivity(const Directive& directive, Scope& scope) {
  const Result<bool> on = ReadOnOff(directive.arguments.front());
  if (!on) return on.error();
  scope.settings.case_sensitivity = Written<bool>{*on, OriginOf(directive.name)};
  Keep(directive, scope);
  return {};
}

Result<void> OpenVirtualHost(const Directive& directive, Scope& scope) {
  if (const auto room = CheckRoom(scope.settings.hosts, directive); !room) return room.error();
  HostSettings host;
  host.origin = OriginOf(directive.name);
  for (const Word& word : directive.arguments) {
    const Result<HostAddress> address = ReadHostAddress(word);
    if (!address) return address.error();
    host.addresses.push_back(*address);
  }
  scope.settings.hosts.push_back(std::move(host));
  scope.EnterHost(scope.settings.hosts.size() - 1);
  return {};
}

Result<void> SetDocumentRoot(const Directive& directive, Scope& scope) {
  const auto root = ReadPath(directive.arguments.front(), scope.settings.server_root);
  if (!root) return root.error();
  scope.host().document_root = Written<std::string>{root->string(), OriginOf(directive.name)};
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
