#include "hosts/base/line_output.h"

#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace hosts::base {

namespace {

LineOutput::Way WayOf(int fd) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) return LineOutput::Way::File;
  if (S_ISSOCK(facts.st_mode)) return LineOutput::Way::Socket;
  if (S_ISFIFO(facts.st_mode) || S_ISCHR(facts.st_mode)) return LineOutput::Way::Flag;
  return LineOutput::Way::File;
}

}  // namespace

LineOutput::LineOutput(int fd) : LineOutput(fd, WayOf(fd)) {}

bool LineOutput::Write(std::string_view line) {
  std::string repaired;
  const bool was_within_line = is_within_line_.exchange(false);
  if (was_within_line) {
    repaired.reserve(line.size() + 1);
    line = repaired.append("\n").append(line);
  }
  bool is_begun = false;
  while (!line.empty()) {
    const ssize_t written = WriteSome(line);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      ++lost_;
      if (is_begun || was_within_line) is_within_line_ = true;
      return false;
    }
    is_begun = true;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

ssize_t LineOutput::WriteSome(std::string_view bytes) {
  switch (way_.load(std::memory_order_relaxed)) {
    case Way::File:
      return ::write(fd_, bytes.data(), bytes.size());
    case Way::Socket:
      return ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    case Way::Flag: {
      const iovec part{const_cast<char*>(bytes.data()), bytes.size()};
      const ssize_t written = ::pwritev2(fd_, &part, 1, -1, RWF_NOWAIT);
      if (written >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) {
        return written;
      }
      way_ = Way::Question;
      return AskAndWrite(bytes);
    }
    case Way::Question:
      return AskAndWrite(bytes);
  }
  return -1;
}

ssize_t LineOutput::AskAndWrite(std::string_view bytes) const {
  pollfd entry{fd_, POLLOUT, 0};
  if (::poll(&entry, 1, 0) != 1 || (entry.revents & POLLOUT) == 0) {
    errno = EAGAIN;
    return -1;
  }
  // So much fits where there is room at all.
  bytes = bytes.substr(0, PIPE_BUF);
  return ::write(fd_, bytes.data(), bytes.size());
}

}  // namespace hosts::base
