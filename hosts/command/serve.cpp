#include "hosts/command/serve.h"

#include <malloc.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/log.h"
#include "hosts/command/descriptors.h"
#include "hosts/command/running_server.h"
#include "hosts/command/server_process.h"
#include "hosts/command/ungranted_wishes.h"
#include "hosts/daemon/generation.h"
#include "hosts/daemon/supervisor.h"

namespace hosts::command {

namespace {

using base::Log;
using base::LogLevel;

constexpr int kServersStopFirst = 0;
constexpr int kDaemonsStopAfter = 1;

// A script that returns at once is not to keep the machine busy (DAEMON-9).
constexpr auto kLeastLifeOfAService = std::chrono::milliseconds(1000);

// What a reader of the configuration would expect, and does not get.
void WarnOfWhatIsNotObeyed(const deployment::Deployment& deployment) {
  for (const auto& option : deployment.not_obeyed) {
    Log(LogLevel::Warning,
        "H0112",
        "{} ({}:{}) is understood and not obeyed yet",
        option.name,
        option.origin.file,
        option.origin.line);
  }
  for (const auto& use : deployment.foreign) {
    if (use.effect.empty()) continue;
    Log(LogLevel::Warning,
        "H0113",
        "{} ({}:{}) is another module's and not obeyed: it {}",
        use.name,
        use.first.file,
        use.first.line,
        use.effect);
  }
}

// The process ends itself after shutdown-timeout; this is for one that cannot even do that.
std::chrono::milliseconds StopGrace(const deployment::ProcessGroup& group) {
  constexpr auto kToEnd = std::chrono::milliseconds(1500);
  const auto own = group.timers.shutdown_timeout;
  return (own.count() > 0 ? own : deployment::ProcessTimers().shutdown_timeout) + kToEnd;
}

// What every process begins with.
void TakeOver(const RunningServer& server, int ready_fd) {
  CloseInherited(ready_fd);
  server.TakeLog();
}

daemon::Role ServerRole(RunningServer& server, int number, int ready_fd) {
  daemon::Role role{.name = "server", .stop_order = kServersStopFirst};
  role.run = [&server, number, ready_fd](const auto& ready) {
    TakeOver(server, ready_fd);
    return RunServerProcess(server, number, ready);
  };
  role.leave_signal = SIGUSR1;
  return role;
}

daemon::Role GroupRole(RunningServer& server,
                       std::size_t group,
                       std::size_t process,
                       int ready_fd) {
  const deployment::ProcessGroup& its = *server.groups[group].group;
  daemon::Role role{.name = its.name, .stop_order = kDaemonsStopAfter};
  role.run = [&server, group, process, ready_fd](const auto& ready) {
    TakeOver(server, ready_fd);
    return RunGroupProcess(server, group, process, ready);
  };
  role.stop_grace = StopGrace(its);
  if (its.threads == 0) {
    role.least_life = kLeastLifeOfAService;
    role.is_alone = true;
  }
  return role;
}

std::vector<daemon::Role> RolesOf(RunningServer& server, int ready_fd) {
  std::vector<daemon::Role> roles;
  for (int i = 0; i < server.deployment.server.processes; ++i)
    roles.push_back(ServerRole(server, i, ready_fd));
  for (std::size_t i = 0; i < server.groups.size(); ++i) {
    for (std::size_t j = 0; j < server.groups[i].sockets.size(); ++j)
      roles.push_back(GroupRole(server, i, j, ready_fd));
  }
  return roles;
}

void TellReady(const RunningServer& server, const std::vector<pid_t>& pids, int ready_fd) {
  nlohmann::json line;
  line["listen"] = nlohmann::json::array();
  for (const auto& client : server.clients) {
    line["listen"].push_back({{"address", client.address}, {"port", client.port}});
  }
  line["supervisor"] = ::getpid();
  line["server"] = nlohmann::json::array();
  line["daemons"] = nlohmann::json::object();
  std::size_t next = 0;
  for (int i = 0; i < server.deployment.server.processes; ++i) {
    line["server"].push_back(pids[next++]);
  }
  for (const auto& group : server.groups) {
    auto& of_group = line["daemons"][group.group->name] = nlohmann::json::array();
    for (std::size_t i = 0; i < group.sockets.size(); ++i)
      of_group.push_back(pids[next++]);
  }
  const std::string text = line.dump() + "\n";
  [[maybe_unused]] const ssize_t written = ::write(ready_fd, text.data(), text.size());
}

// DECISIONS.md, "Two malloc arenas in a process".
void KeepHeapSmall() {
  if (std::getenv("MALLOC_ARENA_MAX") != nullptr || std::getenv("GLIBC_TUNABLES") != nullptr)
    return;
  constexpr int kArenas = 2;
  ::mallopt(M_ARENA_MAX, kArenas);
}

// The servers of one program, one after the other.
class Succession {
 public:
  explicit Succession(int ready_fd) : ready_fd_(ready_fd) {}

