#include "harness/load/testing/known_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <map>
#include <queue>
#include <string_view>
#include <vector>

#include "harness/load/arrival.h"
#include "harness/load/own_cost.h"
#include "hosts/base/check.h"
#include "hosts/base/deadline.h"

namespace harness::load {

using hosts::base::Clock;
using hosts::base::UniqueFd;

namespace {

struct Due {
  Clock::time_point at;
  int fd;
  std::int64_t number;
  Clock::time_point came;
  std::string request;
  bool operator>(const Due& other) const { return at > other.at; }
};

}  // namespace

KnownServer::KnownServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  CHECK(::bind(listener_.get(), generic, size) == 0, "the loopback address can be bound");
  CHECK(::listen(listener_.get(), 256) == 0, "a bound socket can listen");
  CHECK(::getsockname(listener_.get(), generic, &size) == 0, "a socket has a name");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

KnownServer::~KnownServer() {
  Stop();
}

void KnownServer::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void KnownServer::MayStall(Clock::time_point start) const {
  if (behaviour_.stall_every.count() == 0) return;
  const std::chrono::nanoseconds since = Clock::now() - start;
  // At the end of each period, so that the first answers come.
  const auto until = (since / behaviour_.stall_every + 1) * behaviour_.stall_every;
  if (until - since > behaviour_.stall_lasts) return;
  std::this_thread::sleep_until(start + until);
}

void KnownServer::Serve() {
  BePunctual();
  std::map<int, UniqueFd> connections;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue;
  const auto start = Clock::now();
  while (!stopping_) {
    MayStall(start);
    std::vector<pollfd> entries{{listener_.get(), POLLIN, 0}};
    for (const auto& [fd, owned] : connections)
      entries.push_back({fd, POLLIN, 0});
    // The last 200 us before an answer is due are spun, so that it leaves when it should.
    auto wait = std::chrono::nanoseconds(std::chrono::milliseconds(5));
    if (!queue.empty()) {
      wait = std::min(wait, queue.top().at - Clock::now() - std::chrono::microseconds(200));
    }
    wait = std::max(wait, std::chrono::nanoseconds(0));
    const timespec timeout{0, wait.count()};
    ::ppoll(entries.data(), entries.size(), &timeout, nullptr);
    const auto now = Clock::now();
    for (size_t index = 1; index < entries.size(); ++index) {
      if (entries[index].revents == 0) continue;
      std::array<char, 4096> block{};
      const auto [count, at] = ReceiveStamped(entries[index].fd, block);
      if (count <= 0) {
        connections.erase(entries[index].fd);
        continue;
      }
      std::string request;
      if (behaviour_.answer_to) request.assign(block.data(), static_cast<size_t>(count));
      // It came before this thread was awake to read it.
      const auto came = at == Clock::time_point() ? now : at;
      queue.push({came + behaviour_.delay(served_), entries[index].fd, served_, came, request});
      ++served_;
    }
    if (behaviour_.ends_after != 0 && served_ >= behaviour_.ends_after) return listener_.reset();
    while (!queue.empty() && queue.top().at <= Clock::now()) {
      const Due due = queue.top();
      queue.pop();
      const std::string answer = behaviour_.answer_to
                                     ? behaviour_.answer_to(due.number, due.request)
                                     : behaviour_.answer(due.number);
      if (answer.empty()) {
        connections.erase(due.fd);
      } else {
        exchanges_.push_back({due.came, Clock::now()});
        (void)::send(due.fd, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
    }
    if (entries[0].revents != 0) {
      UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const int on = 1;
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      AskForStamps(fd.get());
      const int number = fd.get();
      if (number >= 0) connections[number] = std::move(fd);
    }
  }
}

}  // namespace harness::load
