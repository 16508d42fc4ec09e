#include "hosts/serving/stream.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "hosts/base/deadline.h"

namespace hosts::serving {

namespace {
constexpr std::size_t kBlock = 64 * 1024;
constexpr std::uint32_t kInputEvent = EPOLLIN;
constexpr std::uint32_t kEndEvents = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
}  // namespace

bool Stream::is_hung_up() const {
  return (events_ & (EPOLLHUP | EPOLLERR)) != 0;
}

Stream::Sending Stream::Send(std::string_view bytes) {
  while (true) {
    if (backlog() == 0 && bytes.empty()) return Sending::Done;
    const ssize_t sent = SendOnce(bytes);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return Sending::Broken;
      if (out_sent_ > 0) {
        out_.erase(0, out_sent_);
        out_sent_ = 0;
      }
      out_.append(bytes);
      return Sending::Pending;
    }
    size_t done = static_cast<size_t>(sent);
    sent_ += done;
    const size_t from_backlog = std::min(done, backlog());
    out_sent_ += from_backlog;
    done -= from_backlog;
    if (backlog() == 0) {
      out_.clear();
      out_sent_ = 0;
    }
    bytes.remove_prefix(done);
  }
}

// What waits, and `bytes` behind it.
ssize_t Stream::SendOnce(std::string_view bytes) {
  constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
  if (backlog() == 0) return ::send(fd(), bytes.data(), bytes.size(), kFlags);
  iovec parts[] = {{out_.data() + out_sent_, backlog()},
                   {const_cast<char*>(bytes.data()), bytes.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = bytes.empty() ? 1 : 2;
  return ::sendmsg(fd(), &message, kFlags);
}

base::Result<void> Stream::WaitForRoom(std::chrono::milliseconds at_most) {
  if (backlog() <= kHighWater) return {};
  const auto deadline = base::Deadline::After(at_most);
  while (backlog() > kLowWater) {
    pollfd entry{fd(), POLLOUT, 0};
    const int ready = ::poll(&entry, 1, deadline.poll_timeout_ms());
    if (ready < 0 && errno != EINTR) return base::SystemError("poll");
    if (ready == 0) return base::Error{base::ErrorKind::Timeout, "the client does not read"};
    if (Send({}) == Sending::Broken) {
      return base::Error{base::ErrorKind::Closed, "the client is gone"};
    }
  }
  return {};
}

Stream::Receiving Stream::Receive(std::string& to, std::size_t at_most) {
  thread_local std::array<char, kBlock> block;  // appending from here does not zero `to` first
  at_most = std::min(at_most, block.size());
  ssize_t count = 0;
  do {
    count = ::recv(fd(), block.data(), at_most, MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count > 0) {
    to.append(block.data(), static_cast<std::size_t>(count));
    // A short read says that the socket is drained: with edge-triggered events nothing else has
    // to be asked, the next byte brings the next event.
    if (static_cast<std::size_t>(count) < at_most) events_ &= ~kInputEvent;
    return Receiving::Some;
  }
  if (count == 0) return Receiving::Ended;
  events_ &= ~kInputEvent;
  return errno == EAGAIN ? Receiving::Nothing : Receiving::Broken;
}

base::Result<void> Stream::WaitForInput(std::chrono::milliseconds at_most) const {
  const auto deadline = base::Deadline::After(at_most);
  while (true) {
    pollfd entry{fd(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, deadline.poll_timeout_ms());
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return base::SystemError("poll");
    if (ready == 0) return base::Error{base::ErrorKind::Timeout, "the client sends nothing"};
  }
}

bool Stream::can_receive() const {
  return (events_ & (kInputEvent | kEndEvents)) != 0;
}

void Stream::ShutdownWrites() {
  ::shutdown(fd(), SHUT_WR);
}

void Stream::Shutdown() {
  ::shutdown(fd(), SHUT_RDWR);
}

}  // namespace hosts::serving
