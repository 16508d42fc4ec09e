#include "hosts/micro/bare_loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/http1/request_parser.h"

namespace hosts::micro {

using http1::RequestParser;

namespace {
constexpr int kBacklog = 1024;
constexpr std::size_t kBlock = 16 * 1024;
constexpr std::size_t kBatch = 128;
}  // namespace

class BareLoop::Connection {
 public:
  explicit Connection(base::UniqueFd socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const { return socket_.get(); }

  // False: it has ended, or cannot be read any further.
  bool Receive(const MakeAnswer& make_answer) {
    char block[kBlock];
    while (true) {
      const ssize_t count = ::recv(fd(), block, sizeof block, 0);
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      if (count == 0) return false;
      in_.append(block, static_cast<std::size_t>(count));
      if (!AnswerAll(make_answer) || !Send()) return false;
      if (static_cast<std::size_t>(count) < sizeof block) return true;
    }
  }

  bool Send() {
    while (sent_ < out_.size()) {
      const ssize_t count = ::send(fd(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      sent_ += static_cast<std::size_t>(count);
    }
    out_.clear();
    sent_ = 0;
    return true;
  }

 private:
  // Every request that is complete, in order. A head is parsed once all of it is there.
  bool AnswerAll(const MakeAnswer& make_answer) {
    std::string_view rest = in_;
    while (!rest.empty()) {
      RequestParser parser({});
      auto outcome = parser.Parse(rest);
      std::size_t used = outcome.used;
      while (outcome.progress == RequestParser::Progress::HeadComplete ||
             (outcome.progress == RequestParser::Progress::NeedMore && outcome.used > 0 &&
              parser.is_head_complete() && used < rest.size())) {
        outcome = parser.Parse(rest.substr(used));
        used += outcome.used;
      }
      if (outcome.progress == RequestParser::Progress::Refused) return false;
      if (outcome.progress != RequestParser::Progress::Complete) break;
      make_answer(parser.head(), out_);
      rest.remove_prefix(used);
      if (!parser.is_connection_kept()) return Send() && false;
    }
    in_.erase(0, in_.size() - rest.size());
    return true;
  }

  base::UniqueFd socket_;
  std::string in_;
  std::string out_;
  std::size_t sent_ = 0;
};

BareLoop::BareLoop(MakeAnswer make_answer)
    : make_answer_(std::move(make_answer)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = stop_.get();
  CHECK(epoll_.is_open() && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stop_.get(), &event) == 0,
        "the loop got no descriptors");
}

BareLoop::~BareLoop() = default;

base::Result<int> BareLoop::Listen(int port) {
  listening_ = base::UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listening_.is_open()) return base::SystemError("socket");
  const int yes = 1;
  ::setsockopt(listening_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_.get(), generic, size) != 0) {
    return base::SystemError("bind to 127.0.0.1:" + std::to_string(port));
  }
  if (::listen(listening_.get(), kBacklog) != 0) return base::SystemError("listen");
  if (::getsockname(listening_.get(), generic, &size) != 0) return base::SystemError("getsockname");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listening_.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listening_.get(), &event) != 0) {
    return base::SystemError("epoll_ctl");
  }
  return ntohs(address.sin_port);
}

void BareLoop::Accept() {
  while (true) {
    base::UniqueFd socket(
        ::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) return;
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    Add(std::move(socket));
  }
}

void BareLoop::Add(base::UniqueFd socket) {
  const int fd = socket.get();
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.fd = fd;
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0, "epoll refused a descriptor");
  connections_[fd] = std::make_unique<Connection>(std::move(socket));
}

void BareLoop::Run() {
  std::array<epoll_event, kBatch> events{};
  while (true) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(kBatch), -1);
    CHECK(count >= 0 || errno == EINTR, "epoll_wait failed");
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events.at(static_cast<std::size_t>(i));
      if (event.data.fd == stop_.get()) return;
      if (event.data.fd == listening_.get()) {
        Accept();
        continue;
      }
      Connection& connection = *connections_.at(event.data.fd);
      const bool is_alive = ((event.events & EPOLLOUT) == 0 || connection.Send()) &&
                            ((event.events & ~EPOLLOUT) == 0 || connection.Receive(make_answer_));
      if (!is_alive) connections_.erase(event.data.fd);
    }
  }
}

void BareLoop::RequestStop() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_.get(), &one, sizeof one);
}

}  // namespace hosts::micro
