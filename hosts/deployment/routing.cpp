#include "hosts/deployment/routing.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "hosts/base/check.h"

namespace hosts::deployment {
namespace {

constexpr int kNotFound = 404;
constexpr int kForbidden = 403;
constexpr int kServerError = 500;

// A listener for IPv6 shows the IPv4 addresses it accepts in this form.
constexpr std::string_view kIPv4InIPv6 = "::ffff:";

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool SameName(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, Lower, Lower);
}

// '*' is any run of characters, '?' is one.
bool FitsPattern(std::string_view name, std::string_view pattern) {
  size_t at = 0;
  size_t in_pattern = 0;
  size_t star = std::string_view::npos;  // the last '*' passed, and how much of the name it took
  size_t taken = 0;
  while (at < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      taken = at;
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '?' || Lower(pattern[in_pattern]) == Lower(name[at]))) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

bool AnswersTo(const VirtualHost& virtual_host, std::string_view host) {
  return SameName(virtual_host.server_name, host) ||
         std::ranges::any_of(virtual_host.aliases,
                             [&](const std::string& alias) { return FitsPattern(host, alias); });
}

// How well a virtual host's address fits; 0: not at all. An IP address counts for more than a port.
int AddressFit(const VirtualHost& virtual_host, std::string_view address, int port) {
  if (virtual_host.port != 0 && virtual_host.port != port) return 0;
  const int port_fit = virtual_host.port == 0 ? 1 : 2;
  if (virtual_host.address == "*") return port_fit;
  return virtual_host.address == address ? port_fit + 2 : 0;
}

// LOAD-2. The path has no runs of slashes.
bool Matches(std::string_view url, std::string_view path) {
  if (!path.starts_with(url)) return false;
  return url.ends_with('/') || path.size() == url.size() || path[url.size()] == '/';
}

const Mount* FindMount(const VirtualHost& virtual_host, std::string_view path) {
  const auto found = std::ranges::find_if(
      virtual_host.mounts, [&](const Mount& mount) { return Matches(mount.url, path); });
  return found == virtual_host.mounts.end() ? nullptr : &*found;
}

struct ScriptFile {
  FileKind kind = FileKind::Missing;
  std::string filename;
  size_t path_info_size = 0;  // the tail of the path that is not the file's
};

// LOAD-3 where the target is not simply the script file: goes down from the target along the rest
// of the path until it meets a file, or nothing.
ScriptFile Descend(const std::string& target, std::string_view rest, const FileKindOf& kind_of) {
  std::string full = target;
  full += rest;
  // The end of the target's last segment, which the rest continues where no slash is between them.
  size_t end = std::min(full.find('/', target.find_last_not_of('/') + 1), full.size());
  while (true) {
    ScriptFile script{FileKind::Missing, full.substr(0, end), full.size() - end};
    script.kind = kind_of(script.filename);
    const size_t next = full.find_first_not_of('/', end);
    if (script.kind != FileKind::Directory || next == std::string::npos) return script;
    end = std::min(full.find('/', next), full.size());
    const std::string_view segment(full.data() + next, end - next);
    if (segment == "." || segment == "..") return {};  // never out of the target
  }
}

ScriptFile FindScript(const Mount& mount, std::string_view path, const FileKindOf& kind_of) {
  // LOAD-3: for the alias "/" the whole path is appended.
  const std::string_view rest = mount.url == "/" ? path : path.substr(mount.url.size());
  const std::string& target = mount.target.native();
  if (!target.ends_with('/') && (rest.empty() || rest.starts_with('/'))) {
    const FileKind kind = kind_of(target);
    if (kind != FileKind::Directory || rest.empty()) return {kind, target, rest.size()};
  }
  return Descend(target, rest, kind_of);
}

std::string WithSlashesCollapsed(std::string_view path) {
  std::string collapsed;
  collapsed.reserve(path.size());
  for (const char c : path) {
    if (c != '/' || !collapsed.ends_with('/')) collapsed += c;
  }
  return collapsed;
}

// DAEMON-7: a group of the whole server serves every virtual host, another one those of its name.
bool MayUse(const VirtualHost& virtual_host, const ProcessGroup& group) {
  return !group.server_name || *group.server_name == virtual_host.server_name;
}

// Fills in where the request runs. Returns why it must not.
std::optional<RefusalReason> ChooseGroups(const Deployment& deployment,
                                          std::string_view host,
                                          Route& route) {
  const VirtualHost& virtual_host = *route.virtual_host;
  route.process_group =
      ExpandGroupName(route.mount->process_group, virtual_host, route.script_name, host);
  route.application_group =
      ExpandGroupName(route.mount->application_group, virtual_host, route.script_name, host);
  if (route.process_group.empty()) return std::nullopt;
  const ProcessGroup* group = FindProcessGroup(deployment, route.process_group);
  if (group == nullptr) return RefusalReason::UnknownGroup;
  if (!MayUse(virtual_host, *group)) return RefusalReason::GroupNotReachable;
  return std::nullopt;
}

// The configured port, where a name must say it (EXP-6).
std::string PortSuffix(const VirtualHost& virtual_host) {
  const int port = virtual_host.server_port;
  return port == 0 || port == 80 || port == 443 ? std::string() : fmt::format(":{}", port);
}

}  // namespace

