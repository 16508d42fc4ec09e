#pragma once
// FrontTest: a front, and processes to which it forwards: real ones on threads of the test, or the test itself
// with a link in its hand.

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/daemon/channel_connection.h"
#include "hosts/daemon/front.h"
#include "hosts/daemon/wire.h"
#include "hosts/serving/testing/raw_client.h"

namespace hosts::daemon {

using serving::testing::AnswerWithEcho;
using serving::testing::RawClient;
using serving::testing::TestServer;

inline constexpr const char* kToken = "the token of the group";

inline base::UniqueFd ListenAt(const std::string& path) {
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(fd.get(), 16), 0);
  return fd;
}

// What a daemon process is to a front, on a thread of the test.
class Worker {
 public:
  Worker(int listening_fd,
         BegunBoard& board,
         int threads,
         serving::AnswerFunction answer,
         std::function<void(serving::Loop&)> on_reload = {})
      : loop_({.threads = threads}) {
    if (on_reload) settings_.on_reload = [this, on_reload] { on_reload(loop_); };
    settings_.token = kToken;
    settings_.board = &board;
    listener_ =
        std::make_unique<serving::Listener>(loop_, listening_fd, [this](base::UniqueFd socket) {
          return std::make_unique<ChannelConnection>(loop_, settings_, std::move(socket));
        });
    thread_ = std::thread(
        [this, answer = std::move(answer)] { (void)loop_.Run([answer] { return answer; }); });
  }
  ~Worker() {
    loop_.RequestStop();
    thread_.join();
  }
  void TellToStop() { loop_.RequestStop(); }

 private:
  ChannelSettings settings_;
  serving::Loop loop_;
  std::unique_ptr<serving::Listener> listener_;
  std::thread thread_;
};

// Sends every request to the group "d".
class ForwardEverything final : public serving::Service {
 public:
  void Decide(exchange::RequestHead& head, serving::Decision& decision) override {
    decision.what = serving::Decision::What::Forward;
    decision.path_info = decision.path;
    head.path_info = decision.path_info;
    head.reloads_scripts = reloads_;
  }
  std::unique_ptr<serving::Forwarding> Forward(serving::ForwardedRequest& request) override {
    return front_->Forward("d", request);
  }
  void set_front(Front& front) { front_ = &front; }
  void set_reloading(bool reloads) { reloads_ = reloads; }

 private:
  bool reloads_ = false;
  Front* front_ = nullptr;
};

class FrontTest : public ::testing::Test {
 protected:
  static constexpr int kThreads = 2;
  static constexpr int kQueue = 4;

