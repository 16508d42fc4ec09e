#include "hosts/command/running_server.h"

#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/command/identities.h"
#include "hosts/deployment/groups.h"

namespace hosts::command {

namespace {

constexpr mode_t kLogMode = 0640;  // what clients and applications say is not everybody's to read
// Enough for one wake-up to bring a process the requests of a busy moment; few enough that it
// matters to nobody where they wait.
constexpr int kQueueInOneProcess = 32;

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

}  // namespace

// ---- a group ----

RunningGroup::~RunningGroup() {
  WipeToken();
  if (::getpid() != owner) return;
  for (const auto& socket : sockets)
    ::unlink(socket.path.c_str());
}

void RunningGroup::WipeToken() {
  ::explicit_bzero(token.data(), token.size());
}

int RunningGroup::queue() const {
  return group->processes == 1 ? kQueueInOneProcess : 0;
}

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
  endpoint.client_timeout = deployment::ClientTimeout(*group);
  endpoint.flush_delay = group->flush_delay;
  endpoint.longest_header = group->header_buffer_size;
  return endpoint;
}

// ---- the server ----

RunningServer::RunningServer(deployment::Deployment of) : deployment(std::move(of)) {}

RunningServer::~RunningServer() {
  if (log_of_ != this) return;
  log_of_ = nullptr;
  base::SetFurtherLogs({});
  base::SetLogDescriptor(STDERR_FILENO);
}

base::Result<std::unique_ptr<RunningServer>> RunningServer::Open(
    deployment::Deployment deployment,
    std::uint32_t generation,
    const std::vector<const ClientSocket*>& open) {
  std::unique_ptr<RunningServer> server(new RunningServer(std::move(deployment)));
  auto identity =
      daemon::FindIdentity(server->deployment.server.user, server->deployment.server.group);
  if (!identity) return identity.error();
  server->identity = std::move(identity).value();
  if (auto opened = server->OpenLogs(); !opened) return opened.error();
  if (auto opened = server->OpenClients(open); !opened) return opened.error();
  for (std::size_t i = 0; i < server->deployment.process_groups.size(); ++i) {
    auto group = server->OpenGroup(i, generation);
    if (!group) return group.error();
    server->groups.push_back(std::move(group).value());
  }
  return server;
}

base::Result<void> RunningServer::OpenLogs() {
  // A pipe that nobody reads is an error, and none to wait for.
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC;
  for (const deployment::ErrorLog& log : deployment.error_logs) {
    base::UniqueFd& opened = error_logs_.emplace_back();
    if (log.file.empty()) continue;
    opened = base::UniqueFd(::open(log.file.c_str(), kFlags, kLogMode));
    if (!opened.is_open()) {
      return At(log.origin, base::SystemError("cannot open the ErrorLog " + log.file.string()));
    }
  }
  auto opened = OpenAccessLogs(deployment);
  if (!opened) return opened.error();
  access_logs = std::move(opened).value();
  return {};
}

int RunningServer::DescriptorOf(std::size_t log) const {
  return error_logs_[log].is_open() ? error_logs_[log].get() : STDERR_FILENO;
}

void RunningServer::TakeLogs() const {
  log_of_ = this;
  base::SetLogDescriptor(DescriptorOf(0));
  base::SetLogLevel(deployment.error_logs.front().level);
  std::vector<base::FurtherLog> further;
  for (std::size_t i = 1; i < error_logs_.size(); ++i)
    further.push_back({DescriptorOf(i), deployment.error_logs[i].level});
  base::SetFurtherLogs(further);
}

void RunningServer::KeepOnlyLog(int number) {
  const auto kept = static_cast<std::size_t>(number);
  base::SetFurtherLogs({});
  base::SetLogDescriptor(DescriptorOf(kept));
  base::SetLogLevel(deployment.error_logs[kept].level);
  for (std::size_t i = 0; i < error_logs_.size(); ++i) {
    if (i != kept) error_logs_[i].reset();
  }
  if (kept != 0 && error_logs_[kept].is_open()) ::dup2(error_logs_[kept].get(), STDERR_FILENO);
}

base::Result<void> RunningServer::OpenClients(std::vector<const ClientSocket*> open) {
  for (const auto& listen : deployment.listens) {
    auto socket = ListenForClients(listen, deployment.listen_backlog, open);
    if (!socket) return socket.error();
    clients.push_back(std::move(socket).value());
  }
  return {};
}

base::Result<RunningGroup> RunningServer::OpenGroup(std::size_t index,
                                                    std::uint32_t generation) const {
  const deployment::ProcessGroup& group = deployment.process_groups[index];
  RunningGroup running;
  running.group = &group;
  auto of_group = IdentityOf(group);
  if (!of_group) return of_group.error();
  running.identity = std::move(of_group).value();
  auto owner = SocketOwner(group, identity);
  if (!owner) return owner.error();
  running.token = RandomToken();
  const auto prefix = SocketPrefix(deployment);
  for (int process = 0; process < group.processes; ++process) {
    auto socket = ListenForFronts({.prefix = prefix,
                                   .generation = generation,
                                   .group = index + 1,
                                   .process = static_cast<std::size_t>(process),
                                   .owner = *owner,
                                   .settings = group.socket});
    if (!socket) return At(group.origin, socket.error());
    running.sockets.push_back(std::move(socket).value());
  }
  if (group.threads == 0) return running;  // nobody is sent there
  running.board = std::make_unique<daemon::BegunBoard>(
      running.links() * static_cast<std::size_t>(deployment.server.processes));
  return running;
}

std::vector<daemon::GroupEndpoint> RunningServer::EndpointsOf(int front) const {
  std::vector<daemon::GroupEndpoint> endpoints;
  for (const auto& group : groups) {
    if (group.group->threads == 0) continue;  // a service process
    endpoints.push_back(group.Endpoint());
    endpoints.back().first_cell = static_cast<std::uint32_t>(front) * endpoints.back().links();
  }
  return endpoints;
}

int RunningServer::most_links() const {
  int links = 0;
  for (const auto& group : groups)
    links += static_cast<int>(group.sockets.size()) * group.group->threads;
  return links;
}

}  // namespace hosts::command
