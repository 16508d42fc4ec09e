#include "harness/load/connection.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/load/arrival.h"

namespace harness::load {

using hosts::base::Clock;
using hosts::base::UniqueFd;

Connection::Step Connection::Connect(Instant now) {
  connecting_since_ = now;
  idle_since_ = now;
  reader_.Next();
  peer_has_ended_ = false;
  fd_ = UniqueFd(::socket(endpoint_.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd_.is_open()) {
    problem_ = "no socket can be opened: is the limit of open files (ulimit -n) too low?";
    return Step::Refused;
  }
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  // The same on every machine, and none that spreads what is sent over time, as BBR does. The kernel may refuse.
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
  if (stamps_ == Stamps::Kernel) AskForStamps(fd_.get());
  if (::connect(fd_.get(), endpoint_.address(), endpoint_.size) == 0) {
    state_ = State::Idle;
    return Step::Connected;
  }
  if (errno != EINPROGRESS) {
    problem_ = errno == EADDRNOTAVAIL
                   ? "no port of this machine is free for a new connection: take a lower rate"
                   : "the connection was refused";
    Close();
    return Step::Refused;
  }
  state_ = State::Connecting;
  return Step::Pending;
}

void Connection::Take(const ReadyRequest& request, const Token& token, Instant due, Instant now) {
  request_ = &request;
  due_ = due;
  sent_at_ = now;
  first_byte_at_ = Instant();
  last_byte_at_ = Instant();
  reader_.Next(request.answer_body);
  unsent_ = request.bytes;
  if (request.tokens.empty()) return;
  token_ = token;
  patched_.assign(request.bytes);
  for (const std::size_t place : request.tokens)
    std::copy(
        token.text().begin(), token.text().end(), patched_.begin() + static_cast<long>(place));
  unsent_ = patched_;
}

Connection::Step Connection::Go() {
  state_ = State::Sending;
  while (!unsent_.empty()) {
    const ssize_t count = ::send(fd_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return Step::Pending;
      return Fail("the connection broke while sending");
    }
    unsent_.remove_prefix(static_cast<std::size_t>(count));
  }
  state_ = State::Waiting;
  return Step::Pending;
}

Connection::Step Connection::Ready(std::uint32_t events) {
  const bool has_ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  peer_has_ended_ = peer_has_ended_ || has_ended;
  switch (state_) {
    case State::Connecting: {
      int problem = 0;
      socklen_t size = sizeof(problem);
      ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
      if (problem != 0 || (events & EPOLLERR) != 0) {
        problem_ = "the connection was refused";
        Close();
        return Step::Refused;
      }
      if ((events & (EPOLLOUT | EPOLLHUP)) == 0) return Step::Pending;
      state_ = State::Idle;
      return Step::Connected;
    }
    case State::Sending: {
      // An answer may come before the request is all out, for example 413.
      if ((events & EPOLLIN) != 0 || has_ended) {
        if (const Step step = Read(); step != Step::Pending) return step;
      }
      return Go();
    }
    case State::Waiting:
      // A descriptor that can be written says so each time, even when nothing came.
      return (events & EPOLLIN) != 0 || has_ended ? Read() : Step::Pending;
    case State::Idle:
      if ((events & EPOLLIN) == 0 && !has_ended) return Step::Pending;
      Close();  // an idle connection has nothing to say but its end
      return Step::HungUp;
    case State::Closed:
      break;
  }
  return Step::Pending;
}

bool Connection::Rest(Instant now) {
  request_ = nullptr;
  idle_since_ = now;
  const bool goes_on = reader_.goes_on() && !peer_has_ended_ && state_ == State::Waiting;
  if (!goes_on) {
    Close();
    return false;
  }
  state_ = State::Idle;
  return true;
}

void Connection::Close() {
  fd_.reset();
  state_ = State::Closed;
}

Connection::Step Connection::Read() {
  while (true) {
    const auto space = reader_.Space();
    const bool was_fresh = reader_.is_fresh();
    const ssize_t count = Receive(space);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return Step::Pending;
      return Fail("the connection was reset before the answer was whole");
    }
    const AnswerReader::State state =
        count == 0 ? reader_.Closed() : reader_.Received(static_cast<std::size_t>(count));
    switch (state) {
      case AnswerReader::State::Whole:
        return Step::Answered;
      case AnswerReader::State::Broken:
        return Fail(reader_.problem().data());
      case AnswerReader::State::Incomplete:
        if (was_fresh) {
          first_byte_at_ = last_byte_at_ == Instant() ? Clock::now() : last_byte_at_;
        }
        // Less than there was room for: all that has come, and more will be another edge; but an end
        // that has come already will not be one.
        if (static_cast<std::size_t>(count) < space.size() && !peer_has_ended_) {
          return Step::Pending;
        }
    }
  }
}

ssize_t Connection::Receive(std::span<char> space) {
  if (stamps_ == Stamps::Reader) return ::recv(fd_.get(), space.data(), space.size(), 0);
  const Received received = ReceiveStamped(fd_.get(), space);
  // Before the request was sent: somebody has set the clock.
  if (received.count > 0) last_byte_at_ = received.at >= sent_at_ ? received.at : Instant();
  return received.count;
}

Connection::Step Connection::Fail(const char* problem) {
  problem_ = problem;
  Close();
  return Step::Failed;
}

}  // namespace harness::load
