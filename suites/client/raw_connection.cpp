#include "suites/client/raw_connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "suites/client/answer_parser.h"
#include "suites/client/transcript.h"

namespace suites::client {

using hosts::base::Deadline;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::base::SystemError;
using hosts::base::UniqueFd;

namespace {

constexpr std::string_view kLineEnd = "\r\n";

Result<Answer> ReadHead(RawConnection& connection, Deadline deadline) {
  const auto head = connection.ReadUntil("\r\n\r\n", deadline);
  if (!head) return head.error();
  std::string_view bytes = *head;
  return TakeHead(bytes);
}

}  // namespace

Result<RawConnection> RawConnection::Open(int port, const std::string& address_text) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return SystemError("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (::inet_pton(AF_INET, address_text.c_str(), &address.sin_addr) != 1) {
    return hosts::base::Error{hosts::base::ErrorKind::InvalidInput, address_text + ": no address"};
  }
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    if (errno == ECONNREFUSED) {
      return Error{ErrorKind::Closed, fmt::format("nobody listens at {}:{}", address_text, port)};
    }
    return SystemError(fmt::format("connect to {}:{}", address_text, port));
  }
  const int on = 1;  // pieces are sent one by one on purpose
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return RawConnection(std::move(fd));
}

int RawConnection::LocalPort() const {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

Result<void> RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EPIPE || errno == ECONNRESET)) {
      return Error{ErrorKind::Closed, "the server closed the connection"};
    }
    if (count < 0) return SystemError("send");
    NoteSent(bytes.substr(0, static_cast<size_t>(count)));
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

void RawConnection::FinishSending() {
  ::shutdown(fd_.get(), SHUT_WR);
}

void RawConnection::ReceiveLittle() {
  const int bytes = 4096;
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

void RawConnection::Reset() {
  const linger hard{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  fd_.reset();
}

Result<void> RawConnection::ReadMore(Deadline deadline) {
  while (true) {
    pollfd entry{fd_.get(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, deadline.poll_timeout_ms());
    if (ready < 0 && errno != EINTR) return SystemError("poll");
    if (ready > 0) break;
    if (deadline.has_passed()) {
      return Error{ErrorKind::Timeout, "the server did not answer in time"};
    }
  }
  std::array<char, 65536> block{};
  const ssize_t count = ::recv(fd_.get(), block.data(), block.size(), 0);
  if (count == 0 || (count < 0 && errno == ECONNRESET)) {
    NoteReceived("(the end)");
    return Error{ErrorKind::Closed, "the server closed the connection"};
  }
  if (count < 0) return SystemError("recv");
  received_.append(block.data(), static_cast<size_t>(count));
  NoteReceived({block.data(), static_cast<size_t>(count)});
  return {};
}

Result<std::string> RawConnection::ReadUntil(std::string_view mark, Deadline deadline) {
  size_t found = received_.find(mark);
  while (found == std::string::npos) {
    const auto more = ReadMore(deadline);
    if (!more) return more.error();
    found = received_.find(mark);
  }
  std::string text = received_.substr(0, found + mark.size());
  received_.erase(0, text.size());
  return text;
}

Result<std::string> RawConnection::ReadExactly(size_t size, Deadline deadline) {
  while (received_.size() < size) {
    const auto more = ReadMore(deadline);
    if (!more) return more.error();
  }
  std::string text = received_.substr(0, size);
  received_.erase(0, size);
  return text;
}

Result<std::string> RawConnection::ReadToEnd(Deadline deadline) {
  while (true) {
    const auto more = ReadMore(deadline);
    if (more) continue;
    if (more.error().kind != ErrorKind::Closed) return more.error();
    return std::exchange(received_, {});
  }
}

Result<void> RawConnection::ReadUntilEnough(const IsEnough& is_enough, Deadline deadline) {
  while (!is_enough(received_)) {
    if (auto more = ReadMore(deadline); !more) return more;
  }
  return {};
}

std::string RawConnection::TakeReceived() {
  return std::exchange(received_, {});
}

Result<void> RawConnection::ReadChunks(const Taker& take, Deadline deadline) {
  while (true) {
    auto bytes = ReadUntil(kLineEnd, deadline);
    if (!bytes) return bytes.error();
    const auto size =
        ParseChunkSize(std::string_view(*bytes).substr(0, bytes->size() - kLineEnd.size()));
    if (!size) return size.error();
    const auto rest = ReadExactly(*size + kLineEnd.size(), deadline);
    if (!rest) return rest.error();
    *bytes += *rest;
    std::string_view all = *bytes;
    const auto chunk = TakeChunk(all);
    if (!chunk) return chunk.error();
    if (chunk->empty()) return {};
    take(*chunk);
  }
}

Result<size_t> RawConnection::CountBodyInChunks(Deadline deadline) {
  const auto answer = ReadHead(*this, deadline);
  if (!answer) return answer.error();
  const std::string coding = answer->Header("Transfer-Encoding");
  if (answer->status != 200 || coding != "chunked") {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("not 200 in chunks, but {}, coded '{}'", answer->status, coding)};
  }
  size_t total = 0;
  const auto all = ReadChunks([&](std::string_view chunk) { total += chunk.size(); }, deadline);
  if (!all) return all.error();
  return total;
}

Result<Answer> RawConnection::ReadAnswer(Deadline deadline, Body body) {
  auto answer = ReadHead(*this, deadline);
  if (!answer || body == Body::None) return answer;
  const std::string length = answer->Header("Content-Length");
  Result<std::string> bytes = std::string();
  if (answer->Header("Transfer-Encoding") == "chunked") {
    const auto all = ReadChunks([&](std::string_view chunk) { *bytes += chunk; }, deadline);
    if (!all) return all.error();
  } else if (!length.empty()) {
    const auto size = ParseLength(length);
    if (!size) return size.error();
    bytes = ReadExactly(*size, deadline);
  } else {
    bytes = ReadToEnd(deadline);
  }
  if (!bytes) return bytes.error();
  answer->body = std::move(*bytes);
  return answer;
}

}  // namespace suites::client
