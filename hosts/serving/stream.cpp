#include "hosts/serving/stream.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/deadline.h"

namespace hosts::serving {

namespace {
constexpr std::size_t kBlock = 64 * 1024;
// A file goes out in turns of this size: one that is read as fast as it is sent must not keep the
// loop from everybody else.
constexpr std::uint64_t kFileTurn = 1024 * 1024;
constexpr std::uint32_t kInputEvent = EPOLLIN;
constexpr std::uint32_t kEndEvents = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
}  // namespace

void ReleaseIfEmpty(std::string& buffer) {
  if (buffer.empty() && buffer.capacity() > Stream::kKeptBuffer) std::string().swap(buffer);
}

bool Stream::is_hung_up() const {
  return (events_ & (EPOLLHUP | EPOLLERR)) != 0;
}

bool Stream::has_other_side_ended() const {
  return (events_ & kEndEvents) != 0;
}

Stream::Sending Stream::Send(std::string_view bytes, std::string_view then, std::string_view last) {
  CHECK((bytes.empty() && then.empty() && last.empty()) || !has_file(),
        "nothing is sent behind a file before its end");
  const Sending sending = SendBytes({bytes, then, last});
  return sending == Sending::Done && has_file() ? SendFromFile() : sending;
}

Stream::Sending Stream::SendFile(std::string_view bytes, exchange::FilePart part) {
  CHECK(!has_file(), "one file at a time");
  file_ = std::move(part.file);
  file_at_ = part.at;
  file_left_ = part.length;
  file_lost_ = 0;
  is_file_read_ = false;
  const Sending sending = SendBytes({bytes});
  return sending == Sending::Done ? SendFromFile() : sending;
}

Stream::Sending Stream::FailFile(base::Error error) {
  file_failure_ = std::make_unique<base::Error>(std::move(error));
  file_.reset();
  file_lost_ = std::exchange(file_left_, 0);
  return Sending::Broken;
}

Stream::Sending Stream::SendFromFile() {
  wants_another_turn_ = false;
  std::uint64_t turn = kFileTurn;
  while (file_left_ > 0) {
    if (turn == 0) {
      wants_another_turn_ = true;
      return Sending::Pending;
    }
    if (is_file_read_) {
      const std::uint64_t before = file_left_;
      if (!ReadFromFile()) return Sending::Broken;
      turn -= std::min(turn, before - file_left_);
      if (const Sending sending = SendBytes({}); sending != Sending::Done) return sending;
      continue;
    }
    auto at = static_cast<off_t>(file_at_);
    const ssize_t sent = ::sendfile(fd(), file_.get(), &at, std::min(file_left_, turn));
    if (sent > 0) {
      const auto size = static_cast<std::uint64_t>(sent);
      file_at_ += size;
      file_left_ -= size;
      sent_ += size;
      turn -= size;
    } else if (sent == 0) {
      return FailFile(
          {base::ErrorKind::InvalidInput, "a file has become shorter while it was being sent"});
    } else if (errno == EAGAIN) {
      return Sending::Pending;
    } else if (errno == EINVAL || errno == ENOSYS) {
      is_file_read_ = true;
    } else if (errno == EIO || errno == EOVERFLOW || errno == ENOMEM) {
      return FailFile(base::SystemError("cannot read a file that is being sent"));
    } else if (errno != EINTR) {
      return Sending::Broken;
    }
  }
  file_.reset();
  return Sending::Done;
}

bool Stream::ReadFromFile() {
  const std::size_t size = std::min<std::uint64_t>(file_left_, kBlock);
  out_.resize(size);  // nothing else waits
  ssize_t count = 0;
  do {
    count = ::pread(file_.get(), out_.data(), size, static_cast<off_t>(file_at_));
  } while (count < 0 && errno == EINTR);
  out_.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count > 0) {
    file_at_ += out_.size();
    file_left_ -= out_.size();
    return true;
  }
  FailFile(count == 0 ? base::Error{base::ErrorKind::InvalidInput,
                                    "a file has become shorter while it was being sent"}
                      : base::SystemError("cannot read a file that is being sent"));
  return false;
}

Stream::Sending Stream::SendBytes(Pieces pieces) {
  while (true) {
    const bool is_all_sent = std::ranges::all_of(pieces, &std::string_view::empty);
    if (waiting_bytes() == 0 && is_all_sent) return Sending::Done;
    const ssize_t sent = SendOnce(pieces);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return Sending::Broken;
      if (out_sent_ > 0) {
        out_.erase(0, out_sent_);
        out_sent_ = 0;
      }
      for (const std::string_view piece : pieces)
        out_.append(piece);
      return Sending::Pending;
    }
    auto done = static_cast<size_t>(sent);
    sent_ += done;
    const size_t from_backlog = std::min(done, waiting_bytes());
    out_sent_ += from_backlog;
    done -= from_backlog;
    if (waiting_bytes() == 0) {
      out_.clear();
      out_sent_ = 0;
    }
    for (std::string_view& piece : pieces) {
      const size_t from_piece = std::min(done, piece.size());
      piece.remove_prefix(from_piece);
      done -= from_piece;
    }
  }
}

// What waits, and the pieces behind it.
ssize_t Stream::SendOnce(const Pieces& pieces) {
  if (IsForkedChild()) {
    errno = EPIPE;
    return -1;
  }
  // The head of an answer and its file go in one packet.
  const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (has_file() ? MSG_MORE : 0);
  std::array<iovec, kPieces + 1> parts{};
  std::size_t count = 0;
  const auto add = [&](const char* bytes, std::size_t size) {
    if (size > 0) parts[count++] = {const_cast<char*>(bytes), size};
  };
  add(out_.data() + out_sent_, waiting_bytes());
  for (const std::string_view piece : pieces)
    add(piece.data(), piece.size());
  if (count == 1) return ::send(fd(), parts[0].iov_base, parts[0].iov_len, flags);
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  return ::sendmsg(fd(), &message, flags);
}

base::Result<void> Stream::WaitForRoom(std::chrono::milliseconds at_most) {
  if (backlog() <= kHighWater) return {};
  auto deadline = base::Deadline::After(at_most);
  while (backlog() > kLowWater) {
    pollfd entry{fd(), POLLOUT, 0};
    const int ready = ::poll(&entry, 1, deadline.poll_timeout_ms());
    if (ready < 0 && errno != EINTR) return base::SystemError("poll");
    if (ready == 0) return base::Error{base::ErrorKind::Timeout, "the client does not read"};
    const std::uint64_t before = sent();
    if (Send({}) == Sending::Broken) {
      return base::Error{base::ErrorKind::Closed, "the client is gone"};
    }
    if (sent() != before) deadline = base::Deadline::After(at_most);
  }
  return {};
}

void Stream::ReleaseBuffer() {
  ReleaseIfEmpty(out_);
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
