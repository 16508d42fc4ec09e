#include "hosts/serving/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "hosts/base/log.h"
#include "hosts/serving/loop.h"

namespace hosts::serving {

namespace {

constexpr int kAcceptsAtOnce = 16;  // then the connections that are there get their turn

int DescriptorLimit() {
  constexpr rlim_t kMost = std::numeric_limits<int>::max();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kMost;
  return static_cast<int>(std::min(limit.rlim_cur, kMost));
}

SocketAddress InWords(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    return {text.data(), ntohs(v4->sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
      ::inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
    }
    return {text.data(), ntohs(v6->sin6_port)};
  }
  return {};
}

}  // namespace

SocketAddress PeerAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return InWords(storage);
}

SocketAddress LocalAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return InWords(storage);
}

int Listener::ToKeepFree(int links) {
  constexpr int kForTheRest = 16;
  constexpr int kLeastShare = 4;  // a low limit is for clients first
  return std::min(kForTheRest + links, DescriptorLimit() / kLeastShare);
}

Listener::Listener(Loop& loop, int listening_fd, MakeConnection make_connection, int keep_free)
    : loop_(loop),
      fd_(listening_fd),
      not_for_children_(listening_fd),
      keep_free_(keep_free),
      most_(DescriptorLimit() - 1 - keep_free),
      make_connection_(std::move(make_connection)) {
  loop_.Watch(fd_, *this, Loop::Trigger::Level);
  loop_.OnEnd([this] {
    if (std::exchange(watched_, false)) loop_.Unwatch(fd_, *this);
  });
  loop_.OnTick([this] {
    most_ = DescriptorLimit() - 1 - keep_free_;  // an administrator may change it (prlimit)
    is_paused_ = is_paused_ && AreDescriptorsShort();
    if (!is_left_to_others_) WatchAgain();
  });
  loop_.OnSaturation([this](Loop::Saturation saturation) { OnSaturation(saturation); });
}

void Listener::WatchAgain() {
  if (watched_ || is_paused_ || loop_.is_ending()) return;
  watched_ = true;
  loop_.Watch(fd_, *this, Loop::Trigger::Level);
}

// A busy process that goes on accepting takes connections away from idle ones.
void Listener::OnSaturation(Loop::Saturation saturation) {
  is_left_to_others_ = saturation != Loop::Saturation::Ends;
  switch (saturation) {
    case Loop::Saturation::Begins:
      if (std::exchange(watched_, false)) loop_.Unwatch(fd_, *this);
      return;
    case Loop::Saturation::Lasts:  // nobody else took it: a request may not need a thread of ours
      if (!loop_.is_ending()) Accept();
      return;
    case Loop::Saturation::Ends:
      WatchAgain();
      return;
  }
}

void Listener::OnEvents(std::uint32_t) {
  Accept();
}

// Descriptors are given out from the lowest on: the next one says how many are taken at least.
bool Listener::AreDescriptorsShort() const {
  const base::UniqueFd next(::fcntl(fd_, F_DUPFD_CLOEXEC, 0));
  return !next.is_open() || next.get() >= most_;
}

void Listener::Pause(std::string_view reason) {
  base::Log(base::LogLevel::Warning, "H0201", "{}; new connections wait", reason);
  is_paused_ = true;
  if (std::exchange(watched_, false)) loop_.Unwatch(fd_, *this);
}

void Listener::Accept() {
  if (is_paused_) return;
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    if (i > 0 && loop_.is_saturated()) return;
    base::UniqueFd socket(::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.is_open()) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN) return;
      return Pause(base::SystemError("cannot accept a connection").message);
    }
    const bool is_last = socket.get() >= most_;
    if (auto connection = make_connection_(std::move(socket))) loop_.Own(std::move(connection));
    if (is_last) return Pause("nearly all descriptors are used up");
  }
}

}  // namespace hosts::serving
