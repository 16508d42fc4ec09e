#include "hosts/command/serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>

#include "hosts/base/handled_signals.h"
#include "hosts/base/log.h"
#include "hosts/command/access_logs.h"
#include "hosts/command/connection_settings.h"
#include "hosts/command/descriptors.h"
#include "hosts/command/identities.h"
#include "hosts/command/process_title.h"
#include "hosts/command/routed_service.h"
#include "hosts/command/sockets.h"
#include "hosts/command/ungranted_wishes.h"
#include "hosts/daemon/daemon_process.h"
#include "hosts/daemon/front.h"
#include "hosts/daemon/privileges.h"
#include "hosts/daemon/service_process.h"
#include "hosts/daemon/supervisor.h"
#include "hosts/embedded/embedded_host.h"
#include "hosts/serving/http_connection.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/loop.h"

namespace hosts::command {

namespace {

using base::Log;
using base::LogLevel;

constexpr mode_t kLogMode = 0640;  // what clients and applications say is not everybody's to read
constexpr int kServersStopFirst = 0;
constexpr int kDaemonsStopAfter = 1;
// Enough for one wake-up to bring a process the requests of a busy moment; few enough that it
// matters to nobody where they wait.
constexpr int kQueueInOneProcess = 32;

// A script that returns at once is not to keep the machine busy (DAEMON-9).
constexpr auto kLeastLifeOfAService = std::chrono::milliseconds(1000);

// A group with everything its processes and the fronts share.
struct RunningGroup {
  const deployment::ProcessGroup* group = nullptr;
  daemon::Identity identity;
  std::vector<DaemonSocket> sockets;
  std::string token;
  std::unique_ptr<daemon::BegunBoard> board;

  // With several processes, one that waits in the front is taken by whichever is free first.
  [[nodiscard]] int queue() const { return group->processes == 1 ? kQueueInOneProcess : 0; }
  // Of one front, at most.
  [[nodiscard]] std::size_t links() const {
    return sockets.size() * static_cast<std::size_t>(group->threads + queue());
  }
  [[nodiscard]] daemon::GroupEndpoint Endpoint() const;
};

daemon::GroupEndpoint RunningGroup::Endpoint() const {
  daemon::GroupEndpoint endpoint;
  endpoint.name = group->name;
  for (const auto& socket : sockets)
    endpoint.socket_paths.push_back(socket.path);
  endpoint.threads = group->threads;
  endpoint.queue = queue();
  endpoint.token = token;
  endpoint.board = board.get();
  endpoint.connect_timeout = group->connect_timeout;
  endpoint.answer_timeout = group->socket_timeout;
  endpoint.longest_header = group->header_buffer_size;
  return endpoint;
}

struct RunningServer {
  const deployment::Deployment* deployment = nullptr;
  daemon::Identity identity;
  std::vector<ClientSocket> clients;
  std::vector<RunningGroup> groups;
  AccessLogFiles access_logs;
  int ready_fd = -1;  // the supervisor's

  RunningServer() = default;
  RunningServer(RunningServer&&) = default;
  RunningServer& operator=(RunningServer&&) = delete;
};

// Removes the unix sockets' files when the supervisor (and no child) is done.
class SocketFiles {
 public:
  explicit SocketFiles(const RunningServer& server) : server_(server), owner_(::getpid()) {}
  SocketFiles(const SocketFiles&) = delete;
  SocketFiles& operator=(const SocketFiles&) = delete;
  ~SocketFiles() {
    if (::getpid() != owner_) return;
    for (const auto& group : server_.groups) {
      for (const auto& socket : group.sockets)
        ::unlink(socket.path.c_str());
    }
  }

