#pragma once
// Sockets: the listening sockets of one server: TCP for clients, unix sockets for daemon processes.
//
// All are opened by the supervisor before it forks, so that they outlive every process that accepts
// from them; a child closes the ones that are not its own.
//
// Owns:    the descriptors, and (in the supervisor only) the files of the unix sockets.
// Threads: one.
// Fails:   an address in use, a directory that cannot be written: Result with file and line.
// Source:  DAEMON-10, -11, -12, SEC-8.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"
#include "hosts/deployment/deployment.h"

namespace hosts::command {

struct ClientSocket {
  base::UniqueFd fd;
  std::string address;
  int port = 0;
};

[[nodiscard]] base::Result<ClientSocket> ListenForClients(const deployment::Listen& listen,
                                                          int backlog);

struct DaemonSocket {
  base::UniqueFd fd;
  std::filesystem::path path;
};

struct FrontSocketPlan {
  std::filesystem::path prefix;
  std::size_t group = 1;
  std::size_t process = 0;     // of the group
  std::optional<uid_t> owner;  // nullopt: who makes it
  deployment::GroupSocket settings;
};

// PREFIX.PID.0.GROUP.PROCESS.sock with mode 0700, given to the owner if there is one.
[[nodiscard]] base::Result<DaemonSocket> ListenForFronts(const FrontSocketPlan& plan);

// What supervisors that were killed have left there under this prefix.
void RemoveStaleSockets(const std::filesystem::path& prefix);

// WSGISocketPrefix, or a name in the system's runtime directory that this user can write to.
[[nodiscard]] std::filesystem::path SocketPrefix(const deployment::Deployment& deployment);

}  // namespace hosts::command
