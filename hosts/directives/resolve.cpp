#include "hosts/directives/resolve.h"

#include <fmt/format.h>

#include <algorithm>

namespace hosts::directives {
namespace {

using base::Result;
using deployment::Deployment;
using deployment::GroupName;
using deployment::Mount;
using deployment::Origin;
using deployment::VirtualHost;

template <typename T>
void Override(Setting<T>& setting, const Setting<T>& by) {
  if (by) setting = by;
}

// CFG-50 to CFG-53: what the inner scope sets replaces what the outer one said.
void Override(RequestSettings& settings, const RequestSettings& by) {
  Override(settings.process_group, by.process_group);
  Override(settings.application_group, by.application_group);
  Override(settings.callable_object, by.callable_object);
  Override(settings.pass_authorization, by.pass_authorization);
  Override(settings.chunked_request, by.chunked_request);
}

bool SaysSomething(const DirectorySettings& section) {
  const RequestSettings& request = section.request;
  return section.access_granted || request.process_group || request.application_group ||
         request.callable_object || request.pass_authorization || request.chunked_request;
}

bool IsBelow(std::string_view path, std::string_view directory) {
  if (!path.starts_with(directory)) return false;
  return directory == "/" || path.size() == directory.size() || path[directory.size()] == '/';
}

// "/" is the shallowest; depth counts segments, not letters.
auto Depth(const DirectorySettings* section) {
  return section->path == "/" ? 0 : std::ranges::count(section->path, '/');
}

// The virtual host's mounts and sections with those of the main server behind or before them.
class HostResolver {
 public:
  HostResolver(const HostSettings& main_server, const HostSettings& host)
      : main_server_(main_server), host_(host) {
    Override(request_, main_server.request);
    AddSections(main_server);
    if (!is_main_server()) {
      Override(request_, host.request);
      AddSections(host);
    }
    // CFG-51: shortest path first; of equal ones the server's first, then as written.
    std::ranges::stable_sort(sections_, {}, Depth);
  }

  // One for each address of the section.
  [[nodiscard]] Result<std::vector<VirtualHost>> Resolve() const {
    VirtualHost resolved;
    const Setting<ServerName>& name = EffectiveName(main_server_, host_);
    if (name) {
      resolved.server_name = name->value.name;
      resolved.server_port = name->value.port;
    }
    resolved.aliases = host_.aliases;
    resolved.origin = host_.origin;
    // CFG-50: the host's own mounts are tried first.
    if (const auto added = AddMounts(host_, resolved); !added) return added.error();
    if (!is_main_server()) {
      if (const auto added = AddMounts(main_server_, resolved); !added) return added.error();
    }
    if (is_main_server()) return std::vector{std::move(resolved)};
    std::vector<VirtualHost> virtual_hosts;
    for (const HostAddress& address : host_.addresses) {
      virtual_hosts.push_back(resolved);
      virtual_hosts.back().address = address.address;
      virtual_hosts.back().port = address.port;
    }
    return virtual_hosts;
  }

  // A virtual host without a name bears the main server's.
  static const Setting<ServerName>& EffectiveName(const HostSettings& main_server,
                                                  const HostSettings& host) {
    return host.server_name ? host.server_name : main_server.server_name;
  }

 private:
  [[nodiscard]] bool is_main_server() const { return &main_server_ == &host_; }

  void AddSections(const HostSettings& host) {
    for (const DirectorySettings& section : host.directories) {
      sections_.push_back(&section);
    }
  }

  Result<void> AddMounts(const HostSettings& from, VirtualHost& to) const {
    for (const AliasSettings& alias : from.mounts) {
      Result<Mount> mount = ResolveMount(alias);
      if (!mount) return mount.error();
      to.mounts.push_back(*std::move(mount));
    }
    return {};
  }

