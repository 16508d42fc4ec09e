#include "harness/fake_host/fake_server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace harness::fake_host {

using hosts::base::Result;
using hosts::base::SystemError;
using hosts::base::UniqueFd;

namespace {

double SecondsSinceEpoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

Result<FakeServer> FakeServer::Listen(Faults faults, Imitated imitated) {
  UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (!listener.is_open() || ::bind(listener.get(), generic, size) != 0 ||
      ::listen(listener.get(), 128) != 0 || ::getsockname(listener.get(), generic, &size) != 0) {
    return SystemError("fake_host: listen");
  }
  return FakeServer(std::move(listener), ntohs(address.sin_port), faults, std::move(imitated));
}

FakeServer::FakeServer(UniqueFd listener, int port, Faults faults, Imitated imitated)
    : listener_(std::move(listener)), port_(port), faults_(faults), imitated_(std::move(imitated)) {
  instants_.started_at = SecondsSinceEpoch();
}

void FakeServer::MarkReady() {
  instants_.ready_at = SecondsSinceEpoch();
}

void FakeServer::Run(int stop_fd) {
  while (true) {
    std::vector<pollfd> entries{{stop_fd, POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const auto& [fd, connection] : connections_)
      entries.push_back({fd, POLLIN, 0});
    if (::poll(entries.data(), entries.size(), -1) < 0) continue;
    if (entries[0].revents != 0 && !faults_.ignore_stop) return;
    for (size_t index = 2; index < entries.size(); ++index) {
      const auto found = connections_.find(entries[index].fd);
      if (entries[index].revents != 0 && !Serve(found->second)) connections_.erase(found);
    }
    if (entries[1].revents != 0) Accept();
  }
}

void FakeServer::Accept() {
  UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!fd.is_open()) return;
  const int number = fd.get();
  connections_[number] = Connection{std::move(fd), {}};
}

// Whether the connection goes on. Requests without a body only: it is a fake.
bool FakeServer::Serve(Connection& connection) {
  std::array<char, 16384> block{};
  const ssize_t count = ::read(connection.fd.get(), block.data(), block.size());
  if (count <= 0) return false;
  connection.received.append(block.data(), static_cast<size_t>(count));
  while (true) {
    const size_t end = connection.received.find("\r\n\r\n");
    if (end == std::string::npos) return true;
    const std::string head = connection.received.substr(0, end);
    connection.received.erase(0, end + 4);
    if (!Answer(connection.fd.get(), head)) return false;
  }
}

// The load generator's token, given back as the cell script does it; or that of the request before.
std::string FakeServer::TokenField(std::string_view head) {
  constexpr std::string_view kName = "\r\nX-Wsgilab-Canary: ";
  const size_t at = head.find(kName);
  if (at == std::string_view::npos) return {};
  const size_t begin = at + kName.size();
  const std::string own(head.substr(begin, head.find("\r\n", begin) - begin));
  const std::string before = std::exchange(last_token_, own);
  const bool is_swapped =
      faults_.swap_token_every != 0 && !before.empty() && requests_ % faults_.swap_token_every == 0;
  return fmt::format("X-Wsgilab-Canary: {}\r\n", is_swapped ? before : own);
}

bool FakeServer::Answer(int fd, std::string_view head) {
  const size_t space = head.find(' ');
  const std::string_view target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
  std::string fields;
  if (head.find("\r\nX-Wsgilab-Worker:") != std::string_view::npos) {
    fields = fmt::format("X-Wsgilab-Worker: {} {}\r\n", ::getpid(), ++asked_);
  }
  ++requests_;
  if (instants_.first_request_at == 0) instants_.first_request_at = SecondsSinceEpoch();
  if (faults_.die_after != 0 && requests_ >= faults_.die_after) ::raise(SIGKILL);
  if (faults_.leak_kib > 0) leaked_.emplace_back(static_cast<size_t>(faults_.leak_kib) * 1024, 'x');
  if (faults_.hang) return true;
  if (faults_.rubbish) {
    constexpr std::string_view kRubbish = "\x16\x03\x01\r\nnothing of the kind\r\n\r\n";
    return ::send(fd, kRubbish.data(), kRubbish.size(), MSG_NOSIGNAL) > 0;
  }
  if (faults_.drop_every != 0 && requests_ % faults_.drop_every == 0) return false;
  if (faults_.stall_every != 0 && requests_ % faults_.stall_every == 0) ::poll(nullptr, 0, 50);
  std::string answer =
      target.ends_with("/.wsgilab/placement")
          ? HttpAnswer("application/json", PlacementJson(imitated_, instants_, faults_))
      : target.find("/.wsgilab/at-once") != std::string_view::npos
          ? HttpAnswer("application/json", AtOnceJson(imitated_, faults_))
      : target.ends_with("/.wsgilab/modules")
          ? HttpAnswer("application/json", ModulesJson())
          : HttpAnswer("text/plain; charset=utf-8",
                       faults_.wrong_body ? "Hello from someone!\n" : "Hello from wsgilab.\n",
                       fields);
  answer.insert(answer.find("\r\n") + 2, TokenField(head));
  return ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(answer.size());
}

}  // namespace harness::fake_host
