#pragma once
// Privileges: the identity that a child process takes on before Python starts.
//
// Threads: one, in a process just forked.
// Fails:   a name that does not exist, or an identity that cannot be taken: the process must end.
// Source:  SEC-1 to SEC-6, DAEMON-5.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hosts/base/result.h"

namespace hosts::daemon {

struct Identity {
  std::optional<uid_t> uid;  // nullopt: stays what it is
  std::optional<gid_t> gid;
  std::optional<std::vector<gid_t>> further_groups;  // nullopt: the user's own (SEC-3)
  std::string user_name;                             // of uid, if it has one
  std::filesystem::path home_directory;
};

// Names or "#id"; empty is no change. The group without a name is the server's (SEC-2).
[[nodiscard]] base::Result<Identity> FindIdentity(const std::string& user,
                                                  const std::string& group);
[[nodiscard]] base::Result<std::vector<gid_t>> FindGroups(const std::vector<std::string>& names);

struct Standing {
  Identity identity;
  std::optional<mode_t> umask;
  std::filesystem::path root;       // empty: the system's
  std::filesystem::path directory;  // inside the root; empty: see SEC-4
};

// Root, groups, umask, user, directory, in this order; sets HOME, and USER and LOGNAME where they are
// set already (INTERP-7). Acts on user and groups only when started as root (SEC-1). Inside a root
// directory of its own a process never stands outside: without a directory it is the root.
[[nodiscard]] base::Result<void> TakeOn(const Standing& standing);

}  // namespace hosts::daemon
