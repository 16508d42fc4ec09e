#include "hosts/directives/resolve.h"

#include <pwd.h>

#include <algorithm>
#include <cstdlib>

namespace hosts::directives {
namespace {

using deployment::Deployment;
using deployment::GroupName;
using deployment::VirtualHost;

// The virtual host's mounts, settings and sections with those of the main server.
class HostResolver {
 public:
  HostResolver(const Settings& settings, const HostSettings& host)
      : global_logs_(settings.global_logs),
        main_server_(settings.hosts[Scope::kMainServer]),
        host_(host) {}

  // One for each address of the section.
  [[nodiscard]] std::vector<VirtualHost> Resolve() const {
    VirtualHost resolved;
    const Setting<ServerName>& name = EffectiveName(main_server_, host_);
    if (name) {
      resolved.server_name = name->value.name;
      resolved.server_port = name->value.port;
      resolved.server_name_origin = name->origin;
    }
    resolved.aliases = host_.aliases;
    resolved.origin = host_.origin;
    resolved.document_root = host_.document_root ? host_.document_root : main_server_.document_root;
    // CFG-50: the host's own mounts are tried first.
    Add(host_, resolved);
    if (!is_main_server()) Add(main_server_, resolved);
    AddSettings(resolved);
    main_server_.http.LayOver(resolved.http);
    host_.http.LayOver(resolved.http);
    resolved.access_logs = AccessLogs();
    if (is_main_server()) return {std::move(resolved)};
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

  static void Add(const HostSettings& from, VirtualHost& to) {
    std::ranges::copy(from.mounts, std::back_inserter(to.mounts));
    std::ranges::copy(from.file_aliases, std::back_inserter(to.file_aliases));
  }

  [[nodiscard]] std::shared_ptr<const std::vector<deployment::AccessLog>> AccessLogs() const {
    std::vector<deployment::AccessLog> logs;
    const auto& own = host_.access_logs.empty() ? main_server_.access_logs : host_.access_logs;
    for (const auto* from : {&own, &global_logs_}) {
      for (const WrittenLog& written : *from) {
        if (!written.log.file.empty()) logs.push_back(written.log);
      }
    }
    if (logs.empty()) return nullptr;
    return std::make_shared<const std::vector<deployment::AccessLog>>(std::move(logs));
  }

  // The server's first, so that the host's own are laid over them.
  void AddSettings(VirtualHost& to) const {
    to.layers = {main_server_.settings};
    to.sections = main_server_.sections;
    if (!is_main_server()) {
      to.layers.push_back(host_.settings);
      std::ranges::copy(host_.sections, std::back_inserter(to.sections));
    }
    deployment::SortSections(to.sections);
    to.may_have_override_files = std::ranges::any_of(to.sections, [](const auto& section) {
      const auto& allowed = section.settings.allow_override;
      return allowed && allowed->value.any();
    });
  }

  const std::vector<WrittenLog>& global_logs_;
  const HostSettings& main_server_;
  const HostSettings& host_;
};

// ---- whether the server's own processes need Python ----

// %{SERVER} is empty where nobody said a ServerName.
bool MayBeGlobal(const GroupName& name) {
  return name.kind != GroupName::Kind::Literal && name.kind != GroupName::Kind::Resource;
}

// Some scope of the host may leave a request without options to the server's own processes.
bool MayLeaveEmbedded(const VirtualHost& host) {
  const PathSettings* innermost = nullptr;
  for (const PathSettings& layer : host.layers) {
    if (layer.process_group) innermost = &layer;
  }
  const bool is_default_embedded =
      innermost == nullptr || MayBeGlobal(innermost->process_group->value);
  const bool some_section_may = std::ranges::any_of(host.sections, [](const auto& section) {
    const auto& name = section.settings.process_group;
    return name && MayBeGlobal(name->value);
  });
  // A section that covers all of a mount could take every request away from the default.
  return is_default_embedded || some_section_may;
}

bool HasHandlers(const VirtualHost& host) {
  const auto says = [](const PathSettings& settings) {
    return settings.handler.has_value() || !settings.handler_by_extension.empty() ||
           !settings.handler_scripts.empty();
  };
  return std::ranges::any_of(host.layers, says) ||
         std::ranges::any_of(host.sections,
                             [&](const auto& section) { return says(section.settings); }) ||
         host.may_have_override_files;
}

bool HasEmbeddedHandlerScript(const VirtualHost& host) {
  const auto has_one = [](const PathSettings& settings) {
    return std::ranges::any_of(settings.handler_scripts, [](const auto& named) {
      const auto& own = named.second.value.process_group;
      return own && MayBeGlobal(*own);
    });
  };
  return std::ranges::any_of(host.layers, has_one) ||
         std::ranges::any_of(host.sections,
                             [&](const auto& section) { return has_one(section.settings); });
}

// A section that holds for all below what it names: no pattern, no name of a file, no condition.
bool CoversAllBelow(const deployment::Section& section) {
  using Kind = deployment::Condition::Kind;
  const deployment::Condition& condition = section.conditions.front();
  return section.conditions.size() == 1 && !condition.is_glob &&
         (condition.kind == Kind::Directory || condition.kind == Kind::Location);
}

// Every request to the mount is settled by a section around it.
bool IsTakenAway(const deployment::Mount& mount, const VirtualHost& host) {
  if (mount.pattern) return false;
  std::vector<deployment::Section> around;
  for (const deployment::Section& section : host.sections) {
    const auto& group = section.settings.process_group;
    if (group && MayBeGlobal(group->value)) return false;  // it may give some of them back
    if (group && CoversAllBelow(section)) around.push_back(section);
  }
  const auto merged =
      deployment::Merge(host.layers, around, {mount.url, mount.target.native(), false}, nullptr);
  const auto* name = merged.effective.process_group;
  return name != nullptr && !MayBeGlobal(name->value);
}

bool HasDispatchScript(const VirtualHost& host) {
  const auto has_one = [](const PathSettings& settings) {
    return settings.dispatch_script.has_value();
  };
  return std::ranges::any_of(host.layers, has_one) ||
         std::ranges::any_of(host.sections,
                             [&](const auto& section) { return has_one(section.settings); });
}

bool MayRunEmbedded(const deployment::Deployment& deployment) {
  const bool imports = std::ranges::any_of(deployment.preloads, [](const auto& preloaded) {
    return preloaded.process_group.empty() && preloaded.is_import;
  });
  if (imports || std::ranges::any_of(deployment.virtual_hosts, HasDispatchScript)) {
    return true;  // PRELOAD-7, LOAD-22
  }
  if (deployment.restrict_embedded) return false;
  for (const VirtualHost& host : deployment.virtual_hosts) {
    const bool may_leave = MayLeaveEmbedded(host);
    for (const deployment::Mount& mount : host.mounts) {
      const auto& own = mount.options.process_group;
      if (own ? MayBeGlobal(own->value) : may_leave && !IsTakenAway(mount, host)) return true;
    }
    if (HasEmbeddedHandlerScript(host) || (may_leave && HasHandlers(host))) return true;
  }
  return false;
}

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

// What a host does not say is as the server has it.
deployment::ErrorLog ErrorLogOf(const HostSettings& host, deployment::ErrorLog log) {
  if (host.error_log) {
    log.file = host.error_log->value;
    log.origin = host.error_log->origin;
  }
  if (host.log_level) log.level = *host.log_level;
  return log;
}

int NumberOfErrorLog(const HostSettings& host, Deployment& deployment) {
  auto& logs = deployment.error_logs;
  const deployment::ErrorLog its = ErrorLogOf(host, logs.front());
  const auto known = std::ranges::find_if(logs, [&its](const deployment::ErrorLog& log) {
    return log.file == its.file && log.level == its.level;
  });
  const auto number = static_cast<int>(known - logs.begin());
  if (known == logs.end()) logs.push_back(its);
  return number;
}

void AddVirtualHosts(const Settings& settings, const HostSettings& host, Deployment& deployment) {
  const int error_log = NumberOfErrorLog(host, deployment);
  for (VirtualHost& resolved : HostResolver(settings, host).Resolve()) {
    resolved.error_log = error_log;
    deployment.virtual_hosts.push_back(std::move(resolved));
  }
}

// SEC-4: home=; else the home of a user who is not the server's; else as the server has it.
std::filesystem::path WorkingDirectory(const deployment::ProcessGroup& group,
                                       const std::string& server_user) {
  if (!group.home.empty()) return group.home;
  if (!group.chroot.empty()) return "/";  // its own: nobody knows what else is there
  const auto entry_of = [](const std::string& user) {
    return user.starts_with('#')
               ? ::getpwuid(static_cast<uid_t>(std::strtoul(user.c_str() + 1, nullptr, 10)))
               : ::getpwnam(user.c_str());
  };
  const passwd* entry = group.user.empty() ? nullptr : entry_of(group.user);
  if (entry == nullptr) return "/";
  const std::filesystem::path home = entry->pw_dir;
  const uid_t uid = entry->pw_uid;
  const passwd* server = server_user.empty() ? nullptr : entry_of(server_user);
  return server != nullptr && server->pw_uid == uid ? std::filesystem::path("/") : home;
}

deployment::ProcessGroup ResolveGroup(const DeclaredGroup& declared, const Settings& settings) {
  deployment::ProcessGroup group = declared.group;
  if (group.user.empty()) group.user = settings.server.user;
  if (group.group.empty()) group.group = settings.server.group;
  if (group.python_home.empty()) group.python_home = settings.server.python_home;
  group.working_directory = WorkingDirectory(group, settings.server.user);
  if (declared.host != Scope::kMainServer) {
    const auto& name = HostResolver::EffectiveName(settings.hosts[Scope::kMainServer],
                                                   settings.hosts[declared.host]);
    group.server_name = name ? name->value.name : std::string();
  }
  return group;
}

}  // namespace

Deployment Resolve(const Settings& settings) {
  Deployment deployment;
  deployment.listens = settings.listens;
  if (settings.listen_backlog) deployment.listen_backlog = *settings.listen_backlog;
  deployment.server = settings.server;
  deployment.error_logs.front() = ErrorLogOf(settings.hosts[Scope::kMainServer], {});
  deployment.socket_prefix = settings.socket_prefix;
  deployment.override_file_names = settings.override_file_names;
  deployment.preloads = settings.preloads;
  deployment.restrict_embedded = settings.restrict_embedded && settings.restrict_embedded->value;
  deployment.is_case_sensitive = !settings.case_sensitivity || settings.case_sensitivity->value;
  deployment.interpreter_options = settings.interpreter_options;
  deployment.foreign = settings.foreign;
  deployment.not_obeyed = settings.not_obeyed;
  for (const DeclaredGroup& declared : settings.process_groups) {
    deployment.process_groups.push_back(ResolveGroup(declared, settings));
    deployment.process_groups.back().error_log =
        NumberOfErrorLog(settings.hosts[declared.host], deployment);
  }
  const HostSettings& main_server = settings.hosts[Scope::kMainServer];
  for (size_t i = 1; i < settings.hosts.size(); ++i)
    AddVirtualHosts(settings, settings.hosts[i], deployment);
  if (NeedsMainServer(deployment)) AddVirtualHosts(settings, main_server, deployment);
  deployment.may_run_embedded = MayRunEmbedded(deployment);
  return deployment;
}

}  // namespace hosts::directives
