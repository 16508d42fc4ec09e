#include "hosts/deployment/groups.h"

#include <fmt/format.h>

#include <algorithm>

#include "hosts/base/check.h"
#include "hosts/base/letters.h"

namespace hosts::deployment {
namespace {

// The configured port, where a name must say it (EXP-6).
std::string PortSuffix(const VirtualHost& virtual_host) {
  const int port = virtual_host.server_port;
  return port == 0 || port == 80 || port == 443 ? std::string() : fmt::format(":{}", port);
}

}  // namespace

std::string ExpandGroupName(const GroupName& name,
                            const VirtualHost& virtual_host,
                            std::string_view script_name,
                            std::string_view host,
                            const LookupVariable& variable) {
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
      return base::Lowered(host) + PortSuffix(virtual_host);
    }
    case GroupName::Kind::Environment: {
      const auto value = variable ? variable(name.literal) : std::nullopt;
      if (!value) return AsWritten(name);  // EXP-8: then the text itself is the name
      const GroupName named = ParseGroupName(*value);
      if (named.kind == GroupName::Kind::Environment) return *value;  // not followed further
      return ExpandGroupName(named, virtual_host, script_name, host, variable);
    }
  }
  CHECK(false, "a group name has one of six kinds");
}

const ProcessGroup* FindProcessGroup(const Deployment& deployment, std::string_view name) {
  const auto found = std::ranges::find(deployment.process_groups, name, &ProcessGroup::name);
  return found == deployment.process_groups.end() ? nullptr : &*found;
}

std::optional<std::string_view> BelowRoot(std::string_view path, std::string_view root) {
  while (root.ends_with('/'))
    root.remove_suffix(1);
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  const bool is_below = path.empty() || path.starts_with('/') || root.empty();
  return is_below ? std::optional(path) : std::nullopt;
}

bool MayUse(const VirtualHost& virtual_host, const ProcessGroup& group) {
  return !group.server_name || *group.server_name == virtual_host.server_name;
}

std::chrono::seconds ClientTimeout(const ProcessGroup& group) {
  return group.client_timeout.count() > 0 ? group.client_timeout : group.socket_timeout;
}

}  // namespace hosts::deployment