 private:
  const RunningServer& server_;
  pid_t owner_;
};

std::string RandomToken() {
  std::string token(32, '\0');
  const ssize_t size = ::getrandom(token.data(), token.size(), 0);
  CHECK(size == static_cast<ssize_t>(token.size()), "the system has no random bytes");
  return token;
}

base::Error At(const deployment::Origin& origin, base::Error error) {
  if (origin.line > 0) error.where = base::SourcePosition{origin.file, origin.line};
  return error;
}

base::Result<RunningGroup> Open(const RunningServer& server,
                                const deployment::ProcessGroup& group,
                                std::size_t number) {
  RunningGroup running;
  running.group = &group;
  auto identity = IdentityOf(group);
  if (!identity) return identity.error();
  running.identity = std::move(identity).value();
  auto owner = SocketOwner(group, server.identity);
  if (!owner) return owner.error();
  running.token = RandomToken();
  const auto prefix = SocketPrefix(*server.deployment);
  for (int process = 0; process < group.processes; ++process) {
    auto socket = ListenForFronts({.prefix = prefix,
                                   .group = number,
                                   .process = static_cast<std::size_t>(process),
                                   .owner = *owner,
                                   .settings = group.socket});
    if (!socket) return At(group.origin, socket.error());
    running.sockets.push_back(std::move(socket).value());
  }
  if (group.threads == 0) return running;  // nobody is sent there
  running.board = std::make_unique<daemon::BegunBoard>(
      running.links() * static_cast<std::size_t>(server.deployment->server.processes));
  return running;
}

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

base::Result<RunningServer> Open(const deployment::Deployment& deployment) {
  WarnOfWhatIsNotObeyed(deployment);
  WarnOfUngrantedWishes(deployment);
  RunningServer server;
  server.deployment = &deployment;
  auto identity = daemon::FindIdentity(deployment.server.user, deployment.server.group);
  if (!identity) return identity.error();
  server.identity = std::move(identity).value();
  RemoveStaleSockets(SocketPrefix(deployment));
  auto access_logs = OpenAccessLogs(deployment);
  if (!access_logs) return access_logs.error();
  server.access_logs = std::move(access_logs).value();
  for (const auto& listen : deployment.listens) {
    auto socket = ListenForClients(listen, deployment.listen_backlog);
    if (!socket) return socket.error();
    server.clients.push_back(std::move(socket).value());
  }
  for (std::size_t i = 0; i < deployment.process_groups.size(); ++i) {
    auto group = Open(server, deployment.process_groups[i], i + 1);
    if (!group) return group.error();
    server.groups.push_back(std::move(group).value());
  }
  return server;
}

std::vector<daemon::GroupEndpoint> EndpointsOf(const RunningServer& server, int front) {
  std::vector<daemon::GroupEndpoint> endpoints;
  for (const auto& group : server.groups) {
    if (group.group->threads == 0) continue;  // a service process
    endpoints.push_back(group.Endpoint());
    endpoints.back().first_cell = static_cast<std::uint32_t>(front) * endpoints.back().links();
  }
  return endpoints;
}

// As many as a front may have.
int LinksOf(const RunningServer& server) {
  int links = 0;
  for (const auto& group : server.groups) {
    links += static_cast<int>(group.sockets.size()) * group.group->threads;
  }
  return links;
}

// One of the server's own processes.
int RunServerProcess(RunningServer& server, int number, const std::function<void()>& ready) {
  const deployment::Deployment& deployment = *server.deployment;
  CloseInherited(server.ready_fd);
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
  base::HandledSignals stop({SIGTERM, SIGINT}, [&loop](int) { loop.RequestStop(); });
  std::optional<embedded::EmbeddedHost> host;
  if (has_embedded) {
    auto started = embedded::EmbeddedHost::Start(deployment);
    if (!started) {
      Log(LogLevel::Error, "H0110", "{}", started.error().Text());
      return daemon::kCannotStart;
    }
    host.emplace(std::move(started).value());
    stop.TakeBack();
  }
  daemon::Front front(loop, EndpointsOf(server, number));
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
        serving::Listener::ToKeepFree(LinksOf(server))));
  }
  ready();
  const auto ended = loop.Run(host ? host->answer_functions() : serving::AnswerFunctionFactory());
  if (access_logs) access_logs->Stop();
  if (ended == serving::Loop::Ended::WithoutThreads) ::_exit(daemon::kCannotStart);
  if (ended == serving::Loop::Ended::WithThreadsInside) {
    Log(LogLevel::Warning, "H0107", "Aborting process: an application did not return");
    ::_exit(255);
  }
  return 0;
}

// Whose client may be slow is the front's to judge, by its own host's Timeout: here the longest counts.
std::chrono::milliseconds ChannelTimeout(const deployment::Deployment& deployment,
                                         const deployment::ProcessGroup& group) {
  if (group.socket_timeout.count() > 0) return group.socket_timeout;
  auto longest = deployment::HttpLimits().timeout;
  for (const auto& host : deployment.virtual_hosts)
    longest = std::max(longest, host.http.timeout);
  return longest;
}

