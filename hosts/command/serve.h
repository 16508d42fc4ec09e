#pragma once
// Serve: opens the sockets of a deployment, starts its processes and supervises them; replaces all of them
// by those of a new reading when it is told to.
//
// Threads: called on the program's only thread.
// Fails:   sockets, users and groups that cannot be had, before anything is started. Of a later reading it
//          is logged, and everything goes on as it is.

#include <functional>
#include <optional>

#include "hosts/base/result.h"
#include "hosts/command/status_address.h"
#include "hosts/deployment/deployment.h"

namespace hosts::command {

// What is to be served from now on, or why that cannot be said.
using ReadDeployment = std::function<base::Result<deployment::Deployment>()>;

struct ServeOptions {
  // When every process serves for the first time, one line of JSON goes there (-1: nowhere):
  //   {"listen":[{"address":"127.0.0.1","port":8080}],"supervisor":1,"server":[2],"daemons":{"d":[3]}}
  // and, where there is a status page, "status":{"address":"127.0.0.1","port":8001}.
  int ready_fd = -1;
  std::optional<StatusAddress> status = std::nullopt;
};

// Until SIGTERM or SIGINT; the value is the exit code. `read_again` is called for each SIGHUP and SIGUSR1.
[[nodiscard]] base::Result<int> Serve(deployment::Deployment deployment,
                                      const ReadDeployment& read_again,
                                      const ServeOptions& options);

}  // namespace hosts::command
