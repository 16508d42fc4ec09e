#pragma once
// Talk: a client that sends bytes in pieces over one connection to a loop of its own, ends its side,
// and reads to the end. Afterwards the loop has come to rest and no descriptor is left, or the process ends
// with a sentence: it is for fuzzers, whose time limit is also that of a connection that does not end.
//
// The client is led by the same loop, so that no thread waits for another one: a piece goes out when
// the one before has been read.
//
// Threads: Talk returns when those of the loop are gone.

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/base/check.h"
#include "hosts/base/unique_fd.h"
#include "hosts/serving/connection.h"
#include "hosts/serving/event_source.h"
#include "hosts/serving/loop.h"

namespace hosts::serving::testing {

using MakeConnection = std::function<std::unique_ptr<Connection>(Loop&, base::UniqueFd socket)>;

// When the loop is told to stop.
enum class Stop { AfterTheEnd, InTheMiddle };

class Client final : public EventSource {
 public:
  Client(Loop& loop, base::UniqueFd socket, std::vector<std::string_view> pieces, Stop stop)
      : loop_(loop), socket_(std::move(socket)), pieces_(std::move(pieces)), stop_(stop) {
    loop_.Watch(socket_.get(), *this);
  }

  void OnEvents(std::uint32_t events) override {
    if (has_ended_) return;
    if (!Receive()) {
      has_ended_ = true;
      loop_.RequestStop();
    } else if ((events & EPOLLOUT) != 0) {
      SendNext();
    }
  }
  // A loop that was told to stop ends with its last connection, whatever the client has still to read.
  [[nodiscard]] std::string ReadToTheEnd() {
    CHECK(!Receive(), "the connection has not ended");
    return std::move(read_);
  }

 private:
  // False at the end.
  bool Receive() {
    char block[16 * 1024];
    while (true) {
      const ssize_t count = ::recv(socket_.get(), block, sizeof block, MSG_DONTWAIT);
      if (count < 0) return errno == EAGAIN;
      if (count == 0) return false;
      read_.append(block, static_cast<std::size_t>(count));
    }
  }

  void SendNext() {
    if (stop_ == Stop::InTheMiddle && next_ == pieces_.size() / 2) loop_.RequestStop();
    // Nothing is read of an empty piece, so nothing would tell that the next one may go.
    while (next_ < pieces_.size() && pieces_[next_].empty())
      ++next_;
    if (next_ < pieces_.size()) {
      const std::string_view piece = pieces_[next_++];
      // It is smaller than a socket's buffer; a connection that was closed takes nothing.
      [[maybe_unused]] const ssize_t sent =
          ::send(socket_.get(), piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    } else if (!std::exchange(has_sent_all_, true)) {
      ::shutdown(socket_.get(), SHUT_WR);
    }
  }

  Loop& loop_;
  const base::UniqueFd socket_;
  const std::vector<std::string_view> pieces_;
  const Stop stop_;
  std::size_t next_ = 0;
  std::string read_;
  bool has_sent_all_ = false;
  bool has_ended_ = false;
};

inline int LowestFreeDescriptor() {
  return base::UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)).get();
}

inline std::string Talk(const MakeConnection& make_connection,
                        const AnswerFunctionFactory& answers,
                        std::vector<std::string_view> pieces,
                        Stop stop) {
  const int lowest_before = LowestFreeDescriptor();
  std::string read;
  {
    int ends[2];
    CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "no socket");
    Loop loop({.threads = 1});
    loop.Own(make_connection(loop, base::UniqueFd(ends[1])));
    Client client(loop, base::UniqueFd(ends[0]), std::move(pieces), stop);
    CHECK(loop.Run(answers) == Loop::Ended::Cleanly, "a thread did not come to rest");
    read = client.ReadToTheEnd();
  }
  CHECK(LowestFreeDescriptor() == lowest_before, "a descriptor was left open");
  return read;
}

}  // namespace hosts::serving::testing