int RunGroupProcess(RunningServer& server,
                    std::size_t group_number,
                    std::size_t process,
                    const std::function<void()>& ready) {
  CloseInherited(server.ready_fd);
  DetachStandardInput();
  server.clients.clear();
  server.access_logs.clear();
  for (std::size_t i = 0; i < server.groups.size(); ++i) {
    RunningGroup& other = server.groups[i];
    for (std::size_t j = 0; j < other.sockets.size(); ++j) {
      if (i != group_number || j != process) other.sockets[j].fd.reset();
    }
    if (i != group_number) {  // SEC-10: nothing of other groups stays here
      other.board.reset();
      ::explicit_bzero(other.token.data(), other.token.size());
    }
  }
  const RunningGroup& own = server.groups[group_number];
  if (!own.group->display_name.empty()) SetProcessTitle(own.group->display_name);
  daemon::DaemonProcessPlan plan;
  plan.deployment = server.deployment;
  plan.group = own.group;
  plan.identity = own.identity;
  plan.listening_fd = own.sockets[process].fd.get();
  plan.channel.token = own.token;
  plan.channel.board = own.board.get();
  plan.channel.timeout = ChannelTimeout(*server.deployment, *own.group);
  if (server.identity.uid) plan.channel.peers.push_back(*server.identity.uid);
  return own.group->threads == 0 ? daemon::RunServiceProcess(plan, ready)
                                 : daemon::RunDaemonProcess(plan, ready);
}

// The process ends itself after shutdown-timeout; this is for one that cannot even do that.
std::chrono::milliseconds StopGrace(const deployment::ProcessGroup& group) {
  constexpr auto kToEnd = std::chrono::milliseconds(1500);
  const auto own = group.timers.shutdown_timeout;
  return (own.count() > 0 ? own : deployment::ProcessTimers().shutdown_timeout) + kToEnd;
}

std::vector<daemon::Role> RolesOf(RunningServer& server) {
  std::vector<daemon::Role> roles;
  for (int i = 0; i < server.deployment->server.processes; ++i) {
    roles.push_back(
        {.name = "server", .stop_order = kServersStopFirst, .run = [&server, i](const auto& ready) {
           return RunServerProcess(server, i, ready);
         }});
  }
  for (std::size_t i = 0; i < server.groups.size(); ++i) {
    for (std::size_t j = 0; j < server.groups[i].sockets.size(); ++j) {
      roles.push_back(
          {.name = server.groups[i].group->name,
           .stop_order = kDaemonsStopAfter,
           .run =
               [&server, i, j](const auto& ready) { return RunGroupProcess(server, i, j, ready); },
           .stop_grace = StopGrace(*server.groups[i].group),
           .least_life = server.groups[i].group->threads == 0 ? kLeastLifeOfAService
                                                              : std::chrono::milliseconds(0)});
    }
  }
  return roles;
}

void TellReady(const RunningServer& server, const std::vector<pid_t>& pids, int ready_fd) {
  nlohmann::json line;
  line["listen"] = nlohmann::json::array();
  for (const auto& client : server.clients) {
    line["listen"].push_back({{"address", client.address}, {"port", client.port}});
    Log(LogLevel::Info, "H0102", "Serving on {}:{}", client.address, client.port);
  }
  line["supervisor"] = ::getpid();
  line["server"] = nlohmann::json::array();
  line["daemons"] = nlohmann::json::object();
  std::size_t next = 0;
  for (int i = 0; i < server.deployment->server.processes; ++i) {
    line["server"].push_back(pids[next++]);
  }
  for (const auto& group : server.groups) {
    auto& of_group = line["daemons"][group.group->name] = nlohmann::json::array();
    for (std::size_t i = 0; i < group.sockets.size(); ++i)
      of_group.push_back(pids[next++]);
  }
  if (ready_fd < 0) return;
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

}  // namespace

base::Result<int> Serve(const deployment::Deployment& deployment, int ready_fd) {
  base::SetLogProcess("supervisor");
  KeepHeapSmall();
  CloseInheritedBut(ready_fd);
  base::UniqueFd log;
  if (!deployment.error_log.empty()) {
    log = base::UniqueFd(
        ::open(deployment.error_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kLogMode));
    if (!log.is_open()) {
      return base::SystemError("cannot open the ErrorLog " + deployment.error_log.string());
    }
    base::SetLogDescriptor(log.get());
  }
  auto opened = Open(deployment);
  if (!opened) return opened.error();
  RunningServer& server = *opened;
  server.ready_fd = ready_fd;
  const SocketFiles files(server);
  daemon::Supervisor supervisor(RolesOf(server));
  return supervisor.Run([&](const std::vector<pid_t>& pids) { TellReady(server, pids, ready_fd); });
}

}  // namespace hosts::command
