#include "harness/load/connection.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace harness::load {

using hosts::base::UniqueFd;

Connection::Step Connection::Connect() {
  reader_.Next();
  fd_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd_.is_open()) return Step::Refused;
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address_), sizeof(address_)) == 0) {
    state_ = State::Idle;
    return Step::Connected;
  }
  if (errno != EINPROGRESS) {
    Close();
    return Step::Refused;
  }
  state_ = State::Connecting;
  return Step::Pending;
}

Connection::Step Connection::Send(const LoadRequest& request, Instant due, Instant now) {
  request_ = &request;
  written_ = 0;
  due_ = due;
  sent_at_ = now;
  state_ = State::Sending;
  return Write();
}

Connection::Step Connection::Ready(std::uint32_t events) {
  switch (state_) {
    case State::Connecting: {
      int problem = 0;
      socklen_t size = sizeof(problem);
      ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
      if (problem != 0 || (events & EPOLLERR) != 0) {
        Close();
        return Step::Refused;
      }
      state_ = State::Idle;
      return Step::Connected;
    }
    case State::Sending: {
      // An answer may come before the request is all out, for example 413.
      if ((events & EPOLLIN) != 0) return Read();
      return Write();
    }
    case State::Waiting:
      return Read();
    case State::Idle:
      Close();  // an idle connection has nothing to say but its end
      return Step::HungUp;
    case State::Closed:
      break;
  }
  return Step::Pending;
}

bool Connection::Rest(Instant now) {
  const bool goes_on = reader_.goes_on() && state_ == State::Waiting;
  if (!goes_on) {
    Close();
    return false;
  }
  reader_.Next();
  state_ = State::Idle;
  idle_since_ = now;
  return true;
}

void Connection::Close() {
  fd_.reset();
  state_ = State::Closed;
}

Connection::Step Connection::Write() {
  const std::string& bytes = request_->bytes;
  const ssize_t count =
      ::send(fd_.get(), bytes.data() + written_, bytes.size() - written_, MSG_NOSIGNAL);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) return Step::Pending;
    return Fail("the connection broke while sending");
  }
  written_ += static_cast<std::size_t>(count);
  if (written_ == bytes.size()) state_ = State::Waiting;
  return Step::Pending;
}

Connection::Step Connection::Read() {
  const auto space = reader_.Space();
  const ssize_t count = ::recv(fd_.get(), space.data(), space.size(), 0);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) return Step::Pending;
    return Fail("the connection was reset before the answer was whole");
  }
  const AnswerReader::State state =
      count == 0 ? reader_.Closed() : reader_.Received(static_cast<std::size_t>(count));
  switch (state) {
    case AnswerReader::State::Incomplete:
      return Step::Pending;
    case AnswerReader::State::Whole:
      return Step::Answered;
    case AnswerReader::State::Broken:
      break;
  }
  return Fail(reader_.problem().data());
}

Connection::Step Connection::Fail(const char* problem) {
  problem_ = problem;
  Close();
  return Step::Failed;
}

}  // namespace harness::load
