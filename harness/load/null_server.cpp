#include "harness/load/null_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace harness::load {

using hosts::base::Result;
using hosts::base::SystemError;
using hosts::base::UniqueFd;

namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!";

void Watch(int epoll, int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

Result<std::unique_ptr<NullServer>> NullServer::Start(Waiting waiting, int port) {
  UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.is_open()) return SystemError("socket");
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener.get(), generic, size) != 0) return SystemError("bind to 127.0.0.1");
  if (::listen(listener.get(), SOMAXCONN) != 0) return SystemError("listen");
  if (::getsockname(listener.get(), generic, &size) != 0) return SystemError("getsockname");
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll.is_open() || !stop.is_open()) return SystemError("epoll_create1, eventfd");
  Watch(epoll.get(), listener.get(), EPOLLIN);
  Watch(epoll.get(), stop.get(), EPOLLIN);
  return std::unique_ptr<NullServer>(new NullServer(
      waiting, ntohs(address.sin_port), std::move(listener), std::move(epoll), std::move(stop)));
}

NullServer::NullServer(Waiting waiting, int port, UniqueFd listener, UniqueFd epoll, UniqueFd stop)
    : waiting_(waiting),
      port_(port),
      listener_(std::move(listener)),
      epoll_(std::move(epoll)),
      stop_(std::move(stop)),
      thread_([this] { Serve(); }) {}

NullServer::~NullServer() {
  stopping_ = true;
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void NullServer::Serve() {
  std::set<int> connections;
  std::array<epoll_event, 64> events{};
  const int timeout = waiting_ == Waiting::Spinning ? 0 : -1;
  while (!stopping_) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
    for (int index = 0; index < count; ++index) {
      const int fd = events[static_cast<std::size_t>(index)].data.fd;
      if (fd == listener_.get()) {
        Accept(connections);
      } else if (fd != stop_.get() && !Answer(fd)) {
        connections.erase(fd);
        ::close(fd);
      }
    }
  }
  for (const int fd : connections)
    ::close(fd);
}

void NullServer::Accept(std::set<int>& connections) {
  while (true) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    Watch(epoll_.get(), fd, EPOLLIN | EPOLLET);
    connections.insert(fd);
  }
}

// False when the client has gone.
bool NullServer::Answer(int fd) {
  std::array<char, 16384> bytes;  // not initialized: it is written before it is read
  const ssize_t count = ::recv(fd, bytes.data(), bytes.size(), 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  const std::string_view received(bytes.data(), static_cast<std::size_t>(count));
  // Heads of a generator are small and come whole; of one in two pieces the second is enough.
  if (received.ends_with("\r\n\r\n")) {
    ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
  }
  return count > 0;
}

}  // namespace harness::load
