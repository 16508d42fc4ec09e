#pragma once
// Serve: opens the sockets of a deployment, starts its processes and supervises them.
//
// Threads: called on the program's only thread.
// Fails:   sockets, users and groups that cannot be had, before anything is started.

#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"

namespace hosts::command {

// Until SIGTERM or SIGINT; the value is the exit code. When every process serves for the first time,
// one line of JSON goes to `ready_fd` (-1: nowhere):
//   {"listen":[{"address":"127.0.0.1","port":8080}],"supervisor":1,"server":[2],"daemons":{"d":[3]}}
[[nodiscard]] base::Result<int> Serve(const deployment::Deployment& deployment, int ready_fd);

}  // namespace hosts::command
