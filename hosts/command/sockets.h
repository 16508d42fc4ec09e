#pragma once
// Sockets: the listening sockets of one server: TCP for clients, unix sockets for daemon processes.
//
// All are opened by the supervisor before it forks, so that they outlive every process that accepts
// from them; a child closes the ones that are not its own. A server that replaces another one takes over
// its addresses, and who waits there to be accepted.
//
// Owns:    the descriptors, and (in the supervisor only) the files of the unix sockets.
// Threads: one.
// Fails:   an address in use, a directory that cannot be written: Result with file and line.
// Source:  DAEMON-10, -11, -12, SEC-8.

#include <sys/types.h>

#include <cstdint>
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
  int configured_port = 0;  // 0: the system has chosen
};

// On the socket of `open` that was made for the same address and port, which is taken from there, or on
// a new one.
[[nodiscard]] base::Result<ClientSocket> ListenForClients(const deployment::Listen& listen,
                                                          int backlog,
                                                          std::vector<const ClientSocket*>& open);

struct DaemonSocket {
  base::UniqueFd fd;
  std::filesystem::path path;
};

struct FrontSocketPlan {
  std::filesystem::path prefix;
  std::uint32_t generation = 0;
  std::size_t group = 1;
  std::size_t process = 0;     // of the group
  std::optional<uid_t> owner;  // nullopt: who makes it
  deployment::GroupSocket settings;
};

// PREFIX.PID.GENERATION.GROUP.PROCESS.sock with mode 0700, given to the owner if there is one.
[[nodiscard]] base::Result<DaemonSocket> ListenForFronts(const FrontSocketPlan& plan);

// What supervisors that were killed have left there under this prefix.
void RemoveStaleSockets(const std::filesystem::path& prefix);

// WSGISocketPrefix, or a name in the system's runtime directory that this user can write to.
[[nodiscard]] std::filesystem::path SocketPrefix(const deployment::Deployment& deployment);

}  // namespace hosts::command
