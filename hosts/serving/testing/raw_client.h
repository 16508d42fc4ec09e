#pragma once
// RawClient: a blocking client of tests that sends exactly the bytes it is told to.
// TestServer: a loop with a TCP listener on a free port, running on threads of its own.
//
// Fails:   a wait of more than 10 s ends the test with what was received so far.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "hosts/serving/http_connection.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/loop.h"

namespace hosts::serving::testing {

class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Everything up to and including `end`; what came after it stays for the next call.
  std::string ReadUntil(std::string_view end) {
    std::size_t at = 0;
    while ((at = received_.find(end)) == std::string::npos) {
      if (!Receive()) {
        ADD_FAILURE() << "no \"" << end << "\" in: " << received_;
        return {};
      }
    }
    return Take(at + end.size());
  }
  std::string ReadBytes(std::size_t size) {
    while (received_.size() < size && Receive()) {
    }
    EXPECT_GE(received_.size(), size);
    return Take(std::min(size, received_.size()));
  }
  std::string ReadToEnd() {
    while (Receive()) {
    }
    return Take(received_.size());
  }
  // What was received and not yet taken.
  std::string TakeRest() { return Take(received_.size()); }
  // True when nothing is there to be read at this moment.
  bool is_quiet() const {
    pollfd entry{fd(), POLLIN, 0};
    return received_.empty() && ::poll(&entry, 1, 0) == 0;
  }
  void CloseWrites() { ::shutdown(fd(), SHUT_WR); }
  void Reset() {
    const linger hard{1, 0};
    ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    socket_.reset();
  }
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  bool Receive() {
    pollfd entry{fd(), POLLIN, 0};
    if (::poll(&entry, 1, 10'000) <= 0) return false;
    char block[65536];
    const ssize_t count = ::recv(fd(), block, sizeof block, 0);
    if (count <= 0) return false;
    received_.append(block, static_cast<std::size_t>(count));
    return true;
  }
  std::string Take(std::size_t size) {
    std::string taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
  }

  base::UniqueFd socket_;
  std::string received_;
};

class TestServer {
 public:
  // `before_run` may give the loop more to do.
  TestServer(int threads,
             Service& service,
             AnswerFunctionFactory answers,
             HttpSettings settings = {},
             const std::function<void(Loop&)>& before_run = {})
      : settings_(settings), loop_({.threads = threads}) {
    if (before_run) before_run(loop_);
    listening_ = base::UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    EXPECT_EQ(::listen(listening_.get(), 128), 0);
    port_ = LocalAddress(listening_.get()).port;
    listener_ = std::make_unique<Listener>(
        loop_, listening_.get(), [this, &service](base::UniqueFd socket) {
          return std::make_unique<HttpConnection>(loop_, service, settings_, std::move(socket));
        });
    thread_ = std::thread([this, answers = std::move(answers)] { ended_ = loop_.Run(answers); });
  }
  ~TestServer() { Stop(); }

  Loop::Ended Stop() {
    if (thread_.joinable()) loop_.RequestStop();
    return WaitForEnd();
  }
  // Of a loop that ends by itself.
  Loop::Ended WaitForEnd() {
    if (thread_.joinable()) thread_.join();
    return ended_;
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] Loop& loop() { return loop_; }

 private:
  HttpSettings settings_;
  Loop loop_;
  base::UniqueFd listening_;
  int port_ = 0;
  std::unique_ptr<Listener> listener_;
  std::thread thread_;
  Loop::Ended ended_ = Loop::Ended::Cleanly;
};

// Every request is run here, or forwarded when there is somebody to forward it to.
class RunEverything : public Service {
 public:
  void Decide(exchange::RequestHead& head, Decision& decision) override {
    decision.what = Decision::What::Run;
    decision.path_info = decision.path;
    head.path_info = decision.path_info;
    if (decision.path == "/missing") decision.what = Decision::What::Refuse;
  }
  std::unique_ptr<Forwarding> Forward(ForwardedRequest&) override { return nullptr; }
};

// Answers with the whole body of the request behind its path.
inline void AnswerWithEcho(const exchange::RequestHead& head,
                           exchange::RequestBody& body,
                           exchange::AnswerSink& sink) {
  std::string text(head.path_info);
  text += ':';
  while (true) {
    text += body.buffered();
    body.Consume(body.buffered().size());
    auto more = body.Fill();
    if (!more) {
      sink.Abort();
      return;
    }
    if (!*more) break;
  }
  exchange::AnswerHead answer;
  answer.content_length = text.size();
  answer.headers = {{"Content-Length", std::to_string(text.size())}};
  (void)sink.Begin(std::move(answer));
  (void)sink.Write(text, exchange::AnswerSink::Then::More);
  (void)sink.Finish();
}

}  // namespace hosts::serving::testing