RoutingResult FindRoute(const Deployment& deployment,
                        const RequestAddress& address,
                        const FileKindOf& kind_of) {
  RoutingResult result;
  const auto refuse = [&result](int status, RefusalReason reason) {
    result.refused_status = status;
    result.reason = reason;
    return std::move(result);
  };

  std::string collapsed;
  std::string_view path = address.path;
  if (path.find("//") != std::string_view::npos) path = collapsed = WithSlashesCollapsed(path);

  Route& route = result.route;
  route.virtual_host = FindVirtualHost(deployment, address);
  // A file name ends at a NUL, whatever the URL says after it: no script has such a path.
  if (route.virtual_host != nullptr && path.find('\0') == std::string_view::npos) {
    route.mount = FindMount(*route.virtual_host, path);
  }
  if (route.mount == nullptr) return refuse(kNotFound, RefusalReason::NoMount);
  if (!route.mount->access_granted) return refuse(kForbidden, RefusalReason::AccessDenied);

  ScriptFile script = FindScript(*route.mount, path, kind_of);
  route.script_filename = std::move(script.filename);
  if (script.kind == FileKind::Missing) return refuse(kNotFound, RefusalReason::ScriptMissing);
  if (script.kind == FileKind::Directory) {
    return refuse(kForbidden, RefusalReason::ScriptIsDirectory);
  }

  const size_t path_info_size = std::min(script.path_info_size, path.size());
  route.script_name = path.substr(0, path.size() - path_info_size);
  route.path_info = path.substr(path.size() - path_info_size);
  const auto unusable = ChooseGroups(deployment, address.host, route);
  if (unusable) return refuse(kServerError, *unusable);
  return result;
}

const VirtualHost* FindVirtualHost(const Deployment& deployment, const RequestAddress& address) {
  std::string_view local = address.local_address;
  if (local.starts_with(kIPv4InIPv6)) local.remove_prefix(kIPv4InIPv6.size());

  std::string_view host = address.host;
  if (host.ends_with('.')) host.remove_suffix(1);  // "example.org." is the same name

  const VirtualHost* best = nullptr;
  int best_fit = 0;
  bool best_is_named = false;
  for (const VirtualHost& candidate : deployment.virtual_hosts) {
    const int fit = AddressFit(candidate, local, address.local_port);
    if (fit == 0 || fit < best_fit) continue;
    const bool better_address = fit > best_fit;
    if (!better_address && best_is_named) continue;
    const bool is_named = AnswersTo(candidate, host);
    if (!better_address && !is_named) continue;
    best = &candidate;
    best_fit = fit;
    best_is_named = is_named;
  }
  return best;
}

std::string ExpandGroupName(const GroupName& name,
                            const VirtualHost& virtual_host,
                            std::string_view script_name,
                            std::string_view host) {
  switch (name.kind) {
    case GroupName::Kind::Global:
      return {};
    case GroupName::Kind::Literal:
      return name.literal;
    case GroupName::Kind::Server:
      return virtual_host.server_name + PortSuffix(virtual_host);
    case GroupName::Kind::Resource: {
      std::string resource = virtual_host.server_name + PortSuffix(virtual_host);
      resource += '|';
      resource += script_name;
      return resource;
    }
    case GroupName::Kind::Host: {
      if (host.empty()) return virtual_host.server_name + PortSuffix(virtual_host);
      std::string expanded(host);
      std::ranges::transform(expanded, expanded.begin(), Lower);
      return expanded + PortSuffix(virtual_host);
    }
  }
  CHECK(false, "a group name has one of five kinds");
}

const ProcessGroup* FindProcessGroup(const Deployment& deployment, std::string_view name) {
  const auto found = std::ranges::find(deployment.process_groups, name, &ProcessGroup::name);
  return found == deployment.process_groups.end() ? nullptr : &*found;
}

}  // namespace hosts::deployment
