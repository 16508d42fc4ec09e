#pragma once
// RunningServer: a deployment with what its processes share: sockets, logs, identities, tokens. Everything
// that can be refused is refused when it is opened, before a process is started.
//
// Owns:    the deployment, the descriptors, and (in the supervisor only) the files of the unix sockets.
// Threads: the supervisor's only one; a child's, before it has others.
// Fails:   sockets, users, groups and logs that cannot be had: Result with file and line.
// Source:  DAEMON-10, SEC-8, SEC-10.

#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"
#include "hosts/command/access_logs.h"
#include "hosts/command/leave_notice.h"
#include "hosts/command/sockets.h"
#include "hosts/daemon/begun_board.h"
#include "hosts/daemon/group_endpoint.h"
#include "hosts/daemon/privileges.h"
#include "hosts/deployment/deployment.h"

namespace hosts::command {

// A group with everything its processes and the fronts share.
struct RunningGroup {
  const deployment::ProcessGroup* group = nullptr;
  daemon::Identity identity;
  std::vector<DaemonSocket> sockets;
  std::string token;
  std::unique_ptr<daemon::BegunBoard> board;
  pid_t owner = ::getpid();

  RunningGroup() = default;
  RunningGroup(RunningGroup&&) = default;
  RunningGroup& operator=(RunningGroup&&) = delete;
  ~RunningGroup();  // in the supervisor it removes the files of its sockets

  void WipeToken();
  // With several processes, one that waits in the front is taken by whichever is free first.
  [[nodiscard]] int queue() const;
  // Of one front, at most.
  [[nodiscard]] std::size_t links() const {
    return sockets.size() * static_cast<std::size_t>(group->threads + queue());
  }
  [[nodiscard]] daemon::GroupEndpoint Endpoint() const;
};

class RunningServer {
 public:
  // With the sockets of `open` where it listens on the same address. `generation` counts from 0, as the names of
  // sockets do.
  [[nodiscard]] static base::Result<std::unique_ptr<RunningServer>> Open(
      deployment::Deployment deployment,
      std::uint32_t generation,
      const std::vector<const ClientSocket*>& open);
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer();

  // The logs of this process from now on, as long as this is there: the server's ErrorLog, or standard error,
  // and those of virtual hosts for their requests (base/log.h).
  void TakeLogs() const;
  // In a process of a virtual host's group: its own log is this one, and the others are closed (SEC-10). One that
  // is not the server's takes what is written to standard error, too (LOG-5).
  void KeepOnlyLog(int number);
  [[nodiscard]] std::vector<daemon::GroupEndpoint> EndpointsOf(int front) const;
  // As many as a front may have.
  [[nodiscard]] int most_links() const;

  const deployment::Deployment deployment;
  daemon::Identity identity;
  std::vector<ClientSocket> clients;
  std::vector<RunningGroup> groups;
  AccessLogFiles access_logs;
  LeaveNotice leave_notice;

 private:
  explicit RunningServer(deployment::Deployment of);
  [[nodiscard]] base::Result<void> OpenLogs();
  [[nodiscard]] base::Result<void> OpenClients(std::vector<const ClientSocket*> open);
  [[nodiscard]] base::Result<RunningGroup> OpenGroup(std::size_t index,
                                                     std::uint32_t generation) const;

  [[nodiscard]] int DescriptorOf(std::size_t log) const;

  std::vector<base::UniqueFd>
      error_logs_;  // as the deployment numbers them; not open: standard error
  static inline const RunningServer* log_of_ = nullptr;  // whose log the process's is
};

}  // namespace hosts::command
