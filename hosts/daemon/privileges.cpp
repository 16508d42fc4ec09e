#include "hosts/daemon/privileges.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "hosts/base/numbers.h"

namespace hosts::daemon {

namespace {

using base::Result;

std::optional<unsigned> NumberAfterHash(const std::string& name) {
  if (!name.starts_with('#')) return std::nullopt;
  return base::ParseWhole<unsigned>(std::string_view(name).substr(1));
}

Result<gid_t> FindGroup(const std::string& name) {
  if (const auto number = NumberAfterHash(name)) return *number;
  const ::group* entry = ::getgrnam(name.c_str());
  if (entry != nullptr) return entry->gr_gid;
  return base::Error{base::ErrorKind::NotFound, fmt::format("there is no group {}", name)};
}

// An account of this machine; both are empty when the number has none.
struct Account {
  std::string name;
  std::string home;
};

Account AccountOf(uid_t uid) {
  const passwd* entry = ::getpwuid(uid);
  return entry == nullptr ? Account() : Account{entry->pw_name, entry->pw_dir};
}

// SEC-3: the group itself, and the further ones; without such, those of the user.
std::vector<gid_t> GroupsOf(const Identity& identity, const Account& account) {
  constexpr int kMost = 65536;  // NGROUPS_MAX
  const gid_t own = identity.gid.value_or(::getegid());
  std::vector<gid_t> groups{own};
  if (identity.further_groups) {
    groups.insert(groups.end(), identity.further_groups->begin(), identity.further_groups->end());
  } else if (!account.name.empty()) {
    int count = kMost;
    groups.resize(static_cast<std::size_t>(count));
    ::getgrouplist(account.name.c_str(), own, groups.data(), &count);
    groups.resize(static_cast<std::size_t>(count));
  }
  return groups;
}

Result<void> EnterRoot(const std::filesystem::path& root) {
  if (root.empty()) return {};
  if (::chdir(root.c_str()) == 0 && ::chroot(".") == 0) return {};
  return base::SystemError(fmt::format("cannot make {} the root directory", root.string()));
}

Result<void> JoinGroups(const Identity& identity, const std::vector<gid_t>& groups) {
  if (identity.gid && ::setgid(*identity.gid) != 0) {
    return base::SystemError(fmt::format("cannot become group {}", *identity.gid));
  }
  if (::setgroups(groups.size(), groups.data()) != 0) {
    return base::SystemError("cannot set the supplementary groups");
  }
  return {};
}

void TellEnvironment(const Account& account) {
  if (account.name.empty()) return;
  ::setenv("HOME", account.home.c_str(), 1);
  for (const char* name : {"USER", "USERNAME", "LOGNAME"}) {
    if (std::getenv(name) != nullptr) ::setenv(name, account.name.c_str(), 1);
  }
}

}  // namespace

Result<Identity> FindIdentity(const std::string& user, const std::string& group) {
  Identity identity;
  if (!user.empty()) {
    const auto number = NumberAfterHash(user);
    const passwd* entry = number ? ::getpwuid(*number) : ::getpwnam(user.c_str());
    if (entry == nullptr && !number) {
      return base::Error{base::ErrorKind::NotFound, fmt::format("there is no user {}", user)};
    }
    identity.uid = number ? *number : entry->pw_uid;
    if (entry != nullptr) {
      identity.user_name = entry->pw_name;
      identity.home_directory = entry->pw_dir;
    }
  }
  if (!group.empty()) {
    const auto found = FindGroup(group);
    if (!found) return found.error();
    identity.gid = *found;
  }
  return identity;
}

Result<std::vector<gid_t>> FindGroups(const std::vector<std::string>& names) {
  std::vector<gid_t> groups;
  for (const std::string& name : names) {
    const auto found = FindGroup(name);
    if (!found) return found.error();
    groups.push_back(*found);
  }
  return groups;
}

Result<void> TakeOn(const Standing& standing) {
  const Identity& identity = standing.identity;
  const bool is_root = ::geteuid() == 0;
  const bool changes_user = is_root && identity.uid && *identity.uid != ::geteuid();
  const bool changes_groups = is_root && (changes_user || identity.gid || identity.further_groups);
  // Who is who must be asked first: in another root there are other accounts, or none.
  const Account account = AccountOf(changes_user ? *identity.uid : ::geteuid());
  const auto groups = changes_groups ? GroupsOf(identity, account) : std::vector<gid_t>();
  if (auto entered = EnterRoot(standing.root); !entered) return entered;
  if (changes_groups) {
    if (auto joined = JoinGroups(identity, groups); !joined) return joined;
  }
  if (standing.umask) ::umask(*standing.umask);
  if (changes_user && ::setuid(*identity.uid) != 0) {
    return base::SystemError(fmt::format("cannot become user {}", *identity.uid));
  }
  std::filesystem::path directory = standing.directory;
  if (directory.empty() && standing.root.empty() && changes_user) {
    directory = identity.home_directory;
  }
  if (!directory.empty() && ::chdir(directory.c_str()) != 0) {
    return base::SystemError(fmt::format("cannot enter the directory {}", directory.string()));
  }
  TellEnvironment(account);
  return {};
}

}  // namespace hosts::daemon
