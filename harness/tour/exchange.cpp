#include "harness/tour/exchange.h"

#include <fmt/format.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>

#include <cerrno>

#include "harness/load/answer_reader.h"
#include "harness/load/endpoint.h"
#include "hosts/base/unique_fd.h"

namespace harness::tour {

using hosts::base::Clock;
using hosts::base::Deadline;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::base::SystemError;
using hosts::base::UniqueFd;
using load::AnswerReader;

namespace {

Error Broken(std::string_view what) {
  Error error = SystemError(what);
  error.kind = ErrorKind::Closed;
  return error;
}

Result<void> Await(int fd, short events, Deadline deadline) {
  pollfd entry{fd, events, 0};
  while (true) {
    const int count = ::poll(&entry, 1, deadline.poll_timeout_ms());
    if (count > 0) return {};
    if (count < 0 && errno != EINTR) return SystemError("poll");
    if (deadline.has_passed()) return Error{ErrorKind::Timeout, "no answer in time"};
  }
}

Result<UniqueFd> Connect(const Site& site, Deadline deadline) {
  const auto endpoint = load::FindEndpoint({site.address, site.port});
  if (!endpoint) return endpoint.error();
  UniqueFd fd(::socket(endpoint->family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.is_open()) return SystemError("socket");
  if (::connect(fd.get(), endpoint->address(), endpoint->size) == 0) return fd;
  if (errno != EINPROGRESS) return Broken("cannot connect");
  if (const auto ready = Await(fd.get(), POLLOUT, deadline); !ready) return ready.error();
  int problem = 0;
  socklen_t size = sizeof(problem);
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
  errno = problem;
  if (problem != 0) return Broken("cannot connect");
  return fd;
}

// A host may answer before it has read everything; then what is left is not sent.
Result<void> Send(int fd, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
    if (count >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN)
      return errno == EPIPE || errno == ECONNRESET ? Result<void>() : Broken("send");
    if (const auto ready = Await(fd, POLLOUT | POLLIN, deadline); !ready) return ready.error();
    pollfd entry{fd, POLLIN, 0};
    if (::poll(&entry, 1, 0) > 0) return {};
  }
  return {};
}

Result<void> Receive(int fd, AnswerReader& reader, Deadline deadline) {
  while (true) {
    if (const auto ready = Await(fd, POLLIN, deadline); !ready) return ready.error();
    const auto space = reader.Space();
    const ssize_t count = ::recv(fd, space.data(), space.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count < 0) return Broken("the answer broke off");
    const auto state = count == 0 ? reader.Closed() : reader.Received(static_cast<size_t>(count));
    if (state == AnswerReader::State::Whole) return {};
    if (state == AnswerReader::State::Broken) {
      return Error{ErrorKind::Closed, fmt::format("no HTTP answer: {}", reader.problem())};
    }
  }
}

}  // namespace

Result<Answer> Exchange(const Site& site, std::string_view request, Deadline deadline) {
  const auto begun = Clock::now();
  const auto fd = Connect(site, deadline);
  if (!fd) return fd.error();
  if (const auto sent = Send(fd->get(), request, deadline); !sent) return sent.error();
  AnswerReader reader;
  reader.Next(request.starts_with("HEAD ") ? AnswerReader::Body::None
                                           : AnswerReader::Body::Expected);
  if (const auto received = Receive(fd->get(), reader, deadline); !received) {
    return received.error();
  }
  return Answer{reader.status(),
                std::string(reader.head()),
                std::string(reader.body()),
                Clock::now() - begun};
}

std::vector<std::string> Answer::Headers(std::string_view name) const {
  std::vector<std::string> values;
  for (size_t line = head.find("\r\n"); line != std::string::npos;) {
    line += 2;
    const size_t end = head.find("\r\n", line);
    if (end == std::string::npos || end == line) break;
    const size_t colon = head.find(':', line);
    const bool same = colon - line == name.size() &&
                      ::strncasecmp(head.data() + line, name.data(), name.size()) == 0;
    if (same) {
      const size_t value = std::min(head.find_first_not_of(" \t", colon + 1), end);
      values.push_back(head.substr(value, end - value));
    }
    line = end;
  }
  return values;
}

std::optional<std::string> Answer::Header(std::string_view name) const {
  const auto values = Headers(name);
  return values.empty() ? std::nullopt : std::optional(values.front());
}

}  // namespace harness::tour