  [[nodiscard]] base::Result<daemon::Supervisor::Plan> Next(deployment::Deployment deployment) {
    WarnOfWhatIsNotObeyed(deployment);
    WarnOfUngrantedWishes(deployment);
    const auto living = Living();
    std::vector<const ClientSocket*> sockets;
    for (const auto& server : living) {
      for (const auto& client : server->clients)
        sockets.push_back(&client);
    }
    auto opened = RunningServer::Open(std::move(deployment), ++opened_, sockets);
    if (!opened) return opened.error();
    const std::shared_ptr<RunningServer> server = std::move(opened).value();
    servers_.push_back(server);
    if (living.empty()) BeginServing(server);
    daemon::Supervisor::Plan plan;
    plan.roles = RolesOf(*server, ready_fd_);
    plan.on_serving = [this, server](const auto& pids) { TellServing(server, pids); };
    plan.kept = server;
    return plan;
  }

 private:
  // The newest first.
  [[nodiscard]] std::vector<std::shared_ptr<RunningServer>> Living() {
    std::erase_if(servers_, [](const auto& server) { return server.expired(); });
    std::vector<std::shared_ptr<RunningServer>> living;
    for (auto server = servers_.rbegin(); server != servers_.rend(); ++server)
      living.push_back(server->lock());
    return living;
  }
  // The lines of what is still starting go to the log of who serves.
  void BeginServing(const std::shared_ptr<RunningServer>& server) {
    server->TakeLog();
    serving_ = server;
  }
  void TellServing(const std::shared_ptr<RunningServer>& server, const std::vector<pid_t>& pids) {
    const auto before = serving_.lock();
    BeginServing(server);
    if (before != nullptr && before != server) {
      Log(LogLevel::Info, "H0116", "A new generation serves, the one before leaves");
      before->clients.clear();  // who comes to an address that is no more is refused
    }
    for (const auto& client : server->clients)
      Log(LogLevel::Info, "H0102", "Serving on {}:{}", client.address, client.port);
    if (ready_fd_ >= 0 && !std::exchange(is_told_ready_, true)) TellReady(*server, pids, ready_fd_);
  }

  const int ready_fd_;
  bool is_told_ready_ = false;
  std::uint32_t opened_ = 0;
  std::vector<std::weak_ptr<RunningServer>> servers_;  // all that the supervisor keeps
  std::weak_ptr<RunningServer> serving_;               // the last one that came to serve
};

}  // namespace

base::Result<int> Serve(deployment::Deployment deployment,
                        const ReadDeployment& read_again,
                        int ready_fd) {
  base::SetLogProcess("supervisor");
  daemon::Supervisor::HoldSignals();
  KeepHeapSmall();
  CloseInheritedBut(ready_fd);
  RemoveStaleSockets(SocketPrefix(deployment));
  Succession succession(ready_fd);
  auto first = succession.Next(std::move(deployment));
  if (!first) return first.error();
  using Plan = daemon::Supervisor::Plan;
  daemon::Supervisor supervisor(std::move(first).value(), [&]() -> base::Result<Plan> {
    try {
      auto next = read_again();
      if (!next) return next.error();
      return succession.Next(std::move(next).value());
    } catch (const std::exception& error) {  // e.g. of std::filesystem
      return base::Error{base::ErrorKind::System, error.what()};
    }
  });
  return supervisor.Run();
}

}  // namespace hosts::command