  [[nodiscard]] Result<Mount> ResolveMount(const AliasSettings& alias) const {
    Mount mount;
    mount.url = alias.url;
    mount.target = alias.target;
    mount.preload = alias.preload;
    mount.origin = alias.origin;

    RequestSettings request = request_;
    std::string_view target = alias.target.native();
    if (target.size() > 1 && target.ends_with('/')) target.remove_suffix(1);
    for (const DirectorySettings* section : sections_) {
      if (IsBelow(target, section->path)) {
        Override(request, section->request);
        mount.access_granted = section->access_granted.value_or(mount.access_granted);
      } else if (IsBelow(section->path, target) && SaysSomething(*section)) {
        return base::Error{
            base::ErrorKind::InvalidInput,
            fmt::format(
                "settings for a part of {}, which WSGIScriptAlias {} of line {} mounts as a "
                "whole, are not offered yet: mount the part by itself",
                target,
                alias.url,
                alias.origin.line),
            section->where};
      }
    }
    Override(request, alias.request);
    Apply(request, mount);
    return mount;
  }

  static void Apply(const RequestSettings& request, Mount& mount) {
    if (request.process_group) {
      mount.process_group = request.process_group->value;
      mount.process_group_origin = request.process_group->origin;
    }
    if (request.application_group) {
      mount.application_group = request.application_group->value;
      mount.application_group_origin = request.application_group->origin;
    }
    if (request.callable_object) mount.callable_object = request.callable_object->value;
    if (request.pass_authorization) mount.pass_authorization = request.pass_authorization->value;
    if (request.chunked_request) mount.chunked_request = request.chunked_request->value;
  }

  const HostSettings& main_server_;
  const HostSettings& host_;
  RequestSettings request_;
  std::vector<const DirectorySettings*> sections_;
};

// Whether some virtual host answers every connection of the listener.
bool IsCovered(const deployment::Listen& listen, const std::vector<VirtualHost>& virtual_hosts) {
  return std::ranges::any_of(virtual_hosts, [&listen](const VirtualHost& host) {
    const bool fits_address = host.address == "*" || host.address == listen.address;
    return fits_address && (host.port == 0 || host.port == listen.port);
  });
}

// Connections that no virtual host is for are the main server's.
bool NeedsMainServer(const Deployment& deployment) {
  const deployment::Listen anywhere{"*", 0, {}};
  if (IsCovered(anywhere, deployment.virtual_hosts)) return false;
  return deployment.listens.empty() ||
         !std::ranges::all_of(deployment.listens, [&deployment](const deployment::Listen& listen) {
           return IsCovered(listen, deployment.virtual_hosts);
         });
}

Result<void> AddVirtualHosts(const HostSettings& main_server,
                             const HostSettings& host,
                             Deployment& deployment) {
  Result<std::vector<VirtualHost>> resolved = HostResolver(main_server, host).Resolve();
  if (!resolved) return resolved.error();
  std::ranges::move(*resolved, std::back_inserter(deployment.virtual_hosts));
  return {};
}

deployment::ProcessGroup ResolveGroup(const DeclaredGroup& declared, const Settings& settings) {
  deployment::ProcessGroup group = declared.group;
  if (group.user.empty()) group.user = settings.server.user;
  if (group.group.empty()) group.group = settings.server.group;
  if (group.python_home.empty()) group.python_home = settings.server.python_home;
  if (declared.host != Scope::kMainServer) {
    const auto& name = HostResolver::EffectiveName(settings.hosts[Scope::kMainServer],
                                                   settings.hosts[declared.host]);
    group.server_name = name ? name->value.name : std::string();
  }
  return group;
}

}  // namespace

Result<Deployment> Resolve(const Settings& settings) {
  Deployment deployment;
  deployment.listens = settings.listens;
  deployment.server = settings.server;
  deployment.error_log = settings.error_log;
  deployment.socket_prefix = settings.socket_prefix;
  for (const DeclaredGroup& declared : settings.process_groups) {
    deployment.process_groups.push_back(ResolveGroup(declared, settings));
  }
  const HostSettings& main_server = settings.hosts[Scope::kMainServer];
  for (size_t i = 1; i < settings.hosts.size(); ++i) {
    const Result<void> added = AddVirtualHosts(main_server, settings.hosts[i], deployment);
    if (!added) return added.error();
  }
  if (NeedsMainServer(deployment)) {
    const Result<void> added = AddVirtualHosts(main_server, main_server, deployment);
    if (!added) return added.error();
  }
  return deployment;
}

}  // namespace hosts::directives
