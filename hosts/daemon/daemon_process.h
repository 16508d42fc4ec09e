#pragma once
// DaemonProcess: what one process of a group does: takes on its identity, starts Python, preloads,
// serves the front's requests until it is told to stop.
//
// Threads: RunDaemonProcess() on the process's only thread, just after fork().
// Fails:   with the exit code kCannotStart when identity, directory, Python or a thread cannot be had.

#include <functional>
#include <string>

#include "hosts/daemon/channel_connection.h"
#include "hosts/daemon/privileges.h"
#include "hosts/deployment/deployment.h"
#include "hosts/status/process_page.h"

namespace hosts::daemon {

struct DaemonProcessPlan {
  const deployment::Deployment* deployment = nullptr;
  const deployment::ProcessGroup* group = nullptr;
  Identity identity;
  int listening_fd = -1;
  ChannelSettings channel;
  status::ProcessPage* page = nullptr;  // null: nobody wants to see it
};

[[nodiscard]] int RunDaemonProcess(const DaemonProcessPlan& plan,
                                   const std::function<void()>& ready);

}  // namespace hosts::daemon
