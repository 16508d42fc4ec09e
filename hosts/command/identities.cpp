#include "hosts/command/identities.h"

#include <fmt/format.h>
#include <unistd.h>

#include "hosts/base/log.h"

namespace hosts::command {

namespace {

using base::Error;
using base::Result;
using daemon::Identity;
using deployment::ProcessGroup;
using deployment::WrittenOption;

Error At(const deployment::Origin& origin, Error error) {
  error.where = base::SourcePosition{origin.file, origin.line};
  return error;
}

Error NeedsSuperuser(const WrittenOption& option) {
  return At(option.origin,
            {base::ErrorKind::Unsupported,
             fmt::format("{}={}: only the superuser can do that: start the server as root, or "
                         "remove the option",
                         option.name,
                         option.value)});
}

// What nobody else can do, among what is written; null: nothing.
const WrittenOption* Impossible(const ProcessGroup& group, const Identity& identity) {
  if (::geteuid() == 0) return nullptr;
  const auto written = [&group](std::string_view name) {
    return deployment::FindOption(group.options, name);
  };
  if (identity.uid && *identity.uid != ::geteuid() && written("user") != nullptr) {
    return written("user");
  }
  if (identity.gid && *identity.gid != ::getegid() && written("group") != nullptr) {
    return written("group");
  }
  if (group.supplementary_groups) return written("supplementary-groups");
  return group.chroot.empty() ? nullptr : written("chroot");
}

}  // namespace

Result<Identity> IdentityOf(const ProcessGroup& group) {
  auto identity = daemon::FindIdentity(group.user, group.group);
  if (!identity) return At(group.origin, identity.error());
  if (group.supplementary_groups) {
    auto groups = daemon::FindGroups(*group.supplementary_groups);
    if (!groups) return At(group.origin, groups.error());
    identity->further_groups = std::move(*groups);
  }
  if (const WrittenOption* option = Impossible(group, *identity)) return NeedsSuperuser(*option);
  if (::geteuid() != 0 && identity->uid && *identity->uid != ::geteuid()) {
    base::Log(base::LogLevel::Warning,
              "H0111",
              "group {} stays with the user that started the server: only root can change to {} "
              "(SEC-1)",
              group.name,
              group.user);
  }
  return identity;
}

Result<std::optional<uid_t>> SocketOwner(const ProcessGroup& group, const Identity& server) {
  if (group.socket.user.empty()) return server.uid;
  auto owner = daemon::FindIdentity(group.socket.user, {});
  if (!owner) return At(group.origin, owner.error());
  const WrittenOption* option = deployment::FindOption(group.options, "socket-user");
  if (option != nullptr && ::geteuid() != 0 && owner->uid != ::geteuid()) {
    return NeedsSuperuser(*option);
  }
  return owner->uid;
}

}  // namespace hosts::command
