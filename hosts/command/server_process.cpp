#include "hosts/command/server_process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "hosts/base/log.h"
#include "hosts/command/connection_settings.h"
#include "hosts/command/descriptors.h"
#include "hosts/command/leave_notice.h"
#include "hosts/command/loop_signals.h"
#include "hosts/command/process_title.h"
#include "hosts/command/routed_service.h"
#include "hosts/daemon/daemon_process.h"
#include "hosts/daemon/front.h"
#include "hosts/daemon/generation.h"
#include "hosts/daemon/service_process.h"
#include "hosts/embedded/embedded_host.h"
#include "hosts/serving/http_connection.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/loop.h"

namespace hosts::command {

using base::Log;
using base::LogLevel;

namespace {

// Whose client may be slow is the front's to judge, by its own host's Timeout: here the longest counts.
std::chrono::milliseconds ChannelTimeout(const deployment::Deployment& deployment,
                                         const deployment::ProcessGroup& group) {
  if (group.socket_timeout.count() > 0) return group.socket_timeout;
  auto longest = deployment::HttpLimits().timeout;
  for (const auto& host : deployment.virtual_hosts)
    longest = std::max(longest, host.http.timeout);
  return longest;
}

std::vector<daemon::GroupEndpoint> EndpointsOf(const RunningServer& server,
                                               int front,
                                               status::ProcessPage* page) {
  auto endpoints = server.EndpointsOf(front);
  for (auto& endpoint : endpoints) {
    if (page != nullptr) endpoint.forwarded = &page->forwarded();
  }
  return endpoints;
}

}  // namespace

int RunServerProcess(RunningServer& server,
                     int number,
                     status::ProcessPage* page,
                     const std::function<void()>& ready) {
  const deployment::Deployment& deployment = server.deployment;
  for (auto& group : server.groups) {
    for (auto& socket : group.sockets)
      socket.fd.reset();
  }
  if (auto taken = daemon::TakeOn({server.identity, std::nullopt, {}, "/"}); !taken) {
    Log(LogLevel::Error, "H0110", "{}", taken.error().Text());
    return daemon::kCannotStart;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // forgotten when the user changed
  std::optional<AccessLogs> access_logs;
  if (!server.access_logs.empty()) access_logs.emplace(deployment, server.access_logs);
  const bool has_embedded = deployment.may_run_embedded;
  serving::Loop loop({.threads = has_embedded ? deployment.server.threads : 0,
                      .shares_listeners = deployment.server.processes > 1});
  LoopSignals signals(loop);
  std::optional<embedded::EmbeddedHost> host;
  if (has_embedded) {
    auto started = embedded::EmbeddedHost::Start(deployment, page);
    if (!started) {
      Log(LogLevel::Error, "H0110", "{}", started.error().Text());
      return daemon::kCannotStart;
    }
    host.emplace(std::move(started).value());
    loop.OnHeldUp([&host] { host->NoteHeldUp(); });
    signals.TakeBack();
  }
  const LeaveOnNotice leave_on_notice(loop, server.leave_notice);
  daemon::Front front(loop, EndpointsOf(server, number, page));
  RoutedService service(deployment, front, loop);
  const ConnectionSettings settings(deployment, access_logs ? &*access_logs : nullptr);
  std::vector<std::unique_ptr<serving::Listener>> listeners;
  for (auto& client : server.clients) {
    listeners.push_back(std::make_unique<serving::Listener>(
        loop,
        client.fd.get(),
        [&loop, &service, &settings](base::UniqueFd socket) {
          const serving::HttpSettings& its = settings.For(serving::LocalAddress(socket.get()));
          return std::make_unique<serving::HttpConnection>(loop, service, its, std::move(socket));
        },
        serving::Listener::ToKeepFree(server.most_links())));
  }
  // Nobody shall wait at an address that is listened on no more.
  loop.OnEnd([&server] { server.clients.clear(); });
  const auto ended =
      loop.Run(host ? host->answer_functions() : serving::AnswerFunctionFactory(), ready);
  if (access_logs) access_logs->Stop();
  if (ended == serving::Loop::Ended::WithoutThreads) ::_exit(daemon::kCannotStart);
  if (ended == serving::Loop::Ended::WithThreadsInside) {
    Log(LogLevel::Warning, "H0107", "Aborting process: an application did not return");
    ::_exit(255);
  }
  return 0;
}

int RunGroupProcess(RunningServer& server,
                    std::size_t group,
                    std::size_t process,
                    status::ProcessPage* page,
                    const std::function<void()>& ready) {
  DetachStandardInput();
  server.leave_notice.Close();
  server.clients.clear();
  server.access_logs.clear();
  const RunningGroup& own = server.groups[group];
  if (own.group->server_name) server.KeepOnlyLog(own.group->error_log);
  for (std::size_t i = 0; i < server.groups.size(); ++i) {
    RunningGroup& other = server.groups[i];
    for (std::size_t j = 0; j < other.sockets.size(); ++j) {
      if (i != group || j != process) other.sockets[j].fd.reset();
    }
    if (i != group) {
      other.board.reset();
      other.WipeToken();
    }
  }
  if (!own.group->display_name.empty()) SetProcessTitle(own.group->display_name);
  daemon::DaemonProcessPlan plan;
  plan.deployment = &server.deployment;
  plan.group = own.group;
  plan.page = page;
  plan.identity = own.identity;
  plan.listening_fd = own.sockets[process].fd.get();
  plan.channel.token = own.token;
  plan.channel.board = own.board.get();
  plan.channel.timeout = ChannelTimeout(server.deployment, *own.group);
  if (server.identity.uid) plan.channel.peers.push_back(*server.identity.uid);
  return own.group->threads == 0 ? daemon::RunServiceProcess(plan, ready)
                                 : daemon::RunDaemonProcess(plan, ready);
}

}  // namespace hosts::command
