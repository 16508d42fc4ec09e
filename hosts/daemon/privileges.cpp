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

std::optional<unsigned> NumberAfterHash(const std::string& name) {
  if (!name.starts_with('#')) return std::nullopt;
  return base::ParseWhole<unsigned>(std::string_view(name).substr(1));
}

}  // namespace

base::Result<Identity> FindIdentity(const std::string& user, const std::string& group) {
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
    const auto number = NumberAfterHash(group);
    const ::group* entry = number ? ::getgrgid(*number) : ::getgrnam(group.c_str());
    if (entry == nullptr && !number) {
      return base::Error{base::ErrorKind::NotFound, fmt::format("there is no group {}", group)};
    }
    identity.gid = number ? *number : entry->gr_gid;
  }
  return identity;
}

base::Result<void> TakeOn(const Standing& standing) {
  const Identity& identity = standing.identity;
  const bool is_root = ::geteuid() == 0;
  const bool changes_user = is_root && identity.uid && *identity.uid != ::geteuid();
  if (is_root && identity.gid && ::setgid(*identity.gid) != 0) {
    return base::SystemError(fmt::format("cannot become group {}", *identity.gid));
  }
  if (changes_user) {
    const gid_t gid = identity.gid.value_or(::getegid());
    const int failed = identity.user_name.empty() ? ::setgroups(1, &gid)
                                                  : ::initgroups(identity.user_name.c_str(), gid);
    if (failed != 0) return base::SystemError("cannot set the supplementary groups");
  }
  if (standing.umask) ::umask(*standing.umask);
  std::filesystem::path directory = standing.directory;
  if (directory.empty() && changes_user) directory = identity.home_directory;
  if (changes_user && ::setuid(*identity.uid) != 0) {
    return base::SystemError(fmt::format("cannot become user {}", *identity.uid));
  }
  if (!directory.empty() && ::chdir(directory.c_str()) != 0) {
    return base::SystemError(fmt::format("cannot enter the directory {}", directory.string()));
  }
  const passwd* entry = ::getpwuid(::geteuid());
  if (entry != nullptr) {
    ::setenv("HOME", entry->pw_dir, 1);
    for (const char* name : {"USER", "USERNAME", "LOGNAME"}) {
      if (std::getenv(name) != nullptr) ::setenv(name, entry->pw_name, 1);
    }
  }
  return {};
}

}  // namespace hosts::daemon