  // Of processes with kThreads threads each; one, unless others_ names more.
  void StartFront() {
    server_ = std::make_unique<TestServer>(
        0,
        service_,
        serving::AnswerFunctionFactory(),
        serving::HttpSettings{},
        [this](serving::Loop& loop) {
          GroupEndpoint endpoint;
          endpoint.name = "d";
          endpoint.socket_paths = {path_};
          std::ranges::copy(others_, std::back_inserter(endpoint.socket_paths));
          endpoint.threads = kThreads;
          endpoint.queue = queue_;
          endpoint.token = kToken;
          endpoint.board = &board_;
          endpoint.connect_timeout = connect_timeout_;
          endpoint.answer_timeout = answer_timeout_;
          endpoint.flush_delay = flush_delay_;
          endpoint.longest_header = 100;
          front_ = std::make_unique<Front>(loop, std::vector{endpoint});
          service_.set_front(*front_);
        });
  }
  void StartWorker(serving::AnswerFunction answer) {
    worker_ = std::make_unique<Worker>(listening_.get(), board_, kThreads, std::move(answer));
  }
  // A link of our own, as a front would open it.
  base::UniqueFd OpenLink(std::string_view token) {
    base::UniqueFd link(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(link.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    std::string bytes;
    AppendFrame(bytes, FrameType::Hello, token);
    Send(link, bytes);
    return link;
  }
  static void Send(const base::UniqueFd& link, std::string_view bytes) {
    EXPECT_EQ(::send(link.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  static std::string RequestFor(std::string_view path, std::uint32_t ticket) {
    exchange::RequestHead head;
    head.method = "GET";
    head.path_info = path;
    std::string bytes;
    AppendRequest(bytes, head, {.cell = ticket, .turn = 0}, "");
    return bytes;
  }
  static void WaitForTheAnswer(const base::UniqueFd& link) {
    std::string bytes;
    char block[4096];
    while (true) {
      while (const auto frame = NextFrame(bytes).value()) {
        if (frame->type == FrameType::AnswerEnd) return;
        bytes.erase(0, frame->size);
      }
      const ssize_t count = ::recv(link.get(), block, sizeof block, 0);
      ASSERT_GT(count, 0);
      bytes.append(block, static_cast<std::size_t>(count));
    }
  }
  // Waits until the process has closed it.
  static void WaitForTheEnd(const base::UniqueFd& link) {
    char block[4096];
    while (::recv(link.get(), block, sizeof block, 0) > 0) {
    }
  }
  // Accepts as a process would, which then dies: the listening socket stays with the supervisor.
  base::UniqueFd TakeALinkWithItsRequest() { return TakeALinkWithItsRequest(listening_.get()); }
  static base::UniqueFd TakeALinkWithItsRequest(int listening) {
    pollfd entry{listening, POLLIN, 0};
    EXPECT_EQ(::poll(&entry, 1, 10'000), 1);
    base::UniqueFd link(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
    std::string bytes;
    char block[4096];
    while (true) {
      const auto hello = NextFrame(bytes).value();
      if (hello && NextFrame(std::string_view(bytes).substr(hello->size)).value()) return link;
      const ssize_t count = ::recv(link.get(), block, sizeof block, 0);
      if (count <= 0) return link;
      bytes.append(block, static_cast<std::size_t>(count));
    }
  }
  // The first of them that somebody has connected to.
  static int WaitForALinkTo(const std::vector<int>& listening) {
    std::vector<pollfd> entries;
    for (const int fd : listening)
      entries.push_back({fd, POLLIN, 0});
    EXPECT_GE(::poll(entries.data(), entries.size(), 10'000), 1);
    return std::ranges::find_if(entries, [](const pollfd& entry) { return entry.revents != 0; })
        ->fd;
  }
  static void RefuseOn(const base::UniqueFd& link, std::uint8_t flags = 0) {
    std::string bytes;
    AppendFrame(bytes, FrameType::Refused, {}, flags);
    Send(link, bytes);
  }
  // Of a process; its payload is passed over.
  static std::pair<FrameType, std::uint8_t> NextFrameOn(const base::UniqueFd& link) {
    std::string bytes;
    char block[4096];
    while (true) {
      if (const auto frame = NextFrame(bytes).value()) return {frame->type, frame->flags};
      const ssize_t count = ::recv(link.get(), block, sizeof block, 0);
      if (count <= 0) return {};
      bytes.append(block, static_cast<std::size_t>(count));
    }
  }
  // Until somebody has connected; it is not accepted.
  void WaitForALink() const {
    pollfd entry{listening_.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&entry, 1, 10'000), 1);
  }
  // On a link of which everything before was read: its path.
  static std::string WaitForARequest(const base::UniqueFd& link) {
    std::string bytes;
    char block[4096];
    while (true) {
      if (const auto frame = NextFrame(bytes).value()) {
        return std::string(DecodeRequest(frame->payload).value().head.path_info);
      }
      const ssize_t count = ::recv(link.get(), block, sizeof block, 0);
      if (count <= 0) return "the front has closed it";
      bytes.append(block, static_cast<std::size_t>(count));
    }
  }
  static void AnswerOn(const base::UniqueFd& link, std::string_view body) {
    BeginAnswerOn(link, body, body.size());
    EndAnswerOn(link, {});
  }
  static void BeginAnswerOn(const base::UniqueFd& link,
                            std::string_view piece,
                            std::uint64_t length) {
    std::string bytes;
    AppendAnswerHead(bytes,
                     {.status = 200, .reason = "OK", .headers = {}, .content_length = length});
    AppendBodyFrames(bytes, FrameType::AnswerBody, piece);
    Send(link, bytes);
  }
  static void GoOnWithAnswerOn(const base::UniqueFd& link, std::string_view piece) {
    std::string bytes;
    AppendBodyFrames(bytes, FrameType::AnswerBody, piece);
    Send(link, bytes);
  }
  static void EndAnswerOn(const base::UniqueFd& link, std::string_view last_piece) {
    std::string bytes;
    AppendBodyFrames(bytes, FrameType::AnswerBody, last_piece);
    AppendFrame(bytes, FrameType::AnswerEnd, {});
    Send(link, bytes);
  }
  void TearDown() override {
    if (server_) server_->Stop();
    front_.reset();
    worker_.reset();
  }

  base::TemporaryDirectory directory_ = base::TemporaryDirectory::Make("wsgilab-front").value();
  std::string path_ = directory_.path() / "d.sock";
  base::UniqueFd listening_ = ListenAt(path_);
  std::vector<std::string> others_;
  int queue_ = 0;
  std::chrono::milliseconds connect_timeout_{15'000};
  std::chrono::milliseconds answer_timeout_{0};
  std::chrono::milliseconds flush_delay_{0};
  std::latch may_leave_{1};  // outlives the threads that wait for it
  BegunBoard board_{2 * (kThreads + kQueue)};
  ForwardEverything service_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace hosts::daemon
