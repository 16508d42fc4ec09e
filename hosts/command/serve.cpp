#include "hosts/command/serve.h"

#include <malloc.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/log.h"
#include "hosts/command/descriptors.h"
#include "hosts/command/running_server.h"
#include "hosts/command/server_process.h"
#include "hosts/command/status_page.h"
#include "hosts/command/status_process.h"
#include "hosts/command/status_record.h"
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

// What the processes of a generation have in common, and which of its roles this one is.
struct Place {
  RunningServer* server = nullptr;
  StatusPage* status = nullptr;  // null: nobody wants to see them
  int ready_fd = -1;
  std::uint32_t generation = 0;
  std::size_t index = 0;
};

void TakeLog(const Place& place) {
  CloseInherited(place.ready_fd);
  place.server->TakeLogs();
}

// What every process but the status page's begins with. The value: where it says how it is; null: nowhere.
status::ProcessPage* TakeOver(const Place& place) {
  TakeLog(place);
  if (place.status == nullptr) return nullptr;
  return &place.status->KeepOwn(place.generation, place.index);
}

daemon::Role ServerRole(const Place& place, int number) {
  daemon::Role role{.name = "server", .stop_order = kServersStopFirst};
  role.run = [place, number](const auto& ready) {
    auto* page = TakeOver(place);
    return RunServerProcess(*place.server, number, page, ready);
  };
  role.leave_signal = SIGUSR1;
  return role;
}

daemon::Role GroupRole(const Place& place, std::size_t group, std::size_t process) {
  const deployment::ProcessGroup& its = *place.server->groups[group].group;
  daemon::Role role{.name = its.name, .stop_order = kDaemonsStopAfter};
  role.run = [place, group, process](const auto& ready) {
    auto* page = TakeOver(place);
    return RunGroupProcess(*place.server, group, process, page, ready);
  };
  role.stop_grace = StopGrace(its);
  if (its.threads == 0) {
    role.least_life = kLeastLifeOfAService;
    role.is_alone = true;
  }
  return role;
}

// It leaves at once when another one has come, which sees both generations.
daemon::Role StatusRole(const Place& place) {
  daemon::Role role{.name = "status", .stop_order = kServersStopFirst};
  role.run = [place](const auto& ready) {
    TakeLog(place);
    return RunStatusProcess(*place.server, *place.status, ready);
  };
  role.leave_signal = SIGUSR1;
  return role;
}

struct Cast {
  std::vector<daemon::Role> roles;
  std::vector<ShownRole> shown;
};

Cast RolesOf(Place place) {
  const deployment::Deployment& deployment = place.server->deployment;
  Cast cast;
  const auto add = [&](daemon::Role role, ShownRole shown) {
    cast.roles.push_back(std::move(role));
    cast.shown.push_back(std::move(shown));
    ++place.index;
  };
  const int threads = deployment.may_run_embedded ? deployment.server.threads : 0;
  for (int i = 0; i < deployment.server.processes; ++i)
    add(ServerRole(place, i), {.role = "server", .group = {}, .threads = threads});
  const auto& groups = place.server->groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const deployment::ProcessGroup& its = *groups[i].group;
    const char* role = its.threads == 0 ? "service" : "daemon";
    for (std::size_t j = 0; j < groups[i].sockets.size(); ++j)
      add(GroupRole(place, i, j), {.role = role, .group = its.name, .threads = its.threads});
  }
  if (place.status != nullptr) add(StatusRole(place), {.role = "status", .group = {}});
  return cast;
}

void TellReady(const RunningServer& server,
               const StatusPage* status,
               const std::vector<pid_t>& pids,
               int ready_fd) {
  nlohmann::json line;
  if (status != nullptr) {
    line["status"] = {{"address", status->socket.address}, {"port", status->socket.port}};
  }
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

std::string Bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
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
  // The page and the record are null, or outlive it.
  Succession(int ready_fd, StatusPage* status, StatusRecord* record)
      : ready_fd_(ready_fd), status_(status), record_(record) {}

  [[nodiscard]] base::Result<daemon::Supervisor::Plan> Next(deployment::Deployment deployment,
                                                            std::uint32_t number) {
    WarnOfWhatIsNotObeyed(deployment);
    WarnOfUngrantedWishes(deployment);
    const auto living = Living();
    std::vector<const ClientSocket*> sockets;
    for (const auto& server : living) {
      for (const auto& client : server->clients)
        sockets.push_back(&client);
    }
    auto opened = RunningServer::Open(std::move(deployment), number - 1, sockets);
    if (!opened) return opened.error();
    const std::shared_ptr<RunningServer> server = std::move(opened).value();
    servers_.push_back(server);
    if (living.empty()) BeginServing(server);
    daemon::Supervisor::Plan plan;
    Cast cast = RolesOf(
        {.server = server.get(), .status = status_, .ready_fd = ready_fd_, .generation = number});
    plan.roles = std::move(cast.roles);
    if (record_ != nullptr) record_->Expect(number, std::move(cast.shown));
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
  void GiveNoticeToThoseBefore(const std::shared_ptr<RunningServer>& server) {
    const auto living = Living();
    for (auto other = std::ranges::find(living, server); other != living.end(); ++other) {
      if (*other != server) (*other)->leave_notice.Give();
    }
  }
  // The lines of what is still starting go to the log of who serves.
  void BeginServing(const std::shared_ptr<RunningServer>& server) {
    server->TakeLogs();
    serving_ = server;
  }
  void TellServing(const std::shared_ptr<RunningServer>& server, const std::vector<pid_t>& pids) {
    const auto before = serving_.lock();
    BeginServing(server);
    if (before != nullptr && before != server) {
      Log(LogLevel::Info, "H0116", "A new generation serves, the one before leaves");
      GiveNoticeToThoseBefore(server);
      before->clients.clear();  // who comes to an address that is no more is refused
    }
    for (const auto& client : server->clients)
      Log(LogLevel::Info, "H0102", "Serving on {}:{}", client.address, client.port);
    if (status_ != nullptr) {
      Log(LogLevel::Info,
          "H0160",
          "The status page is at http://{}:{}/",
          Bracketed(status_->socket.address),
          status_->socket.port);
    }
    if (ready_fd_ >= 0 && !std::exchange(is_told_ready_, true)) {
      TellReady(*server, status_, pids, ready_fd_);
    }
  }

  const int ready_fd_;
  StatusPage* const status_;
  StatusRecord* const record_;
  bool is_told_ready_ = false;
  std::vector<std::weak_ptr<RunningServer>> servers_;  // all that the supervisor keeps
  std::weak_ptr<RunningServer> serving_;               // the last one that came to serve
};

}  // namespace

base::Result<int> Serve(deployment::Deployment deployment,
                        const ReadDeployment& read_again,
                        const ServeOptions& options) {
  const int ready_fd = options.ready_fd;
  base::SetLogProcess("supervisor");
  daemon::Supervisor::HoldSignals();
  KeepHeapSmall();
  CloseInheritedBut(ready_fd);
  RemoveStaleSockets(SocketPrefix(deployment));
  std::unique_ptr<StatusPage> status;
  std::optional<StatusRecord> record;
  if (options.status) {
    auto opened = StatusPage::Open(*options.status);
    if (!opened) return opened.error();
    status = std::move(opened).value();
    record.emplace(status->boards);
  }
  StatusRecord* onlooker = record ? &*record : nullptr;
  Succession succession(ready_fd, status.get(), onlooker);
  auto first = succession.Next(std::move(deployment), 1);
  if (!first) return first.error();
  using Plan = daemon::Supervisor::Plan;
  const auto next = [&](std::uint32_t number) -> base::Result<Plan> {
    try {
      auto deployment_read = read_again();
      if (!deployment_read) return deployment_read.error();
      return succession.Next(std::move(deployment_read).value(), number);
    } catch (const std::exception& error) {  // e.g. of std::filesystem
      return base::Error{base::ErrorKind::System, error.what()};
    }
  };
  daemon::Supervisor supervisor(std::move(first).value(), next, onlooker);
  return supervisor.Run();
}

}  // namespace hosts::command
